"""What load generators of other machines need of this one's files: scenario, rows of data, a
locustfile with its own modules. `loadtests/luggage.py` unpacks it there.
"""

import base64
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from apiforge.errors import UsageError
from apiforge.loadtest.modules import own_modules

MOST_BYTES = 32_000_000
"""Of all files together: they are kept in memory on their way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Luggage:
    """The subject of a test with its paths as they will be there, relative to a folder that is
    made for it, and the files by these paths."""

    subject: dict[str, Any]
    files: Mapping[str, Path]

    def packed(self) -> dict[str, str]:
        """The files' contents, compressed, as text."""
        return {
            name: base64.b64encode(zlib.compress(file.read_bytes(), 1)).decode()
            for name, file in self.files.items()
        }


def make_luggage(subject: Mapping[str, Any]) -> Luggage:
    """What a subject names (see `Workload.subject`). UsageError for a file that cannot be read,
    and for more than fits."""
    there = dict(subject)
    files: dict[str, Path] = {}
    if subject.get("locustfile"):
        locustfile = Path(subject["locustfile"])
        for module in own_modules(locustfile):
            files[_place(module, locustfile)] = module
        there["locustfile"] = _place(locustfile, locustfile)
    if subject.get("scenario"):
        there["scenario"] = "scenario.toml"
        files["scenario.toml"] = Path(subject["scenario"])
    there["data"] = {}
    for number, (name, (table, file)) in enumerate(tables_of_data(subject).items()):
        place = f"data/{number}/{file.name}"
        there["data"][name] = {**table, "file": place}
        files[place] = file
    _check(files)
    return Luggage(subject=there, files=files)


def check_luggage(
    scenario: Path | None, locustfile: Path | None, data: Mapping[str, Mapping[str, str]]
) -> None:
    """UsageError now for what could not be sent later, when the others have joined."""
    make_luggage({"scenario": scenario, "locustfile": locustfile, "data": data})


def _place(module: Path, locustfile: Path) -> str:
    return str(PurePosixPath("locustfile", *module.relative_to(locustfile.parent).parts))


def tables_of_data(subject: Mapping[str, Any]) -> dict[str, tuple[Mapping[str, Any], Path]]:
    """The tables of data by name, each with its file: those of the scenario, found from its folder,
    and those besides, which come instead where they have the same name."""
    return dict(_tables(subject))


def _tables(subject: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Mapping[str, Any], Path]]]:
    if subject.get("scenario"):
        scenario = Path(subject["scenario"])
        for name, table in _data_of(scenario).items():
            if isinstance(table, dict) and isinstance(table.get("file"), str):
                yield name, (table, scenario.parent / table["file"])
    for name, table in (subject.get("data") or {}).items():
        yield name, (table, Path(table["file"]))


def _data_of(scenario: Path) -> Mapping[str, Any]:
    try:
        found = tomllib.loads(scenario.read_text(encoding="utf-8")).get("data", {})
    except (OSError, ValueError):
        return {}  # whoever replays it says so
    return found if isinstance(found, dict) else {}


def _check(files: Mapping[str, Path]) -> None:
    total = 0
    for file in files.values():
        try:
            total += file.stat().st_size
            file.open("rb").close()
        except OSError as error:
            hint = "generators on other machines get it from here"
            raise UsageError(f"{file}: {error.strerror}", hint=hint) from error
    if total > MOST_BYTES:
        raise UsageError(
            f"the files of this test are {total / 1e6:,.0f} MB, and at most "
            f"{MOST_BYTES / 1e6:,.0f} MB are sent to generators on other machines",
            hint="give them fewer rows of data",
        )
