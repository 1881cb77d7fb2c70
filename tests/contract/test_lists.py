"""Sort orders and filters: what is asked for, nulls last, text by code point."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.contract.domain import ENTRIES

NAMES = ("b", "a", "B", "ä", "a ", "ab", "Z", "é", "e\u0301", "\uffee", "🦊", "ß", "ss", "_", "%")
MOMENT = "2024-02-29T23:59:59.{}Z"
SIZES: Mapping[str, tuple[Any, ...]] = {
    "size": (None, 5, -5, 0, None, 2147483647, -2147483648),
    "big": (None, 2**53 + 1, 2**53, -(2**63), None, 2**63 - 1),
    "float": (None, 0.5, -0.5, 1e300, None, 1e-300, 0.1),
    "price": (None, "10.000000", "9.000000", "-1.500000", None, "0.000001", "123456789012.345678"),
    "day": (None, "2024-02-29", "0001-01-01", "9999-12-31", None, "1969-12-31"),
    "at": (None, MOMENT.format("999"), MOMENT.format("998"), "1969-12-31T23:59:59.999Z", None),
    "mark": (None, "ffffffff-0000-4000-8000-000000000000", str(uuid4()), None),
    "state": (None, "b", "a", "c", None),
    "on": (None, True, False, None),
    "mail": (None, "b@example.com", "a@example.com", "B@example.com", None),
}


class Entries:
    """Entries of a batch of their own."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self.batch = str(uuid4())

    def add(self, **body: Any) -> dict[str, Any]:
        made = self._client.post(ENTRIES, json={"name": "x", "batch": self.batch, **body})
        assert made.status_code == 201, made.text
        row: dict[str, Any] = made.json()
        return row

    def found(self, field: str, **query: Any) -> list[Any]:
        """This field of each row, page by page, two rows a page."""
        return [row[field] for row in self._rows({"batch": self.batch, "limit": 2, **query})]

    def _rows(self, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        while True:
            answer = self._client.get(ENTRIES, params=query)
            assert answer.status_code == 200, answer.text
            yield from answer.json()["items"]
            if answer.json()["next_cursor"] is None:
                return
            query = {**query, "cursor": answer.json()["next_cursor"]}


@pytest.fixture
def entries(client: httpx.Client) -> Entries:
    return Entries(client)


def comparable(value: Any) -> Any:
    is_decimal = isinstance(value, str) and value.replace(".", "").lstrip("-").isdigit()
    return float(value) if is_decimal else value


@pytest.mark.parametrize("field", SIZES)
def test_every_kind_sorts_with_nulls_last(entries: Entries, field: str) -> None:
    for value in SIZES[field]:
        entries.add(**{field: value})
    given = [value for value in SIZES[field] if value is not None]
    ordered = sorted(given, key=comparable)

    rising = entries.found(field, sort=field)
    falling = entries.found(field, sort=f"-{field}")

    nulls = [None] * (len(rising) - len(given))
    assert nulls
    assert rising == ordered + nulls
    assert falling == ordered[::-1] + nulls


@pytest.mark.parametrize("field", SIZES)
def test_every_kind_is_found_by_its_value(entries: Entries, field: str) -> None:
    values = [value for value in SIZES[field] if value is not None]
    for value in (None, *values):
        entries.add(**{field: value})
    first, second = values[:2]

    def asked(value: Any) -> Any:
        return str(value).lower() if isinstance(value, bool) else value

    assert entries.found(field, **{field: asked(first)}) == [first]
    both = f"{asked(first)},{asked(second)}"
    assert sorted(entries.found(field, **{f"{field}__in": both}), key=comparable) == sorted(
        [first, second], key=comparable
    )


@pytest.mark.parametrize("field", ["size", "big", "float", "price", "day", "at"])
def test_ranges_include_their_ends(entries: Entries, field: str) -> None:
    for value in SIZES[field]:
        entries.add(**{field: value})
    ordered = sorted((value for value in SIZES[field] if value is not None), key=comparable)
    low, high = ordered[1], ordered[-1]

    found = entries.found(field, sort=field, **{f"{field}__gte": low, f"{field}__lte": high})

    assert found == ordered[1:]


def test_text_sorts_by_code_point(entries: Entries) -> None:
    for name in NAMES:
        entries.add(name=name)

    assert entries.found("name", sort="name") == sorted(NAMES)
    assert entries.found("name", sort="-name") == sorted(NAMES, reverse=True)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_text_is_found_by_exactly_itself(entries: Entries, name: str) -> None:
    for other in NAMES:
        entries.add(name=other)

    assert entries.found("name", name=name) == [name]


def test_each_spelling_is_a_unique_value(client: httpx.Client) -> None:
    start = uuid4().hex
    entries = Entries(client)
    for name in NAMES:
        entries.add(code=f"{start}{name}")

    answer = client.post(ENTRIES, json={"name": "x", "batch": entries.batch, "code": f"{start}🦊"})

    assert answer.status_code == 409
    assert entries.found("code", code=f"{start}ss") == [f"{start}ss"]


def test_unique_field_may_be_null_in_many_rows(entries: Entries) -> None:
    entries.add(code=None)
    entries.add(code="")

    assert entries.found("code") == [None, None]


def test_several_filters_meet(entries: Entries) -> None:
    entries.add(name="a", size=1, state="a")
    entries.add(name="b", size=2, state="a")
    entries.add(name="c", size=2, state="b")

    assert entries.found("name", size=2, state="a") == ["b"]
    assert entries.found("name", size__gte=2, sort="-name") == ["c", "b"]
    assert entries.found("name", state="c") == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("limit=0", "from 1 to 200"),
        ("limit=201", "from 1 to 200"),
        ("cursor=nonsense", "cursor"),
        ("sort=nothing", "must be one of"),
        ("version=1", "allowed"),
        ("size=x", "size"),
        ("size=99999999999", "size"),
        ("name__gte=%00", "name"),
        ("mark=no", "mark"),
    ],
)
def test_bad_queries_are_refused(client: httpx.Client, query: str, told: str) -> None:
    answer = client.get(f"{ENTRIES}?{query}")

    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.text


def test_cursor_of_another_order_is_refused(client: httpx.Client, entries: Entries) -> None:
    for _ in range(2):
        entries.add()
    page = client.get(ENTRIES, params={"sort": "name", "limit": 1}).json()

    answer = client.get(ENTRIES, params={"sort": "size", "cursor": page["next_cursor"]})

    assert answer.status_code == 422


def test_fifty_rows_are_a_page(entries: Entries, client: httpx.Client) -> None:
    for _ in range(51):
        entries.add()

    page = client.get(ENTRIES, params={"batch": entries.batch}).json()

    assert len(page["items"]) == 50
    assert page["next_cursor"]
