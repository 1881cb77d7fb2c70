"""What Alembic runs: over the connection of the chosen database, with this project's tables."""

from alembic import context

from app.database.metadata import METADATA
from app.database.migration import migration_connection
from app.database.settings import DatabaseSettings
from app.database.tables import TABLES

assert all(table.metadata is METADATA for table in TABLES)

settings = context.config.attributes.get("settings") or DatabaseSettings()
if context.is_offline_mode():
    raise SystemExit("error: migrations need the database; there is no offline mode")
with migration_connection(settings) as connection:
    context.configure(connection=connection, target_metadata=METADATA, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
