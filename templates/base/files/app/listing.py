"""Lists: what they can be filtered and sorted by, and which page is asked for."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import parse_qsl

import orjson
from pydantic import TypeAdapter, ValidationError

from app import cursor, fields
from app.errors import FieldError, Invalid
from app.schema import Row

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
LARGEST_SET = 100
_ROOM = 24_000
"""Characters of one set at most: a server stops reading a URL at 64 KiB."""
Operator = Literal["eq", "gte", "lte", "in"]
OPERATORS: tuple[Operator, ...] = ("eq", "gte", "lte", "in")
RESERVED = ("limit", "cursor", "sort")
"""Parameters of every list; a field of such a name is filtered by `limit__in` and the like."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; for `in` the value is a tuple."""

    field: str
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where the page before ended: the value it was sorted by, and the id."""

    value: Any
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """A page of a list, as asked for. Rows come after `after`; equal ones by their ids."""

    sort: str = "id"
    descending: bool = False
    limit: int = DEFAULT_LIMIT
    filters: tuple[Filter, ...] = ()
    after: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows, and the cursor of the next page if there is one."""

    items: list[Row]
    next_cursor: str | None


class Listing:
    """The fields a list can be filtered and sorted by, with their types.

    `nullable` names those that may be null; null sorts last either way.
    """

    def __init__(self, types: Mapping[str, Any], *, nullable: Collection[str] = ()) -> None:
        self._types = {name: TypeAdapter[Any](kind) for name, kind in types.items()}
        self._types["id"] = TypeAdapter(fields.Uuid)
        self._nullable = frozenset(nullable)
        self.schemas = {name: adapter.json_schema() for name, adapter in self._types.items()}
        self.set_sizes = {name: _set_size(schema) for name, schema in self.schemas.items()}
        self.sorts = [sign + name for name in ("id", *types) for sign in ("", "-")]
        self.filters: dict[str, tuple[str, Operator]] = {
            name if operator == "eq" else f"{name}__{operator}": (name, operator)
            for name in types
            for operator in OPERATORS
            if operator != "eq" or name not in RESERVED
        }
        self.parse = lru_cache(maxsize=1024)(self._parse)
        """The ListQuery of a raw query string. Raises Invalid, saying what is allowed."""

    def next_cursor(self, query: ListQuery, last: Row) -> str:
        """The cursor that continues after the row `last`."""
        sort = f"-{query.sort}" if query.descending else query.sort
        return cursor.encode([sort, last[query.sort], last["id"]])

    def _parse(self, query_string: bytes) -> ListQuery:
        problems: list[FieldError] = []
        texts = _parameters(query_string, problems)

        def attempt(name: str, read: Callable[..., Any], *arguments: Any) -> Any:
            try:
                return read(*arguments)
            except ValueError as error:
                problems.append({"field": name, "message": str(error)})

        limit = attempt("limit", _limit, texts.pop("limit", str(DEFAULT_LIMIT)))
        sort = attempt("sort", self._sort, texts.pop("sort", "id")) or "id"
        token = texts.pop("cursor", None)
        after = None if token is None else attempt("cursor", self._position, token, sort)
        filters = [attempt(name, self._filter, name, text) for name, text in texts.items()]
        if problems:
            message = f"{problems[0]['field']}: {problems[0]['message']}"
            raise Invalid(message, errors=problems)
        return ListQuery(
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
            limit=limit,
            filters=tuple(filters),
            after=after,
        )

    def _sort(self, text: str) -> str:
        if text not in self.sorts:
            raise ValueError(f"must be one of: {', '.join(self.sorts)}")
        return text

    def _position(self, token: str, sort: str) -> Position:
        made_for, value, row_id = cursor.decode(token)
        if made_for != sort:
            raise ValueError("belongs to another sort order")
        name = sort.removeprefix("-")
        try:
            is_null = value is None and name in self._nullable
            checked = None if is_null else self._types[name].validate_python(value)
            return Position(value=checked, id=self._types["id"].validate_python(row_id))
        except ValidationError as error:
            raise ValueError(cursor.UNREADABLE) from error

    def _filter(self, parameter: str, text: str) -> Filter:
        if parameter not in self.filters:
            allowed = ", ".join([*RESERVED, *self.filters])
            raise ValueError(f"is not a parameter of this list; allowed: {allowed}")
        name, operator = self.filters[parameter]
        if operator != "in":
            return Filter(name, operator, self._value(name, text))
        parts = text.split(",")
        if len(parts) > self.set_sizes[name]:
            raise ValueError(f"must hold at most {self.set_sizes[name]} values")
        return Filter(name, operator, tuple(self._value(name, part) for part in parts))

    def _value(self, name: str, text: str) -> Any:
        is_text = self.schemas[name].get("type") == "string"
        try:
            return self._types[name].validate_python(text if is_text else orjson.loads(text))
        except orjson.JSONDecodeError as error:
            raise ValueError(f"must be of type {self.schemas[name]['type']}") from error
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error


def _set_size(schema: Mapping[str, Any]) -> int:
    return int(min(LARGEST_SET, _ROOM // schema.get("maxLength", 1)))


def _parameters(query_string: bytes, problems: list[FieldError]) -> dict[str, str]:
    texts: dict[str, str] = {}
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        raise Invalid("The query string is not valid percent-encoded UTF-8.") from error
    for name, text in pairs:
        if name in texts:
            problems.append({"field": name, "message": "must be given once"})
        texts[name] = text
    return texts


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise ValueError("must be a whole number")
    if not 1 <= int(text) <= LARGEST_LIMIT:
        raise ValueError(f"must be from 1 to {LARGEST_LIMIT}")
    return int(text)
