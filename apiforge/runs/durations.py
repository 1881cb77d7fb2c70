"""Lengths of time as people type them: `500ms`, `30s`, `2m`, `1h`."""

import re

from apiforge.errors import UsageError

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PATTERN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)")


def parse_duration(text: str, *, option: str, least: float = 0.0) -> float:
    """Seconds; UsageError naming the option for what is no length of time, or less than `least`."""
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"{option} {text!r} is not a length of time",
            hint="write a number and ms, s, m or h: 500ms, 30s, 2m, 1h",
        )
    seconds = float(match[1]) * SECONDS[match[2]]
    if seconds < least:
        raise UsageError(f"{option} {text} is too short", hint=f"it must be at least {least:g}s")
    return seconds
