"""The migrations make the collections that the service expects, once, whoever runs them."""

import asyncio

import pytest

from app.__main__ import main
from app.database import layout, migration
from app.database.administration import VERSIONS, with_database
from app.database.collection import Collection, Field
from app.database.metadata import COLLECTIONS
from app.database.migration import APPLIED, LOCK, Migration
from app.database.operations import Database
from app.database.tables import TABLES
from app.database.types import Integer
from app.settings import Settings

ALL = [one.revision for one in migration.migrations(VERSIONS)]


async def differences(database: Database) -> list[str]:
    return await layout.differences(database, TABLES)


def test_migrated_collections_are_those_of_the_service(settings: Settings) -> None:
    assert set(TABLES) == set(COLLECTIONS)
    assert with_database(settings.database, differences) == []


def test_difference_is_found(settings: Settings) -> None:
    first = TABLES[0]
    added = Field("no_such", Integer(), indexed=True)
    other = Collection(first.name, *list(first.fields.values())[4:], added)

    async def compare(database: Database) -> list[str]:
        return await layout.differences(database, [other, Collection("no_such")])

    assert with_database(settings.database, compare) == [
        f"{first.name}: another validator",
        f"{first.name}: no index no_such_1__id_1",
        "no_such: there is no such collection",
    ]


def test_migrations_go_down_and_up_again(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async def names(database: Database) -> set[str]:
        return set(await database.list_collection_names())

    assert main(["migrate", "--down-to", "base"]) == 0
    left = with_database(settings.database, names)
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0

    assert left.isdisjoint(one.name for one in TABLES)
    assert capsys.readouterr().out.splitlines() == [
        f"taken back: {', '.join(reversed(ALL))}",
        f"migrated: {', '.join(ALL)}",
        "migrated: nothing",
    ]
    assert with_database(settings.database, differences) == []


def test_of_several_at_once_each_migration_is_done_by_one(settings: Settings) -> None:
    done: list[str] = []
    under_way = 0

    async def work(database: Database) -> None:
        nonlocal under_way
        under_way += 1
        assert under_way == 1
        await asyncio.sleep(0.05)
        done.append("up")
        under_way -= 1

    async def nothing(database: Database) -> None:
        """Nothing to take back."""

    async def migrate(database: Database) -> list[list[str]]:
        known = [Migration(revision="9999", upgrade=work, downgrade=nothing)]
        result = await asyncio.gather(*(migration.upgrade(database, known) for _ in range(3)))
        await migration.downgrade(database, known, to="9998")
        return result

    migrated = with_database(settings.database, migrate)

    assert sorted(migrated) == [[], [], ["9999"]]
    assert done == ["up"]


def test_failed_migration_is_done_again(settings: Settings) -> None:
    async def fail(database: Database) -> None:
        raise RuntimeError

    async def look(database: Database) -> tuple[int, int]:
        with pytest.raises(RuntimeError):
            failing = Migration(revision="9999", upgrade=fail, downgrade=fail)
            await migration.upgrade(database, [failing])
        applied = await database[APPLIED].count_documents({"_id": "9999"})
        return applied, await database[LOCK].count_documents({})

    assert with_database(settings.database, look) == (0, 0)


def test_seed_command_fills_the_collections(settings: Settings, empty: None) -> None:
    assert main(["seed", "--rows", "3"]) == 0
    assert main(["seed", "--rows", "3"]) == 0
