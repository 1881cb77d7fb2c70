"""Rows to test resources with."""

from random import Random
from typing import Any

import pytest
from fastapi import FastAPI

from app.resources.seeds import SEEDS
from app.sample import Sample
from app.seeding import Seed, fill

REFERRED = 4


class Bodies:
    """Request bodies of valid rows, each different; what they refer to exists."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._ids: dict[str, list[str]] = {}
        self._number = 0

    async def of(self, seed: Seed) -> dict[str, Any]:
        """A body for a new row of this resource."""
        if not self._ids:
            before = SEEDS[: SEEDS.index(seed)]
            await fill(self._app, before, REFERRED)
            for one in before:
                self._ids[one.plural] = await one.rows.ids(self._app.state.database.reader)
        sample = Sample(random=Random(self._number), number=self._number, ids=self._ids)
        self._number += 1
        return seed.sample(sample)


@pytest.fixture
def bodies(app: FastAPI) -> Bodies:
    """Makes request bodies."""
    return Bodies(app)
