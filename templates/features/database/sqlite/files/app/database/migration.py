"""The connection that Alembic migrates over."""

from collections.abc import Callable

from sqlalchemy import Connection, create_engine

from app.database.settings import DatabaseSettings


def with_connection(settings: DatabaseSettings, work: Callable[[Connection], None]) -> None:
    """Does `work` over a connection in a transaction, committed at the end."""
    settings.path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{settings.path}")
    try:
        with engine.begin() as connection:
            work(connection)
    finally:
        engine.dispose()
