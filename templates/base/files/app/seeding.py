"""Fills the tables with made-up rows; the same rows every time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from fastapi import FastAPI
from pydantic import BaseModel

from app.sample import Sample
from app.schema import Row, values

BATCH = 500


class Rows(Protocol):
    """What seeding needs of a repository."""

    async def ids(self, session: Any) -> list[str]:
        """The ids of all rows, the oldest first."""

    async def add_many(self, transaction: Any, rows: Sequence[Row]) -> list[str]:
        """Adds rows; returns their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """How rows of a resource are made up; `at_most` where uniqueness allows only so many."""

    plural: str
    rows: Rows
    schema: type[BaseModel]
    sample: Callable[[Sample], dict[str, Any]]
    at_most: int | None = None


async def fill(app: FastAPI, seeds: Sequence[Seed], rows: int) -> int:
    """Brings every table up to `rows` rows; returns how many were made. The app is started."""
    ids: dict[str, list[str]] = {}
    made = 0
    for seed in seeds:
        ids[seed.plural] = await seed.rows.ids(app.state.database.reader)
        existing = len(ids[seed.plural])
        wanted = rows if seed.at_most is None else min(rows, seed.at_most)
        for start in range(existing, wanted, BATCH):
            numbers = range(start, min(start + BATCH, wanted))
            new = [_row(seed, number, ids) for number in numbers]
            async with app.state.database.transaction() as transaction:
                ids[seed.plural] += await seed.rows.add_many(transaction, new)
            made += len(new)
    return made


def _row(seed: Seed, number: int, ids: dict[str, list[str]]) -> dict[str, Any]:
    # Seeded by what the row is, so that it does not depend on what was made before it.
    random = Random(f"{seed.plural} {number}")
    sample = Sample(random=random, number=number, ids=ids)
    return values(seed.schema.model_validate(seed.sample(sample)))
