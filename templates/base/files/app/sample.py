"""Made-up values, as a caller would send them: for seeding and for tests."""

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app import moments

_WORDS = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "inlet", "jolly"),
    *("kayak", "lunar", "maple", "north", "olive", "pearl", "quartz", "river", "stone", "thyme"),
    *("urban", "violet", "willow", "xenon", "yacht", "zephyr"),
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_FIRST_DAY = date(2000, 1, 1)
_FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_DAYS = 9000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Values for row `number`; `unique_…` ones differ for every number.

    `ids` holds the ids of rows that exist, by the plural name of their resource.
    """

    random: Random
    number: int
    ids: Mapping[str, Sequence[str]]

    def string(self, maximum: int = 255) -> str:
        """Words, at most 30 characters."""
        return " ".join(self.random.choices(_WORDS, k=4))[: min(maximum, 30)].strip() or "a"

    def unique_string(self, maximum: int = 255) -> str:
        """A word and the number in letters, as far as there is room."""
        digits, number = "", self.number
        while number or not digits:
            number, digit = divmod(number, len(_LETTERS))
            digits = _LETTERS[digit] + digits
        room = maximum - len(digits) - 1
        return f"{self.random.choice(_WORDS)[:room]}-{digits}" if room > 0 else digits[-maximum:]

    def text(self) -> str:
        """A sentence."""
        return " ".join(self.random.choices(_WORDS, k=12)).capitalize() + "."

    def integer(self) -> int:
        return self.random.randrange(1000)

    def unique_integer(self) -> int:
        return self.number

    def float(self) -> builtins.float:
        return round(self.random.uniform(0, 1000), 3)

    def unique_float(self) -> builtins.float:
        return float(self.number)

    def decimal(self, precision: int, scale: int) -> str:
        return self._decimal(self.random.randrange(10 ** min(precision, scale + 3)), scale)

    def unique_decimal(self, precision: int, scale: int) -> str:
        return self._decimal(self.number % 10**precision, scale)

    def _decimal(self, units: int, scale: int) -> str:
        whole, fraction = divmod(units, 10**scale)
        return f"{whole}.{fraction:0{scale}}" if scale else str(whole)

    def boolean(self) -> bool:
        return self.random.random() < 0.5

    def date(self) -> str:
        return (_FIRST_DAY + timedelta(days=self.random.randrange(_DAYS))).isoformat()

    def unique_date(self) -> str:
        return (_FIRST_DAY + timedelta(days=self.number)).isoformat()

    def moment(self) -> str:
        seconds = self.random.randrange(_DAYS * 86_400_000) / 1000
        return moments.to_text(_FIRST_MOMENT + timedelta(seconds=seconds))

    def unique_moment(self) -> str:
        return moments.to_text(_FIRST_MOMENT + timedelta(seconds=self.number))

    def uuid(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def json(self) -> Any:
        return {"color": self.random.choice(_WORDS), "size": self.random.randrange(50)}

    def email(self) -> str:
        return f"{self.random.choice(_WORDS)}@example.com"

    def unique_email(self) -> str:
        return f"{self.unique_string(40)}@example.com"

    def url(self) -> str:
        return f"https://example.com/{self.random.choice(_WORDS)}"

    def unique_url(self) -> str:
        return f"https://example.com/{self.unique_string(40)}"

    def choice(self, *options: str) -> str:
        return self.random.choice(options)

    def nth_choice(self, *options: str) -> str:
        """A choice that is unique while there are options left."""
        return options[self.number % len(options)]

    def ref(self, plural: str) -> str:
        """The id of any row of that resource."""
        return self.random.choice(self.ids[plural])

    def unique_ref(self, plural: str) -> str:
        """A different row for every number, while there are rows."""
        return self.ids[plural][self.number % len(self.ids[plural])]

    def optional_ref(self, plural: str) -> str | None:
        """The id of any row, or None where there is none yet."""
        existing = self.ids.get(plural)
        return self.random.choice(existing) if existing else None
