"""How numbers are written, the same in every report: enough digits to judge by, and no more."""

import math
from collections.abc import Mapping
from typing import Any

NOTHING = "-"


def number(value: object) -> float | None:
    """A finite number as a float; everything else, NaN too, is None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def digits(value: object) -> str:
    """A measured number with about three significant digits: `0.042`, `3.14`, `31.4`, `1,234`."""
    amount = number(value)
    if amount is None:
        return NOTHING
    size = abs(amount)
    places = 0 if size >= 100 or size == 0 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{amount:,.{places}f}"


def milliseconds(value: object) -> str:
    """A time with its unit, in seconds from ten of them on."""
    amount = number(value)
    if amount is None:
        return NOTHING
    return f"{digits(amount / 1000)} s" if abs(amount) >= 10_000 else f"{digits(amount)} ms"


def count(value: object) -> str:
    """A whole number, in groups of three digits."""
    amount = number(value)
    return NOTHING if amount is None else f"{amount:,.0f}"


def rate(value: object) -> str:
    """Requests per second."""
    amount = number(value)
    if amount is None:
        return NOTHING
    return f"{amount:,.0f}/s" if amount >= 1000 else f"{amount:.1f}".removesuffix(".0") + "/s"


def percent(value: object) -> str:
    """A share of 100, never rounded to 0% or 100% when it is not exactly that."""
    amount = number(value)
    if amount is None:
        return NOTHING
    if 0 < amount < 0.01:
        return "<0.01%"
    if 99.99 < amount < 100:
        return ">99.99%"
    return f"{amount:.2f}".rstrip("0").rstrip(".") + "%"


def percent_short(value: object) -> str:
    """A share that may well be above 100, with about three digits."""
    amount = number(value)
    return NOTHING if amount is None else f"{digits(amount).removesuffix('.0')}%"


def megabytes(value: object) -> str:
    """An amount that is in megabytes already."""
    amount = number(value)
    return NOTHING if amount is None else f"{digits(amount).removesuffix('.0')} MB"


def share(part: object, whole: object) -> str:
    """`part` of `whole` in percent; nothing of nothing is nothing."""
    above, below = number(part), number(whole)
    return NOTHING if above is None or not below else percent(100 * above / below)


def duration(seconds: object) -> str:
    """A planned length of time: `30 s`, `1 min 30 s`, `1 h`."""
    amount = number(seconds)
    if amount is None:
        return NOTHING
    minutes, rest = divmod(amount, 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    if rest or not parts:
        parts.append(f"{rest:g} s")
    return " ".join(parts)


def clock(second: float) -> str:
    """A moment of the run: `0:42`, `1:00:00`."""
    minutes, seconds = divmod(int(second), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def outcome(target: Mapping[str, Any]) -> str:
    """`met`, `missed`, or `not judged` where there were too few requests to say."""
    if target.get("judged") is False:
        return "not judged"
    return "met" if target.get("met") else "missed"


def observed(target: Mapping[str, Any]) -> str:
    """What a target was judged by, in the unit of its metric."""
    value = target.get("observed")
    if number(value) is None:
        return "too few requests" if target.get("judged") is False else "nothing measured"
    written = {"ms": milliseconds, "%": percent, "/s": rate}
    text = written.get(str(target.get("unit")), digits)(value)
    span = number(target.get("span_s"))
    return text if span is None else f"{text} in the worst {duration(span)}"
