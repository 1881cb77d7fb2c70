"""Stored comparisons: a folder each, under `.apiforge/comparisons/`, that fills round by round."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from apiforge.compare.order import Order
from apiforge.compare.visit import Visit
from apiforge.errors import UsageError
from apiforge.loadtest.reports.json import dumps
from apiforge.runs import store as runs

SCHEMA = "apiforge.compare/1"
RESULT = "result.json"
REPORT = "report.html"
ORDER = "order.json"
VISITS = "visits.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """The folder of a comparison that goes on, or may go on."""

    folder: Path
    seed: int

    @property
    def id(self) -> str:
        return self.folder.name

    def log_of(self, label: str) -> Path:
        """Where a variant's servers and service say what they have to say."""
        return self.folder / f"{label}.log"

    def note_visit(self, visit: Visit) -> None:
        """Keeps a visit at once: an interrupted comparison goes on after it."""
        self._append({"visit": visit.to_json()})

    def note_setup(self, seconds: float) -> None:
        """What it took until the first variant could be measured; again for each resumption."""
        self._append({"setup": seconds})

    def visits(self) -> list[Visit]:
        """Those finished so far, in the order they were made."""
        return [Visit.from_json(line["visit"]) for line in self._lines() if "visit" in line]

    def setup(self) -> float:
        """Seconds, of all resumptions together."""
        return sum(float(line["setup"]) for line in self._lines() if "setup" in line)

    def _append(self, line: Mapping[str, Any]) -> None:
        with (self.folder / VISITS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, separators=(",", ":")) + "\n")

    def _lines(self) -> Iterator[dict[str, Any]]:
        file = self.folder / VISITS
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            try:
                yield json.loads(line)
            except ValueError:
                return  # the last one, when we were killed while we wrote it


def comparisons_folder(project: Path | None = None) -> Path:
    """Where the comparisons of a project are kept; without one, under the current directory."""
    return runs.runs_folder(project).parent / "comparisons"


def begin(place: Path, order: Order, *, now: datetime) -> Notebook:
    """A new folder for this comparison."""
    folder = runs.create_folder(place, now=now)
    stated = {"seed": order.seed, "asked": order.fingerprint()}
    (folder / ORDER).write_text(json.dumps(stated, indent=2) + "\n", encoding="utf-8")
    return Notebook(folder=folder, seed=order.seed)


def find_unfinished(place: Path, order: Order) -> Notebook:
    """The newest comparison of just this order that was not brought to its end; UsageError where
    there is none."""
    for folder in _folders(place):
        stated = _read(folder / ORDER)
        is_same = stated.get("asked") == order.fingerprint()
        result = _read(folder / RESULT)
        if is_same and (not result or result.get("interrupted")):
            return Notebook(folder=folder, seed=int(stated["seed"]))
    raise UsageError(
        f"nothing to resume in {place}: no unfinished comparison was asked for in these words",
        hint="repeat the command as it was, with --resume",
    )


def load(reference: str, place: Path) -> dict[str, Any] | None:
    """The result meant by an id, the beginning of one, or a path; None if it is no comparison."""
    path = Path(reference)
    for file in (path, path / RESULT, *(folder / RESULT for folder in _named(reference, place))):
        document = _read(file)
        if document.get("schema") == SCHEMA:
            return document
    return None


def list_results(place: Path) -> list[dict[str, Any]]:
    """Every stored result, the newest first."""
    found = [_read(folder / RESULT) for folder in _folders(place)]
    return [document for document in found if document.get("schema") == SCHEMA]


def save(folder: Path, document: Mapping[str, Any], *, report: str) -> None:
    """The result and its page; the result last, since it makes the comparison complete."""
    runs.write_whole(folder / REPORT, report)
    runs.write_whole(folder / RESULT, dumps(document))


def _named(reference: str, place: Path) -> list[Path]:
    return [folder for folder in _folders(place) if folder.name.startswith(reference)][:1]


def _folders(place: Path) -> list[Path]:
    return sorted(place.iterdir(), reverse=True) if place.is_dir() else []


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
