"""The types of fields: what callers may send, exactly as `/openapi.json` says it."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal as ExactDecimal
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from app import cursor, moments

UNSET: Any = Field(default_factory=lambda: None)
"""Default of a field that may be left out of a PATCH; the API description shows no default."""

DEEPEST_JSON = 100
"""Levels of what is in a JSON field: who reads it, in whatever language, recurses."""
EXAMPLE_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
EXAMPLE_MOMENT = "2026-01-31T12:00:00.000Z"

_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
# No `\s`: which signs are white space differs between those who read the published pattern.
_LETTERS = r"[^@\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f\u3000\ufeff]+"
_EMAIL = re.compile(rf"{_LETTERS}@{_LETTERS}\.{_LETTERS}")
# ASCII (RFC 3986), which also keeps the longest one within an index entry of any database.
_URL = re.compile(
    r"https?://([A-Za-z0-9._~!$&'()*+,;=:%-]+@)?[A-Za-z0-9._~-]+(:[0-9]{1,5})?([/?#][!-~]*)?"
)


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A type as one function that checks a value (ValueError: what is wrong) and a JSON schema."""

    check: Callable[[Any], Any]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return dict(self.schema)


def string(maximum: int | None = None) -> Checked:
    """Text of 1 to `maximum` characters."""
    limit = {} if maximum is None else {"maxLength": maximum}
    return _text(None, "text", {"minLength": 1, **limit, "examples": ["example"[:maximum]]})


def optional_string(maximum: int | None = None) -> Checked:
    """Text of at most `maximum` characters, or null; empty text becomes null."""
    return _optional(string(maximum))


def decimal(precision: int, scale: int) -> Checked:
    """An exact number of `precision` digits, `scale` of them after the point; a JSON string."""
    whole = precision - scale
    digits = f"[0-9]{{1,{whole}}}" if whole else "0"
    fraction = rf"(\.[0-9]{{1,{scale}}})?" if scale else ""
    pattern = re.compile(f"-?{digits}{fraction}")

    def check(value: Any) -> ExactDecimal:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(
                f"must be a string of digits: at most {whole} before and {scale} after the point"
            )
        return ExactDecimal(value) + 0  # "-0.00" is zero, on every database

    examples = [f"{'9' * min(whole, 2) or '0'}{'.5'[: 2 * scale]}"]
    schema = {"type": "string", "pattern": f"^{pattern.pattern}$", "examples": examples}
    return Checked(check, schema)


def _text(pattern: re.Pattern[str] | None, what: str, schema: Mapping[str, Any]) -> Checked:
    smallest, largest = schema["minLength"], schema.get("maxLength")

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a string")
        if len(value) < smallest:
            raise ValueError("must not be empty")
        if largest is not None and len(value) > largest:
            raise ValueError(f"must have at most {largest} characters")
        if "\0" in value:
            raise ValueError("must not hold NUL characters")
        if pattern is not None and not pattern.fullmatch(value):
            raise ValueError(f"must be {what}")
        return value

    published = f"^{pattern.pattern}$" if pattern else r"^[^\u0000]*$"
    return Checked(check, {"type": "string", "pattern": published, **schema})


def _optional(required: Checked) -> Checked:
    def check(value: Any) -> Any:
        return None if value is None or value == "" else required.check(value)

    empty = {"type": "string", "maxLength": 0}
    return Checked(check, {"anyOf": [dict(required.schema), empty, {"type": "null"}]})


def _integer(smallest: int, largest: int) -> Checked:
    def check(value: Any) -> int:
        # JSON knows one kind of number: 5.0 is an integer there. But what is beyond 64 bits comes
        # as a float too, and the first below them would be rounded up to the smallest of them.
        is_whole = isinstance(value, float) and value.is_integer() and value > -(2.0**63)
        whole = int(value) if is_whole else value
        if isinstance(whole, bool) or not isinstance(whole, int):
            raise ValueError("must be a whole number")
        if not smallest <= whole <= largest:
            raise ValueError(f"must be from {smallest} to {largest}")
        return whole

    limits = {"minimum": smallest, "maximum": largest}
    return Checked(check, {"type": "integer", **limits, "examples": [1]})


def _formatted(check: Callable[[Any], Any], form: str, example: str, **limits: str) -> Checked:
    return Checked(check, {"type": "string", "format": form, **limits, "examples": [example]})


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    return float(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _uuid(value: Any) -> str:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise ValueError("must be a UUID")
    return value.lower()


def _date(value: Any) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("must be a date, as 2026-01-31")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("is no date of the calendar") from error


def _moment(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(moments.HINT)
    return moments.parse(value)


def _json(value: Any) -> Any:
    level = [value]
    for _ in range(DEEPEST_JSON):
        level = [child for node in level for child in _children(node)]
        if not level:
            return value
    raise ValueError(f"must be nested less than {DEEPEST_JSON} deep")


def _children(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


_FINITE = {"minimum": -sys.float_info.max, "maximum": sys.float_info.max}
_EMAIL_FIELD = _text(
    _EMAIL,
    "an e-mail address",
    {"minLength": 3, "maxLength": 254, "examples": ["ada@example.com"]},
)
_URL_FIELD = _text(
    _URL,
    "an http or https URL",
    {"minLength": 8, "maxLength": 2048, "examples": ["https://example.com/page?q=1"]},
)

Integer = Annotated[int, _integer(-(2**31), 2**31 - 1)]
BigInteger = Annotated[int, _integer(-(2**63), 2**63 - 1)]
Float = Annotated[float, Checked(_number, {"type": "number", **_FINITE, "examples": [1.5]})]
Boolean = Annotated[bool, Checked(_boolean, {"type": "boolean", "examples": [True]})]
Date = Annotated[date, _formatted(_date, "date", "2026-01-31")]
Moment = Annotated[str, _formatted(_moment, "date-time", EXAMPLE_MOMENT, pattern=moments.PATTERN)]
Uuid = Annotated[str, _formatted(_uuid, "uuid", EXAMPLE_ID)]
Text = Annotated[str, string()]
OptionalText = Annotated[str | None, optional_string()]
Email = Annotated[str, _EMAIL_FIELD]
OptionalEmail = Annotated[str | None, _optional(_EMAIL_FIELD)]
Url = Annotated[str, _URL_FIELD]
OptionalUrl = Annotated[str | None, _optional(_URL_FIELD)]
Json = Annotated[Any, Checked(_json, {"examples": [{"color": "red"}]})]
Cursor = Annotated[str, Field(examples=[cursor.encode(["id", EXAMPLE_ID, EXAMPLE_ID])])]
"""Where a page ended."""
