"""What Alembic runs: over the connection of the chosen database, with this project's tables."""

from alembic import context
from sqlalchemy import Connection

from app.database.metadata import METADATA
from app.database.migration import with_connection
from app.database.settings import DatabaseSettings
from app.database.tables import TABLES

assert all(table.metadata is METADATA for table in TABLES)


def migrate(connection: Connection) -> None:
    """Runs the migrations that are missing."""
    context.configure(connection=connection, target_metadata=METADATA, compare_type=False)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("error: migrations need the database; there is no offline mode")
with_connection(context.config.attributes.get("settings") or DatabaseSettings(), migrate)
