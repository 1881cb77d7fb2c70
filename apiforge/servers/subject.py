"""The project under test, as its folder tells: its name, its choices, and what these need."""

from dataclasses import dataclass
from pathlib import Path

from apiforge.catalog.document import Document
from apiforge.catalog.model import NONE, Catalog, Feature
from apiforge.errors import UsageError

MANIFEST = "apiforge.toml"
SCENARIO = "loadtests/scenario.toml"
EXAMPLE = ".env.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A project's folder, absolute, and its apiforge.toml."""

    folder: Path
    settings: Document

    @property
    def name(self) -> str:
        """As its apiforge.toml says, else as its folder is called."""
        return self.settings.table("project").text("name", self.folder.name)

    @property
    def scenario(self) -> Path:
        """What a load test of this project does."""
        return self.folder / SCENARIO


def open_subject(folder: Path) -> Subject:
    """The project in this folder; UsageError where there is none."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise UsageError(
            f"no project in {folder}: it has no {MANIFEST}",
            hint="make one with: apiforge new NAME",
        )
    settings = Document.read(manifest, error=UsageError)
    subject = Subject(folder=folder.resolve(), settings=settings)
    if not subject.scenario.is_file():
        raise UsageError(f"no {SCENARIO} in {folder}", hint="it says what a load test does")
    return subject


def chosen_features(subject: Subject, catalog: Catalog) -> list[Feature]:
    """What the project was made of; UsageError where this version does not know it."""
    chosen = subject.settings.table("choices").values
    known = {axis.name: axis.values for axis in catalog.axes}
    # A database that is not named would leave the address of a real one in force.
    for name in (axis.name for axis in catalog.axes if not axis.none and axis.name not in chosen):
        raise _not_ours(subject, f"[choices] does not say which {name}")
    choices = {axis.name: (NONE,) for axis in catalog.axes}
    for name, value in chosen.items():
        values = tuple(value) if isinstance(value, list) else (value,)
        for one in values:
            if one not in known.get(name, ()):
                raise _not_ours(subject, f"this version of apiforge has no {name} {one!r}")
        choices[name] = values
    return list(catalog.features(choices))


def _not_ours(subject: Subject, why: str) -> UsageError:
    return UsageError(
        f"{subject.folder / MANIFEST}: {why}",
        hint="use the version that made the project, or test it running, with --url",
    )
