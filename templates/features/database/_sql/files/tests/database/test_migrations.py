"""The migrations make the tables that the service expects."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from app.__main__ import main
from app.database.administration import alembic_config
from app.database.metadata import METADATA
from app.database.migration import with_connection
from app.database.tables import TABLES
from app.settings import Settings


def test_migrated_tables_are_those_of_the_service(settings: Settings) -> None:
    differences: list[object] = []

    def compare(connection: Connection) -> None:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences.extend(compare_metadata(context, METADATA))

    with_connection(settings.database, compare)

    assert differences == []


def test_migrations_go_down_and_up_again(settings: Settings) -> None:
    def count(connection: Connection) -> None:
        names.extend(
            table.name for table in TABLES if connection.dialect.has_table(connection, table.name)
        )

    names: list[str] = []
    command.downgrade(alembic_config(settings), "base")
    with_connection(settings.database, count)

    assert names == []
    assert main(["migrate"]) == 0


def test_seed_command_fills_the_tables(settings: Settings, empty: None) -> None:
    assert main(["seed", "--rows", "3"]) == 0
    assert main(["seed", "--rows", "3"]) == 0
