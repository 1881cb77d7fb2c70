"""What every private server has in common: how it is found, started and reached."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A server that can be started here."""

    name: str
    version: str
    origin: str  # where it comes from, in words
    programs: Path  # the directory with its executables
    stands_in_for: str | None = None  # what it is only a substitute for, if it is

    @property
    def title(self) -> str:
        """Its name, and what it really is."""
        return (
            f"{self.name}, a stand-in for {self.stands_in_for}" if self.stands_in_for else self.name
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a running private server answers, and as whom to log in."""

    host: str
    port: int
    user: str
    password: str
    database: str

    def placeholders(self) -> dict[str, str]:
        """The values of `{host}`, `{port}` … in a manifest's `[throwaway]`."""
        return {
            "host": self.host,
            "port": str(self.port),
            "user": self.user,
            "password": self.password,
            "database": self.database,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A kind of server: `find` raises MissingServer where there is none."""

    label: str
    how_to_get: str
    find: Callable[[], Program]
    run: Callable[[Program, Path], AbstractContextManager[Address]]
