"""Finding documents and making rows of them, the short way where nothing is unusual.

A command whose answer is read at once costs half of what a cursor does, which can fetch the rest of
a long answer and asks again where the server has just gone. Whatever needs that gets a cursor.
"""

from collections.abc import Sequence
from typing import Any

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


class Finder:
    """Finds rows of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._packed = Packed(collection)

    def of(self, database: Database) -> AsyncCollection[Document]:
        """The collection on the server."""
        return database.get_collection(self._collection.name, codec_options=AS_THEY_COME)

    async def find(
        self,
        database: Database,
        own: AsyncClientSession | None,
        *,
        where: Document,
        order: Order = (),
        limit: int,
    ) -> list[Row]:
        """The first `limit` rows."""
        if own is None:
            rows = await self._at_once(database, where, order, limit)
            if rows is not None:
                return rows
        # A batch of its own size: else what is beyond the first 101 is fetched separately.
        cursor = self.of(database).find(
            where, session=own, sort=order or None, limit=limit, batch_size=limit
        )
        return self._collection.rows(await cursor.to_list())

    async def _at_once(
        self, database: Database, where: Document, order: Order, limit: int
    ) -> list[Row] | None:
        """The same; None where the short way does not do, and nothing has been read."""
        command: dict[str, Any] = {"find": self._collection.name, "filter": where, "limit": limit}
        if order:
            command["sort"] = dict(order)
        # The server keeps a cursor open for the rest where a batch has no room for the end.
        command["batchSize"] = limit + 1
        if database.read_concern.document:
            command["readConcern"] = database.read_concern.document
        try:
            answer = await database.command(
                command,
                read_preference=database.read_preference,
                codec_options=DEFAULT_RAW_BSON_OPTIONS,
            )
        except ServerSelectionTimeoutError:
            raise
        except (AutoReconnect, OperationFailure):
            return None
        array, cursor = first_batch(bytes(answer["cursor"].raw))
        if cursor:
            await database.command({"killCursors": self._collection.name, "cursors": [cursor]})
            return None
        return self._packed.rows(array)
