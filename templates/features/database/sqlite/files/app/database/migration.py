"""The connection that Alembic migrates over."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine

from app.database.settings import DatabaseSettings


@contextmanager
def migration_connection(settings: DatabaseSettings) -> Iterator[Connection]:
    """A connection in a transaction, committed at the end."""
    settings.path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{settings.path}")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
