"""Rows as the text that COPY reads, which takes many into a table several times faster than INSERT.

Format: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

NULL = "\\N"
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def lines(rows: Iterable[Sequence[Any]]) -> BytesIO:
    """One line for each row of values, as they are bound."""
    text = "\n".join("\t".join(map(_text, row)) for row in rows)
    return BytesIO(f"{text}\n".encode())


def _text(value: Any) -> str:
    """PostgreSQL reads what Python writes of numbers, days and truth."""
    if value is None:
        return NULL
    text = str(value)
    # Looking is cheaper than translating, and most text has nothing to escape.
    return text.translate(ESCAPES) if "\\" in text or not text.isprintable() else text
