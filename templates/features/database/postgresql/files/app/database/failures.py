"""What the server's errors mean to a caller."""

import re

import asyncpg

from app.database.again import Deadlock
from app.errors import AppError, Conflict, Invalid, Unavailable

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
_COLUMN = re.compile(r"Key \(\"?(.+?)\"?\)=")


def app_error(error: Exception) -> AppError:
    """The error of ours for one of FAILURES; what is not the caller's fault may pass."""
    match error:
        case asyncpg.UniqueViolationError():
            key = _COLUMN.match(error.detail or "")
            column = key[1] if key else "value"
            return Conflict(f"Another row has this {column} already.", code="unique_conflict")
        case asyncpg.ForeignKeyViolationError():
            message = "A row referred to does not exist, or is in use."
            return Conflict(message, code="reference_conflict")
        case asyncpg.IntegrityConstraintViolationError() | asyncpg.DataError():
            return Invalid("A value is not allowed.")
        case asyncpg.DeadlockDetectedError():
            return Deadlock()
        case _:
            return Unavailable(f"The database cannot do this now ({type(error).__name__}).")
