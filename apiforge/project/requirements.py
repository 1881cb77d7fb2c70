"""What an API is for, in numbers: how many people, how much load, how much data."""

import re
from dataclasses import dataclass, fields, replace
from typing import Self

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
    match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)%", value)
    if match is None or not 0 < float(match[1]) <= 100:
        raise table.wrong(key, 'a percentage, such as "99.9%"')
    return value


def with_flags(
    requirements: Requirements, *, expected_users: int | None, peak_rate: float | None
) -> Requirements:
    """These requirements with what a command line states instead."""
    stated = requirements
    if expected_users is not None:
        if expected_users < 1:
            raise UsageError(f"--expected-users {expected_users} must be at least 1")
        stated = replace(stated, expected_users=expected_users)
    if peak_rate is not None:
        if not 0 < peak_rate < float("inf"):
            raise UsageError(f"--peak-rate {peak_rate:g} must be above 0")
        # 50, not 50.0: apiforge.toml says it as its owner did.
        rate = int(peak_rate) if peak_rate.is_integer() else peak_rate
        stated = replace(stated, peak_rate=rate)
    return stated
