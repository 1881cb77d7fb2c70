"""A plot as data: traces, ticks and limits in the units of an SVG the browser may stretch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from apiforge.loadtest.reports.scales import HEIGHT, Scale

Values = Sequence[float | None]
Unit = Literal["ms", "count", "percent", "megabytes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line across the plot; `place` in percent from the left or from the top."""

    place: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One line or area; `key` names its column in the chart's data and its colour."""

    key: str
    label: str
    unit: Unit
    overall: str
    path: str
    filled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A target as a point the curve must stay under."""

    x: str
    y: str
    label: str
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A whole plot. `data` names the columns its cursor reads, `end` is its width in their `x`,
    `summary` says it in words, `limits` are lines not to be crossed."""

    key: str
    title: str
    note: str
    summary: str
    data: Literal["time", "curve", "rates"]
    end: int
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    traces: Sequence[Trace]
    limits: Sequence[Tick] = ()
    marks: Sequence[Mark] = ()


def place(share: float) -> str:
    """A share of the width as an SVG length."""
    return f"{100 * share:.2f}%"


def y_ticks(scale: Scale, label: Callable[[float], str]) -> list[Tick]:
    """The lines of a vertical axis."""
    return [
        Tick(place=place(1 - scale.share(value)), label=label(value)) for value in scale.ticks()
    ]


def short_milliseconds(value: float) -> str:
    """A tick of a time axis, without digits that say nothing."""
    return f"{value / 1000:g} s" if value >= 1000 else f"{value:g} ms" if value else "0"


def line(xs: Sequence[int], values: Values, scale: Scale) -> str:
    """A line through the values that are there; where one is missing, the line is broken.

    A value alone between gaps becomes a line of no length, which a round cap shows as a dot.
    """
    parts: list[str] = []
    drawing = False
    for index, (x, value) in enumerate(zip(xs, values, strict=True)):
        if value is None:
            drawing = False
            continue
        parts.append(f"{'L' if drawing else 'M'}{x} {_y(value, scale)}")
        alone = index + 1 == len(values) or values[index + 1] is None
        if alone and not drawing:
            parts.append("h0")
        drawing = True
    return "".join(parts)


def area(xs: Sequence[int], lower: Sequence[float], upper: Sequence[float], scale: Scale) -> str:
    """The space between two lines, as one closed shape; empty where there is none to see."""
    if all(low >= high for low, high in zip(lower, upper, strict=True)):
        return ""
    there = [f"{x} {_y(value, scale)}" for x, value in zip(xs, upper, strict=True)]
    back = [f"{x} {_y(value, scale)}" for x, value in zip(xs, lower, strict=True)]
    return f"M{'L'.join(there)}L{'L'.join(reversed(back))}Z"


def _y(value: float, scale: Scale) -> int:
    return round(HEIGHT * (1 - scale.share(value)))
