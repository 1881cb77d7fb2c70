"""Finding documents and making rows of them, the short way where nothing is unusual.

A command whose answer is read at once costs half of what a cursor does, which can fetch the rest of
a long answer and asks again where the server has just gone. Whatever needs that gets a cursor.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from bson.raw_bson import DEFAULT_RAW_BSON_OPTIONS
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import AutoReconnect, OperationFailure, ServerSelectionTimeoutError

from app.database.collection import Collection, Document
from app.database.operations import Database
from app.database.packed import Packed, first_batch
from app.schema import Row

AS_THEY_COME: CodecOptions[Document] = CodecOptions()
"""Ids are bytes, of which rows make text."""
Order = Sequence[tuple[str, int]]
T = TypeVar("T", bound=Mapping[str, Any])


class Finder:
    """Finds rows of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._packed = Packed(collection)

    def of(self, database: Database) -> AsyncCollection[Document]:
        """The collection on the server."""
        return database.get_collection(self._collection.name, codec_options=AS_THEY_COME)

    async def first(
        self, database: Database, own: AsyncClientSession | None, where: Document
    ) -> Row | None:
        """A row that meets this, if there is one."""
        if own is None:
            answer = await self._asked(database, self._command(database, where, 1), AS_THEY_COME)
            if answer is not None:
                rows = self._collection.rows(answer["cursor"]["firstBatch"])
                return rows[0] if rows else None
        document = await self.of(database).find_one(where, session=own)
        return None if document is None else self._collection.row(document)

    async def page(
        self,
        database: Database,
        own: AsyncClientSession | None,
        *,
        where: Document,
        order: Order,
        limit: int,
    ) -> list[Row]:
        """The first `limit` rows that meet this."""
        if own is None:
            command = {**self._command(database, where, limit), "sort": dict(order)}
            rows = await self._rows_at_once(database, command)
            if rows is not None:
                return rows
        # A batch of its own size: else what is beyond the first 101 is fetched separately.
        cursor = self.of(database).find(
            where, session=own, sort=order, limit=limit, batch_size=limit
        )
        return self._collection.rows(await cursor.to_list())

    async def _rows_at_once(self, database: Database, command: Document) -> list[Row] | None:
        answer = await self._asked(database, command, DEFAULT_RAW_BSON_OPTIONS)
        if answer is None:
            return None
        array, cursor = first_batch(bytes(answer["cursor"].raw))
        if cursor:
            await database.command({"killCursors": self._collection.name, "cursors": [cursor]})
            return None
        return self._packed.rows(array)

    def _command(self, database: Database, where: Document, limit: int) -> Document:
        # In a batch of the same size the server would keep a cursor for what is not there.
        sizes = {"limit": limit, "batchSize": limit + 1}
        command = {"find": self._collection.name, "filter": where, **sizes}
        if database.read_concern.document:
            command["readConcern"] = database.read_concern.document
        return command

    async def _asked(
        self, database: Database, command: Document, codecs: CodecOptions[T]
    ) -> T | None:
        """The answer; None where a cursor is to do better."""
        try:
            return await database.command(
                command, read_preference=database.read_preference, codec_options=codecs
            )
        except ServerSelectionTimeoutError:
            raise
        except (AutoReconnect, OperationFailure):
            return None
