"""Where the requests of a load test come from."""

from dataclasses import dataclass
from pathlib import Path

from apiforge.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWishes:
    """What the command line says; None where it says nothing."""

    locustfile: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A scenario, a locustfile, or neither: one address, again and again."""

    scenario: Path | None = None
    locustfile: Path | None = None

    @property
    def is_single(self) -> bool:
        return self.scenario is None and self.locustfile is None


def make_source(wishes: SourceWishes, project: Path | None) -> Source:
    """What is asked for, else the `project`'s scenario; UsageError for a file that is not there."""
    if wishes.locustfile is not None:
        return Source(locustfile=_existing(wishes.locustfile, "--locustfile"))
    return Source(scenario=project)


def _existing(file: Path, option: str) -> Path:
    if not file.is_file():
        raise UsageError(f"{option} {file}: there is no such file", hint="name one that exists")
    return file
