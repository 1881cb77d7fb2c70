"""What every table can do: read, page, add, change, remove."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    Table,
    bindparam,
    delete,
    insert,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.sql.expression import ClauseElement, ColumnElement

from app import moments
from app.database.conditions import Shape, conditions, order, shape_of, values_of
from app.database.dialect import DIALECT
from app.database.session import Session, Transaction
from app.database.statements import Statement
from app.errors import NotFound, Stale, found
from app.ids import new_id
from app.listing import Filter, Listing, ListQuery, Page
from app.schema import Row


class Rows:
    """The rows of one table, as dicts by the names fields have in JSON.

    `noun` is what messages call a row. Writes raise Conflict where the database refuses them.
    """

    def __init__(self, table: Table, *, noun: str) -> None:
        self.table = table
        self._noun = noun
        self._columns: dict[str, Column[Any]] = {c.key: c for c in table.columns}
        self._page = lru_cache(maxsize=512)(self._make_page)
        self._matching = lru_cache(maxsize=64)(self._make_matching)
        self._update = lru_cache(maxsize=512)(self._make_update)
        self._delete = lru_cache(maxsize=2)(self._make_delete)
        self._delete_all = lru_cache(maxsize=64)(self._make_delete_all)
        self._insert = lru_cache(maxsize=2)(self._make_insert)
        self._letting_go = lru_cache(maxsize=1)(self._make_letting_go)

    async def get(self, session: Session, row_id: str) -> Row:
        """The row with this id. Raises NotFound."""
        return found(await self.first(session, {"id": row_id}), self._noun)

    async def first(self, session: Session, equal: Row) -> Row | None:
        """A row whose fields equal these, if there is one."""
        rows = await session.fetch(self._matching(tuple(equal)), equal)
        return rows[0] if rows else None

    async def page(self, session: Session, query: ListQuery, listing: Listing) -> Page:
        """A page of the list."""
        items = await session.fetch(self._page(shape_of(query)), values_of(query))
        if len(items) <= query.limit:
            return Page(items=items, next_cursor=None)
        items.pop()
        return Page(items=items, next_cursor=listing.next_cursor(query, items[-1]))

    async def ids(self, session: Session) -> list[str]:
        """The ids of all rows, the oldest first."""
        column = self._columns["id"]
        clause = select(column).order_by(column)
        rows = await session.fetch(Statement(clause, DIALECT, returned=[column]), {})
        return [str(row["id"]) for row in rows]

    async def add(self, transaction: Transaction, values: Row) -> Row:
        """Adds a row; returns it as it is stored."""
        transaction.changed.add(self.table.name)
        complete = self._complete(values, moments.now())
        added = await self._written(transaction, self._insert(True), complete, complete["id"])
        return found(added, self._noun)

    async def add_many(self, transaction: Transaction, rows: Sequence[Row]) -> list[str]:
        """Adds rows quickly; returns their ids."""
        transaction.changed.add(self.table.name)
        now = moments.now()
        complete = [self._complete(row, now) for row in rows]
        await transaction.execute_many(self._insert(False), complete)
        return [str(row["id"]) for row in complete]

    async def change(
        self,
        transaction: Transaction,
        row_id: str,
        values: Row,
        versions: Collection[int] | None = None,
    ) -> Row:
        """Changes these fields; returns the row. Raises NotFound, and Stale unless the row has
        one of `versions`.
        """
        if versions is None and not values:
            return await self.get(transaction, row_id)
        transaction.changed.add(self.table.name)
        statement = self._update(tuple(values), versions is not None)
        given = {**values, "updated_at": moments.now(), "__id": row_id}
        for version in [0] if versions is None else sorted(versions):
            meant = {**given, "__version": version}
            if row := await self._written(transaction, statement, meant, row_id):
                return row
        raise await self._missing(transaction, row_id)

    async def remove(
        self, transaction: Transaction, row_id: str, versions: Collection[int] | None = None
    ) -> None:
        """Removes a row. Raises as `change` does."""
        transaction.changed.add(self.table.name)
        for statement in self._letting_go():
            await transaction.execute(statement, {"__id": row_id})
        statement = self._delete(versions is not None)
        for version in [0] if versions is None else sorted(versions):
            if await transaction.execute(statement, {"__id": row_id, "__version": version}):
                return
        raise await self._missing(transaction, row_id)

    async def remove_all(self, transaction: Transaction, filters: Sequence[Filter]) -> int:
        """Removes every row that meets all of these; returns how many."""
        transaction.changed.add(self.table.name)
        query = ListQuery(filters=tuple(filters))
        statement = self._delete_all(shape_of(query))
        return await transaction.execute(statement, values_of(query))

    async def _written(
        self, transaction: Transaction, statement: Statement, values: Row, row_id: str
    ) -> Row | None:
        """The row as this INSERT or UPDATE left it; None if it met none."""
        if statement.returns:
            rows = await transaction.fetch(statement, values)
            return rows[0] if rows else None
        if not await transaction.execute(statement, values):
            return None
        return await self.get(transaction, row_id)

    async def _missing(self, session: Session, row_id: str) -> NotFound | Stale:
        if await self.first(session, {"id": row_id}) is None:
            return NotFound(f"There is no such {self._noun}.")
        return Stale(f"The {self._noun} has changed since it was read.")

    def _complete(self, values: Row, now: str) -> Row:
        return {"id": new_id(), "created_at": now, "updated_at": now, "version": 1, **values}

    def _make_page(self, shape: Shape) -> Statement:
        unique = self._columns["id"]
        clause = (
            select(self.table)
            .where(*conditions(shape, self._columns, unique))
            .order_by(*order(shape, self._columns[shape.sort], unique))
            .limit(bindparam("limit", type_=Integer()))
        )
        return self._statement(clause)

    def _make_matching(self, keys: tuple[str, ...]) -> Statement:
        equal = [
            self._columns[key] == bindparam(key, type_=self._columns[key].type) for key in keys
        ]
        return self._statement(select(self.table).where(*equal))

    def _make_insert(self, returns: bool) -> Statement:
        clause, keys = insert(self.table), list(self._columns)
        if returns and DIALECT.insert_returning:
            return self._statement(clause.returning(self.table), assigned=keys)
        return Statement(clause, DIALECT, assigned=keys)

    def _make_update(self, keys: tuple[str, ...], checks_version: bool) -> Statement:
        next_version = self._columns["version"] + literal_column("1")
        clause = (
            update(self.table).where(*self._identity(checks_version)).values(version=next_version)
        )
        assigned = [*keys, "updated_at"]
        if DIALECT.update_returning:
            return self._statement(clause.returning(self.table), assigned=assigned)
        return Statement(clause, DIALECT, assigned=assigned)

    def _make_delete(self, checks_version: bool) -> Statement:
        return Statement(delete(self.table).where(*self._identity(checks_version)), DIALECT)

    def _make_letting_go(self) -> list[Statement]:
        """What a row that refers to itself needs first: MySQL takes it to be in use."""
        row_id = self._columns["id"]
        same_id = row_id == bindparam("__id", type_=row_id.type)
        own = [it for it in self._columns.values() if it.nullable and it.references(row_id)]
        return [
            Statement(update(self.table).where(same_id, it == row_id).values({it: null()}), DIALECT)
            for it in own
        ]

    def _make_delete_all(self, shape: Shape) -> Statement:
        meets = conditions(shape, self._columns, self._columns["id"])
        return Statement(delete(self.table).where(*meets), DIALECT)

    def _identity(self, checks_version: bool) -> list[ColumnElement[bool]]:
        row_id, version = self._columns["id"], self._columns["version"]
        same_id = row_id == bindparam("__id", type_=row_id.type)
        same_version = version == bindparam("__version", type_=version.type)
        return [same_id, same_version] if checks_version else [same_id]

    def _statement(self, clause: ClauseElement, assigned: list[str] | None = None) -> Statement:
        columns = list(self._columns.values())
        return Statement(clause, DIALECT, returned=columns, assigned=assigned)
