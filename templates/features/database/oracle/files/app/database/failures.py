"""What the server's errors mean to a caller."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import oracledb
from sqlalchemy import UniqueConstraint

from app.database.metadata import METADATA
from app.errors import AppError, Conflict, Invalid, Unavailable

UNIQUE = 1
REFERENCES = (2291, 2292)
"""No such row to refer to; rows that refer to it."""
NOT_ALLOWED = (1400, 1407, 1426, 1438, 1461, 1722, 2290, 12899)
"""Null, out of range, too long, no number, against a check."""
_CONSTRAINT = re.compile(r"unique constraint \((?:[^.()]+\.)?([^()]+)\) violated")


@contextmanager
def translated() -> Iterator[None]:
    """Raises AppErrors for what the server refuses."""
    try:
        yield
    except (oracledb.Error, OSError, TimeoutError) as error:
        raise app_error(error) from error


def app_error(error: Exception) -> AppError:
    """The error of ours; what is not the caller's fault is Unavailable, and may pass."""
    told = error.args[0] if isinstance(error, oracledb.Error) and error.args else None
    number, code = getattr(told, "code", 0), getattr(told, "full_code", "")
    if number == UNIQUE and code.startswith("ORA"):
        field = _field(str(told))
        return Conflict(f"Another row has this {field} already.", code="unique_conflict")
    if number in REFERENCES:
        message = "A row referred to does not exist, or is in use."
        return Conflict(message, code="reference_conflict")
    if number in NOT_ALLOWED:
        return Invalid("A value is not allowed.")
    reason = code or type(error).__name__
    return Unavailable(f"The database cannot do this now ({reason}).")


def _field(message: str) -> str:
    """The field of `ORA-00001: unique constraint (APP.UQ_THINGS__NAME) violated …`."""
    found = _CONSTRAINT.search(message)
    name = found[1].casefold() if found else ""
    for table in METADATA.tables.values():
        for constraint in table.constraints:
            if not isinstance(constraint, UniqueConstraint):
                continue
            if str(constraint.name).casefold() == name:
                return ", ".join(column.key for column in constraint.columns)
    return "value"
