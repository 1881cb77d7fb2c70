"""Connections to SQLite: how they are set up, when they give up, what their errors mean."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from app.database.settings import DatabaseSettings
from app.errors import AppError, Conflict, Invalid, Unavailable

STEPS_BETWEEN_LOOKS = 10_000
"""Of SQLite's virtual machine, between two looks at the clock: about a millisecond."""


class Deadline:
    """When a piece of work is to be given up, by the clock of `perf_counter`."""

    __slots__ = ("at",)

    def __init__(self, seconds: float) -> None:
        self.at = perf_counter() + seconds

    def has_passed(self) -> bool:
        return perf_counter() > self.at


def connect(settings: DatabaseSettings, is_time_up: Callable[[], bool]) -> sqlite3.Connection:
    """A connection whose statements end when `is_time_up`."""
    settings.path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        settings.path,
        timeout=settings.database_timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    connection.execute("PRAGMA journal_mode = WAL")
    # Survives a crash of the service; a power cut may cost the last commits, never the file.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.set_progress_handler(is_time_up, STEPS_BETWEEN_LOOKS)
    return connection


@contextmanager
def translated() -> Iterator[None]:
    """Raises AppErrors for what SQLite refuses."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise _integrity_error(error) from error
    except (OverflowError, sqlite3.DataError) as error:
        raise Invalid("A value is out of range.") from error
    except (sqlite3.OperationalError, OSError) as error:
        raise Unavailable(f"The database cannot do this now: {error}.") from error


def _integrity_error(error: sqlite3.IntegrityError) -> AppError:
    match error.sqlite_errorname:
        case "SQLITE_CONSTRAINT_UNIQUE" | "SQLITE_CONSTRAINT_PRIMARYKEY":
            column = str(error).rpartition(".")[2]
            return Conflict(f"Another row has this {column} already.", code="unique_conflict")
        case "SQLITE_CONSTRAINT_FOREIGNKEY" | "SQLITE_CONSTRAINT_TRIGGER":
            message = "A row referred to does not exist, or is in use."
            return Conflict(message, code="reference_conflict")
        case _:
            return Invalid("A value is not allowed.")
