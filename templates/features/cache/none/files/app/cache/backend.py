"""No cache: keeps nothing."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from fastapi import FastAPI

from app.cache.port import Load
from app.component import Command
from app.settings import Settings


class NoCache:
    """A Cache that is always empty."""

    name: ClassVar[str] = "cache"

    def __init__(self, settings: Settings) -> None:
        del settings

    def install(self, app: FastAPI) -> None:
        app.state.cache = self

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        yield

    async def ready(self) -> None:
        """Always."""

    async def seed(self) -> None:
        """Nothing to add."""

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return {}

    async def read(self, group: str, key: str, load: Load, looked: Any = None) -> bytes:
        return await load()

    async def forget(self, group: str) -> None:
        """There is nothing to forget."""
