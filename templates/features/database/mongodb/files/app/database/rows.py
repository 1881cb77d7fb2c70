"""What every collection can do: read, page, add, change, remove."""

from collections.abc import Collection as Some
from collections.abc import Sequence

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from app import moments
from app.database import references
from app.database.collection import ID, Collection, Document
from app.database.finding import Finder
from app.database.operations import Database, Work
from app.database.pages import Part, condition, parts
from app.database.session import Session, Transaction
from app.database.types import uuid_text
from app.errors import NotFound, Stale, found
from app.ids import new_id
from app.listing import Filter, Listing, ListQuery, Page
from app.schema import Row


class Rows:
    """The rows of one collection, as dicts by the names fields have in JSON.

    `noun` is what messages call a row. Writes raise Conflict where the database refuses them.
    """

    def __init__(self, collection: Collection, *, noun: str) -> None:
        self.collection = collection
        self._name = collection.name
        self._noun = noun
        self._finder = Finder(collection)
        self._references = [
            (field.place, field.refers_to)
            for field in collection.fields.values()
            if field.refers_to is not None
        ]
        self._stands_alone = not self._references and not any(
            field.unique for field in collection.fields.values()
        )

    async def get(self, session: Session, row_id: str) -> Row:
        """The row with this id. Raises NotFound."""
        return found(await self.first(session, {"id": row_id}), self._noun)

    async def first(self, session: Session, equal: Row) -> Row | None:
        """A row whose fields equal these, if there is one."""
        where = self.collection.document(equal)

        async def find(database: Database, own: AsyncClientSession | None) -> Row | None:
            return await self._finder.first(database, own, where)

        return await session.read(find)

    async def page(self, session: Session, query: ListQuery, listing: Listing) -> Page:
        """A page of the list."""
        wanted = query.limit + 1
        rows: list[Row] = []
        for part in parts(self.collection, query):
            rows += await session.read(self._walk(part, wanted - len(rows)))
            if len(rows) == wanted:
                break
        if len(rows) < wanted:
            return Page(items=rows, next_cursor=None)
        rows.pop()
        return Page(items=rows, next_cursor=listing.next_cursor(query, rows[-1]))

    def _walk(self, part: Part, limit: int) -> Work[list[Row]]:
        async def find(database: Database, own: AsyncClientSession | None) -> list[Row]:
            return await self._finder.page(
                database, own, where=part.where, order=part.order, limit=limit
            )

        return find

    async def ids(self, session: Session) -> list[str]:
        """The ids of all rows, the oldest first."""

        async def find(database: Database, own: AsyncClientSession | None) -> list[Document]:
            cursor = self._finder.of(database).find({}, {ID: 1}, session=own, sort=[(ID, 1)])
            return await cursor.to_list()

        return [uuid_text(document[ID]) for document in await session.read(find)]

    async def add(self, transaction: Transaction, values: Row) -> Row:
        """Adds a row; returns it as it is stored."""
        transaction.changed.add(self._name)
        document = self._complete(values, moments.now())

        async def insert(database: Database, own: AsyncClientSession | None) -> None:
            await self._refer(database, own, document)
            await self._finder.of(database).insert_one(document, session=own)

        if self._stands_alone and "id" not in values:
            await transaction.add(self._name, document)
        else:
            await transaction.write(insert)
        return self.collection.row(document)

    async def add_many(self, transaction: Transaction, rows: Sequence[Row]) -> list[str]:
        """Adds rows quickly; returns their ids."""
        transaction.changed.add(self._name)
        now = moments.now()
        documents = [self._complete(row, now) for row in rows]

        async def insert(database: Database, own: AsyncClientSession | None) -> None:
            await self._refer(database, own, *documents)
            await self._finder.of(database).insert_many(documents, session=own)

        await transaction.write(insert)
        return [uuid_text(document[ID]) for document in documents]

    async def change(
        self,
        transaction: Transaction,
        row_id: str,
        values: Row,
        versions: Some[int] | None = None,
    ) -> Row:
        """Changes these fields; returns the row. Raises NotFound, and Stale unless the row has
        one of `versions`.
        """
        if versions is None and not values:
            return await self.get(transaction, row_id)
        transaction.changed.add(self._name)
        where = self._which(row_id, versions)
        assigned = self.collection.document({**values, "updated_at": moments.now()})
        update = {"$set": assigned, "$inc": {"version": 1}}

        async def change(database: Database, own: AsyncClientSession | None) -> Document | None:
            await self._refer(database, own, assigned)
            return await self._finder.of(database).find_one_and_update(
                where, update, return_document=ReturnDocument.AFTER, session=own
            )

        document = await transaction.write(change)
        if document is None:
            raise await self._missing(transaction, row_id)
        return self.collection.row(document)

    async def remove(
        self, transaction: Transaction, row_id: str, versions: Some[int] | None = None
    ) -> None:
        """Removes a row. Raises as `change` does."""
        transaction.changed.add(self._name)
        if not await self._remove(transaction, self._which(row_id, versions)):
            raise await self._missing(transaction, row_id)

    async def remove_all(self, transaction: Transaction, filters: Sequence[Filter]) -> int:
        """Removes every row that meets all of these; returns how many."""
        transaction.changed.add(self._name)
        meets = [condition(self.collection, one) for one in filters]
        return await self._remove(transaction, {"$and": meets} if meets else {})

    async def _remove(self, transaction: Transaction, where: Document) -> int:
        used_in = self.collection.used_in

        async def remove(database: Database, own: AsyncClientSession | None) -> int:
            if used_in:
                going = await self._finder.of(database).find(where, {ID: 1}, session=own).to_list()
                for document in going:
                    await references.free(database, own, document[ID], used_in)
            result = await self._finder.of(database).delete_many(where, session=own)
            return result.deleted_count

        return await transaction.write(remove)

    async def _refer(
        self, database: Database, own: AsyncClientSession | None, *documents: Document
    ) -> None:
        for place, to in self._references:
            ids = {it[place] for it in documents if it.get(place) is not None}
            if ids:
                await references.refer(database, own, to, ids)

    def _which(self, row_id: str, versions: Some[int] | None) -> Document:
        where = self.collection.document({"id": row_id})
        return where if versions is None else {**where, "version": {"$in": sorted(versions)}}

    async def _missing(self, session: Session, row_id: str) -> NotFound | Stale:
        if await self.first(session, {"id": row_id}) is None:
            return NotFound(f"There is no such {self._noun}.")
        return Stale(f"The {self._noun} has changed since it was read.")

    def _complete(self, values: Row, now: str) -> Document:
        automatic = {"id": new_id(), "created_at": now, "updated_at": now, "version": 1}
        return self.collection.document({**automatic, **values})
