"""What a run says beside an earlier one, in the words and rows that all reports share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from apiforge.loadtest.reports import figures
from apiforge.loadtest.reports.tables import Cell, Table

_STATES: dict[str, Literal["pass", "fail", "invalid", "unknown"]] = {
    "regressed": "fail",
    "improved": "pass",
    "no difference shown": "unknown",
}
_UNITS = {"ms": figures.milliseconds, "%": figures.percent, "/s": figures.rate}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`state` is how good the answer is; what is `required` is part of the verdict."""

    run: str
    answer: str
    state: Literal["pass", "fail", "invalid", "unknown"]
    required: bool
    reasons: tuple[str, ...]
    table: Table

    @property
    def sentence(self) -> str:
        """The answer and what it was compared with."""
        beside = " with" if self.answer == "not comparable" else ", compared with"
        return f"{self.answer[:1].upper()}{self.answer[1:]}{beside} {self.run}"


def make_comparison(document: Mapping[str, Any]) -> Comparison | None:
    """None of a run that was compared with no other."""
    found = document.get("baseline")
    if not found:
        return None
    answer = str(found.get("answer"))
    return Comparison(
        run=str(found.get("run") or found.get("name") or "an earlier run"),
        answer=answer,
        state=_STATES.get(answer, "invalid"),
        required=bool(found.get("required")),
        reasons=tuple(map(str, found.get("reasons") or ())),
        table=_table(found.get("metrics") or ()),
    )


def change(row: Mapping[str, Any]) -> str:
    """How much more or less it was than before, in percent."""
    return _percent(row.get("ratio"))


def _table(rows: Any) -> Table:
    head = ["Metric", "Answer", "Baseline", "This run", "Change", "Interval"]
    return Table(
        caption="Compared with the baseline",
        head=head,
        rows=[
            [
                Cell(text=str(row.get("metric"))),
                Cell(text=str(row.get("answer")), alarming=row.get("answer") == "regressed"),
                _value(row, "baseline"),
                _value(row, "observed"),
                Cell(text=change(row), value=figures.number(row.get("ratio"))),
                Cell(text=_interval(row)),
            ]
            for row in rows
        ],
        words=2,
    )


def _value(row: Mapping[str, Any], key: str) -> Cell:
    value = row.get(key)
    written = _UNITS.get(str(row.get("unit")), figures.digits)
    return Cell(text=written(value), value=figures.number(value))


def _interval(row: Mapping[str, Any]) -> str:
    if figures.number(row.get("low")) is None or figures.number(row.get("high")) is None:
        return figures.NOTHING
    return f"{_percent(row['low'])} to {_percent(row['high'])}"


def _percent(ratio: object) -> str:
    amount = figures.number(ratio)
    if amount is None:
        return figures.NOTHING
    percent = 100 * (amount - 1)
    return f"{percent:+,.0f}%" if abs(percent) >= 10 else f"{percent:+.1f}%"
