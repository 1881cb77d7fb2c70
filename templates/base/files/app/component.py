"""The shape of a part of this service: a database, a cache, a way to log in, a monitor."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from fastapi import FastAPI

if TYPE_CHECKING:
    from app.settings import Settings


class Degraded(Exception):
    """What a component's `ready` raises when it is down and the service works without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One word after `python -m app`; `run` returns the exit code."""

    help: str
    run: Callable[["Settings", Namespace], int]
    arguments: Callable[[ArgumentParser], object] = lambda parser: None


class Component(Protocol):
    """A part of the service; the list in `app/components.py` is in start-up order."""

    name: ClassVar[str]

    def __init__(self, settings: "Settings") -> None:
        """Only remembers; connects to nothing."""

    def install(self, app: FastAPI) -> None:
        """Adds what the component offers: routes, an entry in `app.state`."""

    def lifespan(self) -> AbstractAsyncContextManager[None]:
        """Open while the service runs."""

    async def ready(self) -> None:
        """Raises when the component cannot do its work now; Degraded if the service works so."""

    async def seed(self) -> None:
        """Adds what a database to try the service with needs; the service has started."""

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        """What the component adds to `python -m app`."""
