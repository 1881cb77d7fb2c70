"""What callers may send: the values at the limits, and just beyond."""

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app import fields

SHORT = Annotated[str, fields.string(3)]
OPTIONAL = Annotated[str | None, fields.optional_string(3)]
PRICE = Annotated[Decimal, fields.decimal(5, 2)]
FRACTION = Annotated[Decimal, fields.decimal(2, 2)]
WHOLE = Annotated[Decimal, fields.decimal(3, 0)]


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (SHORT, "äöü", "äöü"),
        (OPTIONAL, "", None),
        (OPTIONAL, None, None),
        (OPTIONAL, "a", "a"),
        (PRICE, "999.99", Decimal("999.99")),
        (PRICE, "-0.00", Decimal("0.00")),
        (FRACTION, "0.25", Decimal("0.25")),
        (WHOLE, "-7", Decimal(-7)),
        (fields.Integer, 2**31 - 1, 2**31 - 1),
        (fields.Integer, 5.0, 5),
        (fields.BigInteger, -(2**63), -(2**63)),
        (fields.Float, 3, 3.0),
        (fields.Boolean, False, False),
        (fields.Date, "2024-02-29", date(2024, 2, 29)),
        (fields.Moment, "2026-01-01T01:30:00.123000+02:00", "2025-12-31T23:30:00.123Z"),
        (fields.Moment, "2026-01-01t00:00:00z", "2026-01-01T00:00:00.000Z"),
        (
            fields.Uuid,
            "01890A5D-AC96-774B-BCCE-B302099A8057",
            "01890a5d-ac96-774b-bcce-b302099a8057",
        ),
        (fields.Email, "ada@example.com", "ada@example.com"),
        (fields.Url, "https://example.com/?q=1", "https://example.com/?q=1"),
        (fields.Url, "http://a:b@host_1:8000#[]", "http://a:b@host_1:8000#[]"),
        (fields.Json, {"any": [1, None]}, {"any": [1, None]}),
    ],
    ids=str,
)
def test_valid_value_is_taken(kind: Any, given: Any, expected: Any) -> None:
    taken = TypeAdapter(kind).validate_python(given)

    assert taken == expected
    assert type(taken) is type(expected)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (SHORT, ""),
        (SHORT, "four"),
        (SHORT, "a\0b"),
        (SHORT, 1),
        (OPTIONAL, "four"),
        (PRICE, "1000"),
        (PRICE, "1.234"),
        (PRICE, 1.5),
        (PRICE, "NaN"),
        (PRICE, "\u0661.\u0662"),
        (FRACTION, "1.00"),
        (WHOLE, "1.0"),
        (fields.Integer, 2**31),
        (fields.Integer, True),
        (fields.Integer, 1.5),
        (fields.BigInteger, 2**63),
        (fields.BigInteger, float(-(2**63) - 1)),
        (fields.Float, "1"),
        (fields.Boolean, 1),
        (fields.Date, "2026-02-30"),
        (fields.Date, "20260130"),
        (fields.Moment, "2026-01-01T00:00:00"),
        (fields.Moment, "2026-01-01"),
        (fields.Moment, "2026-01-01T00:00:00.123456Z"),
        (fields.Moment, "2026-13-01T00:00:00Z"),
        (fields.Moment, "0001-01-01T00:00:00+14:00"),
        (fields.Moment, 5),
        (fields.Uuid, "01890a5dac96774bbcceb302099a8057"),
        (fields.Email, "nobody"),
        (fields.Email, "a\u3000b@example.com"),
        (fields.Url, "ftp://example.com"),
        (fields.Url, "https://example.com/\u00e4"),
        (fields.Url, "https://?q"),
        (fields.Url, "https://[half"),
        (fields.Json, json.loads("[" * 101 + "]" * 101)),
    ],
    ids=str,
)
def test_invalid_value_is_refused(kind: Any, given: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(given)


def test_schema_says_what_is_checked() -> None:
    schema = TypeAdapter(PRICE).json_schema()

    assert schema["pattern"] == r"^-?[0-9]{1,3}(\.[0-9]{1,2})?$"


@pytest.mark.parametrize(
    "kind",
    [
        *(SHORT, PRICE, FRACTION, WHOLE, fields.Integer, fields.Float, fields.Boolean),
        *(fields.Date, fields.Moment, fields.Uuid, fields.Email, fields.Url, fields.Json),
    ],
    ids=str,
)
def test_example_is_taken(kind: Any) -> None:
    adapter = TypeAdapter(kind)

    for example in adapter.json_schema()["examples"]:
        adapter.validate_python(example)
