"""Moments in time: RFC 3339 text in UTC with milliseconds, as in `2026-11-22T17:41:05.123Z`.

Inside the service a moment is this text from the database to the answer: it compares and sorts as
text, is the same on every database, and costs nothing to write into JSON.
"""

import re
from datetime import UTC, datetime, timedelta

HINT = "must be an RFC 3339 date-time with a zone, to the millisecond, as 2026-01-31T12:00:00.000Z"
PATTERN = r"^[^.]*(\.[0-9]{1,3}0*)?[^.0-9][^.]*$"
"""What the API description says of it beside its format: nothing finer than milliseconds."""

# RFC 3339 wants a zone; Python alone would also take dates, weeks and bare hours. What is finer
# than milliseconds is refused: it would not come back.
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,3}0{0,6})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)


def to_text(moment: datetime) -> str:
    """The canonical text of an aware datetime; what is finer than milliseconds is cut off."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def to_datetime(text: str) -> datetime:
    """The datetime of a canonical text."""
    return datetime.fromisoformat(text)


def parse(text: str) -> str:
    """The canonical form of any RFC 3339 date-time. Raises ValueError."""
    if not _RFC3339.fullmatch(text):
        raise ValueError(HINT)
    try:
        return to_text(datetime.fromisoformat(text.upper()))
    except (ValueError, OverflowError) as error:
        raise ValueError("is no date-time of the years 1 to 9999 in UTC") from error


def now() -> str:
    """This moment."""
    return to_text(datetime.now(UTC))


def after(seconds: float) -> str:
    """The moment so many seconds from now (or before it, when negative)."""
    return to_text(datetime.now(UTC) + timedelta(seconds=seconds))
