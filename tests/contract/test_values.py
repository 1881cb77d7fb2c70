"""Every field type and modifier, written and read back: exact, or refused."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.contract.domain import THINGS

EXACT = {
    "short": "äöü",
    "text": "emoji 🦊, a quote ' and \\ " + "x" * 5000,
    "integer": -2147483648,
    "big": 9223372036854775807,
    "float": 0.1,
    "price": "123456789012.345678",
    "boolean": False,
    "date": "2024-02-29",
    "at": "2024-02-29T23:59:59.999Z",
    "uuid": "01890a5d-ac96-774b-bcce-b302099a8057",
    "json": {"a": [1, None, "x", 1.5], "b": {"c": True}},
    "email": "someone@example.com",
    "url": "https://example.com/path?q=1",
    "state": "old",
    "tiny": "0.000000000000000001",
    "link": "https://example.com/" + "x" * 2028,
    "seen": "0001-01-01T00:00:00.000Z",
}
REFUSED = {
    "short": ["four", 5, True],
    "integer": [2147483648, -2147483649, 1.5, "1", True],
    "big": [9223372036854775808],
    "float": ["0.1", True],
    "price": ["1.1234567", "1234567890123", "NaN", "Infinity", "1e2x"],
    "boolean": ["yes", 2],
    "date": ["2023-02-29", "yesterday", 5],
    "at": ["2024-02-30T00:00:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00.000001Z", 7],
    "uuid": ["no"],
    "email": ["nobody", "a@b@c"],
    "url": ["no url", "javascript:alert(1)", "https://example.com/字"],
    "link": ["https://example.com/" + "字" * 2000],
    "state": ["other", None, 1],
    "name": [None, "", "nul\u0000"],
}


# Alone in a field of their own: at the edges of what databases can hold.
EDGES = [
    ("text", "\U0001f98a\U0010ffff\u0001\t\r\n\u2028\ufeff"),
    ("text", " both ends "),
    ("text", "x" * 1_000_000),
    ("text", "🦊" * 250_000),
    ("text", "\\' \" ` $1 %s ? :name {}"),
    ("name", "n" * 118 + "🦊"),
    ("integer", 2147483647),
    ("big", -(2**63)),
    ("big", 2**53 + 1),
    ("float", 5e-324),
    ("float", 1.7976931348623157e308),
    ("float", -0.1),
    ("float", 0.30000000000000004),
    ("price", "-999999999999.999999"),
    ("price", "0.000001"),
    ("money", "99999999.99"),
    ("date", "0001-01-01"),
    ("date", "9999-12-31"),
    ("date", "2024-02-29"),
    ("date", "1582-10-10"),
    ("at", "9999-12-31T23:59:59.999Z"),
    ("at", "1969-12-31T23:59:59.999Z"),
    ("at", "2024-03-31T02:30:00.001Z"),
    ("at", "2038-01-19T03:14:08.000Z"),
    ("json", [[[]], {}, "", 0, -1.5, None, True, "🦊", {"": {"a b": "\u0000"}}]),
    ("json", {"z": 1, "a": 2, "$set": 3, "a.b": 4, "_id": 5}),
    ("json", [9007199254740993, 1e300, 0.1]),
    ("json", "text"),
    ("json", False),
    ("url", "http://u:p@example.com:8080/a%20b?c=d&e#f"),
]
ZONES = [
    ("2024-02-29T23:59:59.999-12:00", "2024-03-01T11:59:59.999Z"),
    ("2024-03-01T00:30:00+14:00", "2024-02-29T10:30:00.000Z"),
    ("2024-02-29t12:00:00.5z", "2024-02-29T12:00:00.500Z"),
    ("2024-06-01T12:00:00+05:45", "2024-06-01T06:15:00.000Z"),
]


def create(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post(THINGS, json={"name": uuid4().hex, **body})


def stored(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """The row as it is read back."""
    made = create(client, **body)
    assert made.status_code == 201, made.text[:1000]
    read = client.get(made.headers["location"])
    assert read.json() == made.json()
    row: dict[str, Any] = read.json()
    return row


def shown(value: Any) -> str:
    return ascii(value)[:40]


def test_defaults_are_filled_in(client: httpx.Client) -> None:
    row = stored(client)

    assert row["integer"] == 7
    assert row["money"] == "1.50"
    assert row["boolean"] is True
    assert row["state"] == "new"
    assert row["quoted"] == "two words"
    assert row["label"] == "a \u2013 \u0431"
    assert row["unset"] is None
    assert row["version"] == 1


def test_every_type_comes_back_exact(client: httpx.Client) -> None:
    row = stored(client, **EXACT)

    assert {name: row[name] for name in EXACT} == EXACT


@pytest.mark.parametrize(("field", "value"), EDGES, ids=shown)
def test_edges_come_back_exact(client: httpx.Client, field: str, value: Any) -> None:
    assert stored(client, **{field: value})[field] == value


@pytest.mark.parametrize("field", ["text", "unset", "email", "url", "short"])
def test_empty_optional_text_is_null(client: httpx.Client, field: str) -> None:
    assert stored(client, **{field: ""})[field] is None


def test_null_is_kept_apart_from_what_is_like_it(client: httpx.Client) -> None:
    given = {"json": None, "big": 0, "float": 0.0, "price": "0", "boolean": False}

    row = stored(client, **given)

    assert {name: row[name] for name in given} == {**given, "price": "0.000000"}


@pytest.mark.parametrize(("sent", "kept"), ZONES, ids=shown)
def test_moments_are_kept_in_utc(client: httpx.Client, sent: str, kept: str) -> None:
    assert stored(client, at=sent)["at"] == kept


@pytest.mark.parametrize(
    ("sent", "kept"), [("-0", "0.000000"), ("7", "7.000000"), ("-0.5", "-0.500000")]
)
def test_decimals_are_plain_digits(client: httpx.Client, sent: str, kept: str) -> None:
    assert stored(client, price=sent)["price"] == kept


@pytest.mark.parametrize("field", REFUSED)
def test_what_does_not_fit_is_refused(client: httpx.Client, field: str) -> None:
    for value in REFUSED[field]:
        answer = create(client, **{field: value})
        assert answer.status_code == 422, f"{value!r}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in answer.text


@pytest.mark.parametrize("field", ["name", "text", "short", "label", "email", "link", "url"])
def test_nul_character_is_refused(client: httpx.Client, field: str) -> None:
    assert create(client, **{field: "a\0b"}).status_code == 422


@pytest.mark.parametrize("content", ["1e400", "NaN", "-Infinity", '"\\ud800"'])
def test_json_that_cannot_keep_its_value_is_refused(client: httpx.Client, content: str) -> None:
    for field in ("float", "json", "text"):
        text = f'{{"name": "{uuid4()}", "{field}": {content}}}'
        headers = {"content-type": "application/json"}
        answer = client.post(THINGS, content=text, headers=headers)
        assert answer.status_code == 422, f"{field}: {answer.text}"


def test_fields_without_index_are_no_filters(client: httpx.Client) -> None:
    refused = client.get(THINGS, params={"text": "x"})

    assert refused.status_code == 422
    assert "state" in refused.text, "says which are allowed"
