"""The connection that Alembic migrates over."""

from collections.abc import Callable

from sqlalchemy import Connection, create_engine, event

from app.database.settings import DatabaseSettings

WAIT_SECONDS = 60.0
"""Of all processes that migrate, one goes first; the others then find nothing left to do."""


def with_connection(settings: DatabaseSettings, work: Callable[[Connection], None]) -> None:
    """Does `work` over a connection in a transaction, committed at the end."""
    settings.path.parent.mkdir(parents=True, exist_ok=True)
    # Without a level of its own the driver does not begin transactions by itself, and never late.
    options = {"timeout": WAIT_SECONDS, "isolation_level": None}
    engine = create_engine(f"sqlite:///{settings.path}", connect_args=options)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            work(connection)
    finally:
        engine.dispose()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
