"""A hundred thousand rows, made by the project's own command, paged to the very end."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.contract.conftest import site_of
from tests.contract.databases import databases
from tests.contract.service import open_service

MARK = "mark: name:string(40)! size:integer# at:datetime?"
PATH = "/api/v1/marks"
ROWS = 100_000
OF_STAND_IN = 2_000
"""What only stands in for a database may read all of a table for one page."""
REPLICAS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Large:
    """The service with all the rows, and what its commands said."""

    client: httpx.Client
    rows: int
    migrations: list[tuple[int, str]]
    seeding: str


@pytest.fixture(scope="module")
def large(database: str) -> Iterator[Large]:
    count = OF_STAND_IN if databases()[database].is_stand_in else ROWS
    with site_of(database, MARK, migrates=False) as site:
        replicas = [site.begin("migrate") for _ in range(REPLICAS)]
        told = [replica.communicate(timeout=120)[0] for replica in replicas]
        migrations = [(it.returncode, text) for it, text in zip(replicas, told, strict=True)]
        seeded = site.command("seed", "--rows", str(count))
        assert seeded.returncode == 0, seeded.stdout + seeded.stderr
        with open_service(site) as service:
            yield Large(
                client=service.client, rows=count, migrations=migrations, seeding=seeded.stdout
            )


def pages(client: httpx.Client, **query: Any) -> Iterator[list[dict[str, Any]]]:
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(PATH, params={"limit": 200, **query, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield page["items"]
        if page["next_cursor"] is None:
            return
        cursor = {"cursor": page["next_cursor"]}


def test_replicas_migrate_at_once(large: Large) -> None:
    assert [code for code, _ in large.migrations] == [0] * REPLICAS, large.migrations


@pytest.mark.parametrize("sort", ["id", "-size"])
def test_every_row_is_found_once(large: Large, sort: str) -> None:
    rows = [row for page in pages(large.client, sort=sort) for row in page]

    assert len(rows) == len({row["id"] for row in rows}) == large.rows
    keys = [row["id"] if sort == "id" else (row["size"], row["id"]) for row in rows]
    assert all((one < two) is (sort == "id") for one, two in pairwise(keys))


def test_filter_finds_all_of_its_rows(large: Large) -> None:
    rows = [row for page in pages(large.client, size=7) for row in page]

    assert {row["size"] for row in rows} == {7}
    assert large.rows / 2000 < len(rows) < large.rows / 500, "one of a thousand sizes"
