"""Default values: from the text of the grammar to the value a new row gets, or why it cannot."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import NoReturn
from uuid import UUID

from apiforge.project.field_types import FieldType

LONGEST_EMAIL = 254
LONGEST_URL = 2048
LONGEST_TEXT = 100_000
EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!-~]*)?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_BITS = {"integer": 32, "bigint": 64}


def parse_default(text: str, field_type: FieldType) -> object:
    """The Python value of a default. Raises ValueError, saying what would be right."""
    return _PARSERS[field_type.kind](text, field_type)


def _parse_string(text: str, field_type: FieldType) -> str:
    limit = field_type.max_length if field_type.kind == "string" else LONGEST_TEXT
    if not text:
        raise ValueError("some text, or leave the default out")
    if len(text) > limit:
        raise ValueError(f"at most {limit} characters")
    if re.search("[\x00\ud800-\udfff]", text):
        raise ValueError("text without NUL characters and lone surrogates")
    return text


def _parse_integer(text: str, field_type: FieldType) -> int:
    bits = _BITS[field_type.kind]
    if not _INTEGER.fullmatch(text) or not -(1 << bits - 1) <= int(text) < 1 << bits - 1:
        raise ValueError(f"a whole number of {bits} bits, such as 0 or -5")
    return int(text)


def _parse_float(text: str, field_type: FieldType) -> float:
    if not _FLOAT.fullmatch(text) or not isfinite(float(text)):
        raise ValueError("a finite number such as 0.5")
    return float(text)


def _parse_decimal(text: str, field_type: FieldType) -> Decimal:
    whole = field_type.precision - field_type.scale
    wanted = f"a number with at most {whole} digits before the point and {field_type.scale} after"
    if not _DECIMAL.fullmatch(text):
        raise ValueError(wanted)
    value = Decimal(text)
    fits = abs(value) < Decimal(10) ** whole and value == round(value, field_type.scale)
    if not fits:
        raise ValueError(wanted)
    return round(value, field_type.scale) + 0


def _parse_boolean(text: str, field_type: FieldType) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return text.lower() == "true"


def _parse_date(text: str, field_type: FieldType) -> date:
    wanted = "a date such as 2026-01-31"
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(wanted)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(wanted) from None


def _parse_datetime(text: str, field_type: FieldType) -> datetime:
    wanted = "a time with a zone, in milliseconds at most, such as 2026-01-31T12:00:00Z"
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(wanted) from None
    if datetime.fromisoformat(text).tzinfo is None or moment.microsecond % 1000:
        raise ValueError(wanted)
    return moment


def _parse_uuid(text: str, field_type: FieldType) -> UUID:
    if not _UUID.fullmatch(text):
        raise ValueError("a UUID such as 0190b9a0-0000-7000-8000-000000000000")
    return UUID(text)


def _parse_json(text: str, field_type: FieldType) -> object:
    wanted = "JSON such as {} or [1, 2], quoted if it has spaces"
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ValueError(wanted) from None
    if value is None or "\\u0000" in text:
        raise ValueError(f"{wanted}; not null, and without NUL characters")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _parse_email(text: str, field_type: FieldType) -> str:
    if len(text) > LONGEST_EMAIL or not EMAIL.fullmatch(text):
        raise ValueError("an address such as ada@example.org")
    return text


def _parse_url(text: str, field_type: FieldType) -> str:
    if len(text) > LONGEST_URL or not URL.fullmatch(text):
        raise ValueError("an address such as https://example.org/page")
    return text


def _parse_member(text: str, field_type: FieldType) -> str:
    if text not in field_type.members:
        raise ValueError(f"one of {', '.join(field_type.members)}")
    return text


def _parse_reference(text: str, field_type: FieldType) -> NoReturn:
    raise ValueError("no default at all, since the ids of rows are not known beforehand")


_PARSERS: dict[str, Callable[[str, FieldType], object]] = {
    "string": _parse_string,
    "text": _parse_string,
    "integer": _parse_integer,
    "bigint": _parse_integer,
    "float": _parse_float,
    "decimal": _parse_decimal,
    "boolean": _parse_boolean,
    "date": _parse_date,
    "datetime": _parse_datetime,
    "uuid": _parse_uuid,
    "json": _parse_json,
    "email": _parse_email,
    "url": _parse_url,
    "enum": _parse_member,
    "ref": _parse_reference,
}
