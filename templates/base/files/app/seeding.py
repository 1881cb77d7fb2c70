"""Fills the tables with made-up rows; the same rows every time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol
from zlib import crc32

from fastapi import FastAPI
from pydantic import BaseModel

from app.sample import Sample
from app.schema import Row, values

BATCH = 1000
AT_A_TIME = 20


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
        await _fill(app, seed, range(existing, wanted), ids)
        made += len(ids[seed.plural]) - existing
    return made


async def _fill(app: FastAPI, seed: Seed, numbers: range, ids: dict[str, list[str]]) -> None:
    """Makes the rows of these numbers, each batch while the database takes the one before it."""
    batch: list[Row] = []
    for start in range(0, len(numbers) + BATCH, BATCH):
        making = _rows(seed, numbers[start : start + BATCH], ids)
        batch, added = await asyncio.gather(making, _add(app, seed, batch))
        ids[seed.plural] += added


async def _add(app: FastAPI, seed: Seed, rows: list[Row]) -> list[str]:
    if not rows:
        return []
    async with app.state.database.transaction() as transaction:
        return await seed.rows.add_many(transaction, rows)


async def _rows(seed: Seed, numbers: range, ids: dict[str, list[str]]) -> list[Row]:
    rows = []
    random = Random()
    for number in range(numbers.start - numbers.start % AT_A_TIME, numbers.stop):
        if number % AT_A_TIME == 0:
            # Seeded by which rows these are, so that they do not depend on what was made before;
            # not each of them, as that takes as long as making one up.
            random.seed(number << 32 | crc32(seed.plural.encode()))
            await asyncio.sleep(0)  # the batch before is on its way to the database
        made_up = seed.sample(Sample(random=random, number=number, ids=ids))
        if number in numbers:
            rows.append(values(seed.schema.model_validate(made_up)))
    return rows
