"""Query strings of lists: filters, order, pages."""

import pytest

from app import cursor, fields
from app.errors import Invalid
from app.listing import Filter, Listing, ListQuery, Position

LISTING = Listing({"size": fields.Integer, "name": fields.Text}, nullable={"name"})
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", ListQuery()),
        (b"limit=200&sort=-size", ListQuery(limit=200, sort="size", descending=True)),
        (b"size=5", ListQuery(filters=(Filter("size", "eq", 5),))),
        (b"size__in=1,2", ListQuery(filters=(Filter("size", "in", (1, 2)),))),
        (b"name__gte=b%C3%A4", ListQuery(filters=(Filter("name", "gte", "bä"),))),
    ],
    ids=["nothing", "sort", "equal", "in", "text"],
)
def test_query_string_is_read(query: bytes, expected: ListQuery) -> None:
    assert LISTING.parse(query) == expected


@pytest.mark.parametrize("value", [7, None], ids=["value", "null"])
@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
def test_cursor_leads_back_to_its_row(value: int | None, descending: bool) -> None:
    name = "size" if value else "name"
    query = ListQuery(sort=name, descending=descending)

    text = LISTING.next_cursor(query, {"id": ID, name: value})
    sort = f"-{name}" if descending else name

    read = LISTING.parse(f"sort={sort}&cursor={text}".encode())
    assert read.after == Position(value=value, id=ID)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (b"limit=0", "limit"),
        (b"limit=201", "limit"),
        (b"limit=ten", "limit"),
        (b"limit=1&limit=2", "limit"),
        (b"sort=color", "sort"),
        (b"color=red", "color"),
        (b"size=large", "size"),
        (b"size=1.5", "size"),
        (b"size__in=1,x", "size__in"),
        (b"size__in=" + b"1," * 100 + b"1", "size__in"),
        (b"name=", "name"),
        (b"cursor=", "cursor"),
        (b"cursor=%21", "cursor"),
        (b"cursor=%C3%A4", "cursor"),
        (b"cursor=" + cursor.encode(["-id", ID, ID]).encode(), "cursor"),
        (b"cursor=" + cursor.encode(["id", ID]).encode(), "cursor"),
        (b"cursor=" + cursor.encode(["id", "x", "x"]).encode(), "cursor"),
        (b"sort=size&cursor=" + cursor.encode(["size", None, ID]).encode(), "cursor"),
    ],
    ids=str,
)
def test_wrong_parameter_is_named(query: bytes, field: str) -> None:
    with pytest.raises(Invalid) as raised:
        LISTING.parse(query)

    assert raised.value.errors[0]["field"] == field


def test_unknown_parameter_lists_the_allowed_ones() -> None:
    with pytest.raises(Invalid) as raised:
        LISTING.parse(b"color=red")

    assert "size__gte" in raised.value.message


@pytest.mark.parametrize("query", [b"name=%FF", b"name=\xff"], ids=["percent", "raw"])
def test_undecodable_query_is_refused(query: bytes) -> None:
    with pytest.raises(Invalid):
        LISTING.parse(query)
