"""What an API is for, in numbers: how many people, how much load, how much data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from apiforge.catalog.document import Document
from apiforge.errors import UsageError

MEANINGS = {
    "expected_users": "people",
    "peak_rate": "requests per second at the peak; what a load test asks for",
    "read_share": "the part of the requests that only read",
    "rows": "of each resource, in a load test's database",
    "growth_per_year": "times as much load a year from now",
    "availability": "",
}
FLAGS = {
    "expected_users": "--expected-users",
    "peak_rate": "--peak-rate",
    "read_share": "--read-share",
    "rows": "--rows",
    "growth_per_year": "--growth",
    "availability": "--availability",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """All stated: what nobody said has its default."""

    expected_users: int = 10_000
    peak_rate: float = 50
    read_share: float = 0.9
    rows: int = 10_000
    growth_per_year: float = 2.0
    availability: str = "99.9%"

    @classmethod
    def of(cls, table: Document) -> Self:
        """Those that the [requirements] of a specification state, the others by default."""
        table.allow(*(field.name for field in fields(cls)))
        return cls(
            expected_users=_whole(table, "expected_users", cls().expected_users),
            peak_rate=_positive(table, "peak_rate", cls().peak_rate),
            read_share=_share(table, "read_share", cls().read_share),
            rows=_whole(table, "rows", cls().rows),
            growth_per_year=_positive(table, "growth_per_year", cls().growth_per_year),
            availability=_availability(table, "availability", cls().availability),
        )


def _whole(table: Document, key: str, default: int) -> int:
    value = table.number(key, default)
    if not isinstance(value, int) or value < 1:
        raise table.wrong(key, "a whole number, at least 1")
    return value


def _positive(table: Document, key: str, default: float) -> float:
    value = table.number(key, default)
    if not 0 < value < float("inf"):
        raise table.wrong(key, "above 0")
    return value


def _share(table: Document, key: str, default: float) -> float:
    value = table.number(key, default)
    if not 0 <= value <= 1:
        raise table.wrong(key, "between 0 and 1")
    return value


def _availability(table: Document, key: str, default: str) -> str:
    value = table.text(key, default)
    if not is_percentage(value):
        raise table.wrong(key, 'a percentage, such as "99.9%"')
    return value


def is_percentage(text: str) -> bool:
    """Whether it is above 0% and at most 100%."""
    match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]+)?)%", text)
    return match is not None and 0 < float(match[1]) <= 100


def with_flags(
    requirements: Requirements, *, stated: Mapping[str, float | str | None]
) -> Requirements:
    """These requirements with what a command line states instead, by the keys of `FLAGS`.

    `None` states nothing. Raises UsageError naming the flag.
    """
    given = {key: value for key, value in stated.items() if value is not None}
    return replace(requirements, **{key: check(key, value) for key, value in given.items()})


def check(key: str, value: float | str) -> Any:
    """The requirement as it is kept, or a UsageError naming its flag."""
    if isinstance(value, str):
        return _percentage(value)
    if key in {"expected_users", "rows"}:
        return _at_least_one(key, value)
    if key == "read_share":
        if not 0 <= value <= 1:
            raise UsageError(f"{FLAGS[key]} {value:g} must be between 0 and 1")
        return float(value)
    if not 0 < value < float("inf"):
        raise UsageError(f"{FLAGS[key]} {value:g} must be above 0")
    # 50, not 50.0: apiforge.toml says it as its owner did.
    return int(value) if key == "peak_rate" and value == int(value) else float(value)


def _at_least_one(key: str, number: float) -> int:
    if not 1 <= number < float("inf"):
        raise UsageError(f"{FLAGS[key]} {number:g} must be at least 1")
    if number != int(number):
        raise UsageError(f"{FLAGS[key]} {number:g} must be a whole number")
    return int(number)


def _percentage(text: str) -> str:
    """With its sign, which a command line may leave out."""
    value = text if text.endswith("%") else f"{text}%"
    if not is_percentage(value):
        hint = f"write {FLAGS['availability']} 99.9%"
        raise UsageError(f"{FLAGS['availability']} {text!r} must be a percentage", hint=hint)
    return value
