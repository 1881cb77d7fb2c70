"""Statements, tables and types as the server is to get them; none of this needs one."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.schema import CreateIndex, CreateTable

from app.database import types
from app.database.conditions import shape_of
from app.database.dialect import DIALECT, numbered
from app.database.statements import Statement
from app.database.tables import TABLES
from app.listing import ListQuery
from tests.database.table import THINGS
from tests.database.things import LISTING, ROWS

LONGEST_NAME = 128
"""In bytes, since release 12.2."""
RESERVED = {"ORDER", "DATE", "SIZE", "LEVEL", "NUMBER", "USER", "ACCESS", "COMMENT", "MODE", "ROW"}


def page(query: bytes) -> Statement:
    return ROWS._page(shape_of(LISTING.parse(query)))


def test_page_is_limited_and_ordered_with_nulls_last() -> None:
    sql = numbered(page(b"sort=-price&limit=5").sql)

    assert "ORDER BY test_things.price DESC NULLS LAST, test_things.id DESC" in sql
    assert sql.endswith("FETCH FIRST :1 ROWS ONLY")


def test_next_page_compares_one_column_at_a_time() -> None:
    first = LISTING.next_cursor(
        ListQuery(sort="price"), {"price": "1.5", "id": "01890a5d-ac96-774b-bcce-b302099a8057"}
    )
    statement = page(f"sort=price&cursor={first}".encode())

    assert "test_things.price > :1 OR test_things.price = :2 AND test_things.id > :3" in (
        numbered(statement.sql)
    )
    values = {"after_value": Decimal("1.5"), "after_id": "x", "limit": 51}
    assert statement.arguments(values) == [Decimal("1.5"), Decimal("1.5"), "x", 51]


def test_set_has_a_place_for_each_value() -> None:
    statement = page(b"price__in=1,2,3")

    assert "IN (:1, :2, :3, :4)" in numbered(statement.sql)


def test_writes_return_nothing() -> None:
    for statement in (ROWS._insert(True), ROWS._update(("small",), True)):
        assert "RETURNING" not in statement.sql
        assert not statement.returns


@pytest.mark.parametrize("table", [*TABLES, THINGS], ids=lambda table: table.name)
def test_every_table_compiles(table: Any) -> None:
    sql = str(CreateTable(table).compile(dialect=DIALECT))
    indexes = [str(CreateIndex(index).compile(dialect=DIALECT)) for index in table.indexes]

    assert sql.strip().startswith("CREATE TABLE")
    assert len(indexes) == len(table.indexes)
    names = [table.name, *(column.name for column in table.columns)]
    names += [str(one.name) for one in (*table.constraints, *table.indexes) if one.name]
    assert all(len(name.encode()) <= LONGEST_NAME for name in names)


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_reserved_words_are_quoted(word: str) -> None:
    assert DIALECT.identifier_preparer.quote(word.lower()) == f'"{word.lower()}"'


KINDS: list[tuple[Any, str]] = [
    (types.Uuid(), "VARCHAR2(36"),
    (types.String(20), "VARCHAR2(20 CHAR)"),
    (types.Text(), "CLOB"),
    (types.Integer(), "NUMBER(10"),
    (types.BigInteger(), "NUMBER(19"),
    (types.Float(), "BINARY_DOUBLE"),
    (types.Decimal(18, 6), "NUMBER(18, 6)"),
    (types.Boolean(), "NUMBER(1"),
    (types.Date(), "DATE"),
    (types.Moment(), "TIMESTAMP(3)"),
    (types.Json(), "CLOB"),
]


@pytest.mark.parametrize(("kind", "text"), KINDS, ids=lambda one: str(one)[:20])
def test_kinds_of_columns(kind: Any, text: str) -> None:
    assert DIALECT.type_compiler_instance.process(kind).startswith(text)


VALUES: list[tuple[Any, Any, Any, Any]] = [
    (types.String(9), "", "\0", ""),
    (types.String(9), "a", "a", "a"),
    (types.Text(), "", "\0", ""),
    (types.Integer(), 5, 5, 5),
    (types.Decimal(10, 2), Decimal("1.5"), Decimal("1.5"), "1.50"),
    (types.Boolean(), True, 1, True),
    (types.Date(), date(2024, 2, 29), date(2024, 2, 29), date(2024, 2, 29)),
    (
        types.Moment(),
        "2024-02-29T23:59:59.999Z",
        datetime(2024, 2, 29, 23, 59, 59, 999000),
        "2024-02-29T23:59:59.999Z",
    ),
    (types.Json(), {"a": [1]}, '{"a":[1]}', {"a": [1]}),
    (types.Json(), None, "null", None),
]


@pytest.mark.parametrize(("kind", "value", "stored", "read"), VALUES, ids=lambda one: str(one)[:9])
def test_values_go_there_and_back(kind: Any, value: Any, stored: Any, read: Any) -> None:
    implementation = kind.dialect_impl(DIALECT)
    bind = implementation.bind_processor(DIALECT) or (lambda value: value)
    result = implementation.result_processor(DIALECT, None) or (lambda value: value)

    assert bind(value) == stored
    assert result(_as_driver(stored)) == read


def _as_driver(value: Any) -> Any:
    """What the driver gives for what was stored: a date has a time, numbers may be decimals."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, datetime.min.time())
    return Decimal(value) if isinstance(value, int) else value


def test_moments_are_of_utc() -> None:
    stored = types.Moment().process_bind_param("2024-01-01T00:00:00.000Z", DIALECT)

    assert stored == datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
