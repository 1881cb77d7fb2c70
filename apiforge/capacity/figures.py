"""A sheet of figures: each is given, with where it comes from, or follows by a formula.

The formula that is printed is the one that is computed, so that none of them can say otherwise.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Origin = Literal["required", "measured", "assumed", "computed"]

_FUNCTIONS = {"ceil": math.ceil, "max": max, "min": min, "sqrt": math.sqrt}
_NAME = re.compile(r"[a-z_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number. `basis` is its formula where it was computed, else where it comes from."""

    key: str
    meaning: str
    value: float
    unit: str
    origin: Origin
    basis: str

    def as_json(self) -> dict[str, Any]:
        """For the document."""
        return {
            "key": self.key,
            "meaning": self.meaning,
            "value": self.value,
            "unit": self.unit,
            "origin": self.origin,
            "formula" if self.origin == "computed" else "source": self.basis,
        }


class Formula(NamedTuple):
    """How a figure follows from others, named in `text` by their keys."""

    key: str
    text: str
    meaning: str
    unit: str = ""

    def is_known(self, sheet: "Sheet") -> bool:
        """Whether all that it names is on the sheet."""
        names = set(_NAME.findall(self.text)) - set(_FUNCTIONS)
        return all(name in sheet for name in names)


class Sheet:
    """Figures by key, in the order in which they were noted."""

    def __init__(self) -> None:
        self._figures: dict[str, Figure] = {}

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._figures.values())

    def __contains__(self, key: object) -> bool:
        return key in self._figures

    def __getitem__(self, key: str) -> float:
        return self._figures[key].value

    def give(
        self, key: str, value: float, *, meaning: str, unit: str, origin: Origin, source: str
    ) -> None:
        """Note a number that comes from outside."""
        self._figures[key] = Figure(
            key=key, meaning=meaning, value=value, unit=unit, origin=origin, basis=source
        )

    def compute(self, formula: Formula) -> None:
        """Note what follows from the figures before it."""
        value = evaluate(formula.text, {figure.key: figure.value for figure in self})
        self._figures[formula.key] = Figure(
            key=formula.key,
            meaning=formula.meaning,
            value=value if isinstance(value, int) else round(value, 4),
            unit=formula.unit,
            origin="computed",
            basis=formula.text,
        )

    def with_numbers(self, formula: str) -> str:
        """The formula with the figures' numbers in the places of their keys."""

        def number(found: re.Match[str]) -> str:
            name = found[0]
            return f"{self[name]:.6g}" if name in self._figures else name

        return _NAME.sub(number, formula)


def evaluate(formula: str, values: Mapping[str, float]) -> float:
    """What a formula of a sheet comes to: arithmetic, ceil, max, min and sqrt of these values."""
    # The formulas are constants of ours; nothing that a user wrote ever comes here.
    result: float = eval(formula, {"__builtins__": {}, **_FUNCTIONS}, dict(values))
    return result
