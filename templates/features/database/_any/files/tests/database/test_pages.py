"""Pages of rows: order, filters, cursors."""

from datetime import date
from decimal import Decimal

import pytest
from fastapi import FastAPI

from app.listing import ListQuery
from app.schema import Row
from tests.database.things import LISTING, ROWS, add, names

pytestmark = pytest.mark.usefixtures("things")


async def test_text_compares_by_code_point(app: FastAPI) -> None:
    for name in ("b", "a", "B", "ä", "🙂", "Z"):
        await add(app, name=name)

    assert await names(app, ListQuery(sort="name")) == ["B", "Z", "a", "b", "ä", "🙂"]


@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
async def test_pages_hold_every_row_once(app: FastAPI, descending: bool) -> None:
    for number in range(7):
        price = Decimal(number % 3).quantize(Decimal("0.000001")) if number % 2 else None
        await add(app, name=str(number), price=price)
    seen: list[Row] = []
    query = ListQuery(sort="price", descending=descending, limit=2)
    page = await ROWS.page(app.state.database.reader, query, LISTING)
    seen += page.items
    while page.next_cursor:
        sort = "-price" if descending else "price"
        query = LISTING.parse(f"limit=2&sort={sort}&cursor={page.next_cursor}".encode())
        page = await ROWS.page(app.state.database.reader, query, LISTING)
        seen += page.items

    assert sorted(row["name"] for row in seen) == [str(number) for number in range(7)]
    prices = [row["price"] for row in seen if row["price"] is not None]
    assert prices == sorted(prices, reverse=descending)
    assert all(row["price"] is None for row in seen[len(prices) :])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"price=1.5", ["a"]),
        (b"price__gte=2&sort=price", ["b", "c"]),
        (b"price__lte=2&sort=-price", ["b", "a"]),
        (b"price__in=1.5,3,7&sort=name", ["a", "c"]),
        (b"name__in=c,b,x&sort=name&is_on=true", ["c"]),
        (b"moment__gte=2026-01-01T00:00:00.001Z", ["b"]),
        (b"day__lte=2020-01-01", ["a"]),
    ],
    ids=["equal", "gte", "lte", "in", "two", "moment", "day"],
)
async def test_filters_find_their_rows(app: FastAPI, query: bytes, expected: list[str]) -> None:
    moment = "2026-01-01T00:00:00.00{}Z"
    await add(app, name="a", price=Decimal("1.5"), moment=moment.format(0), day=date(2020, 1, 1))
    await add(app, name="b", price=Decimal(2), moment=moment.format(1), day=date(2020, 1, 2))
    await add(app, name="c", price=Decimal(3), is_on=True)

    assert await names(app, LISTING.parse(query)) == expected
