"""Stored runs: one folder each, under `.apiforge/runs/` of a project or of where you stand."""

import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apiforge.errors import ApiforgeError, UsageError
from apiforge.loadtest.reports import html as html_report
from apiforge.loadtest.reports import json as json_report

RESULT = "result.json"
REPORT = "report.html"
SERVICE_LOG = "service.log"
LATEST = "latest"

_SCHEMA = "apiforge.loadtest/1"
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
_SHOWN_IN_HINT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A finished run: its folder and its whole result document."""

    id: str
    folder: Path
    document: Mapping[str, Any]

    @property
    def result(self) -> Path:
        return self.folder / RESULT

    @property
    def report(self) -> Path:
        return self.folder / REPORT


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRun:
    """A folder among the stored runs that is none, and why."""

    folder: Path
    reason: str


class _NotAResult(ValueError):
    """A file that is not a load test's result; the message says why."""


def runs_folder(project: Path | None = None) -> Path:
    """Where the runs of a project are kept; without a project, under the current directory."""
    return (project or Path()) / ".apiforge" / "runs"


def make_id(now: datetime, token: str) -> str:
    """A run's name: its UTC start and four hexadecimal digits, so that names sort by time."""
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{token}"


def create_folder(
    runs: Path, *, now: datetime, token: Callable[[], str] = lambda: secrets.token_hex(2)
) -> Path:
    """An empty folder for a new run, which git ignores; its name is the run's id."""
    try:
        runs.mkdir(parents=True, exist_ok=True)
        ignore = runs / ".gitignore"
        if not ignore.exists():
            write_whole(ignore, "*\n")
    except OSError as error:
        hint = "name another folder for the run with --out"
        raise ApiforgeError(f"cannot write {runs}: {error.strerror}", hint=hint) from error
    while True:
        folder = runs / make_id(now, token())
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder


def save_run(folder: Path, document: Mapping[str, Any]) -> StoredRun:
    """Write a run's reports into its folder; the result last, since it makes the run complete."""
    write_whole(folder / REPORT, html_report.html(document))
    write_whole(folder / RESULT, json_report.dumps(document))
    return StoredRun(id=folder.name, folder=folder, document=document)


def list_runs(runs: Path) -> tuple[list[StoredRun], list[BrokenRun]]:
    """The stored runs, newest first, and the folders beside them that cannot be read."""
    found: list[StoredRun] = []
    broken: list[BrokenRun] = []
    for folder in _folders(runs):
        try:
            found.append(_open(folder))
        except _NotAResult as error:
            broken.append(BrokenRun(folder=folder, reason=str(error)))
    return found, broken


def load_run(reference: str | Path, runs: Path) -> StoredRun:
    """The run meant by an id, the unique beginning of one, `latest`, or a path to its folder or
    its result; `UsageError` when there is none, or more than one."""
    text = str(reference)
    if text == LATEST:
        return _latest(runs)
    path = Path(text)
    if path.is_file() or (path / RESULT).is_file():
        return _open_or_fail(path)
    matches = [folder for folder in _folders(runs) if text and folder.name.startswith(text)]
    exact = [folder for folder in matches if folder.name == text]
    if len(exact or matches) == 1:
        return _open_or_fail((exact or matches)[0])
    if matches:
        raise UsageError(
            f"{len(matches)} stored runs begin with '{text}'",
            hint=f"say more of the id: {_some(matches)}",
        )
    raise UsageError(f"no stored run '{text}' in {runs}", hint=_which(_folders(runs)))


def _latest(runs: Path) -> StoredRun:
    for folder in _folders(runs):
        try:
            return _open(folder)
        except _NotAResult:
            continue
    raise UsageError(f"no stored run in {runs}", hint=_which([]))


def _which(folders: list[Path]) -> str:
    if not folders:
        return "`apiforge loadtest` stores one; `--project DIR` says where else to look"
    return f"the newest are: {_some(folders)}"


def _some(folders: list[Path]) -> str:
    names = ", ".join(folder.name for folder in folders[:_SHOWN_IN_HINT])
    return names + (", ..." if len(folders) > _SHOWN_IN_HINT else "")


def _folders(runs: Path) -> list[Path]:
    """Newest first: names begin with the time; what is named otherwise comes last."""
    if not runs.is_dir():
        return []
    folders = [entry for entry in runs.iterdir() if entry.is_dir()]
    return sorted(
        folders, key=lambda folder: (bool(_ID.fullmatch(folder.name)), folder.name), reverse=True
    )


def _open_or_fail(path: Path) -> StoredRun:
    try:
        return _open(path)
    except _NotAResult as error:
        raise UsageError(
            f"{path} cannot be read as a run: {error}",
            hint="`apiforge report` without a run lists those that can",
        ) from None


def _open(path: Path) -> StoredRun:
    """The run of a folder or of a result file; an id is taken from the document before the path."""
    result = path if path.is_file() else path / RESULT
    document = _read(result)
    stated = document["run"].get("id")
    folder = result.parent
    return StoredRun(id=str(stated or folder.resolve().name), folder=folder, document=document)


def _read(result: Path) -> dict[str, Any]:
    try:
        document = json.loads(result.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _NotAResult(f"no {RESULT}: the run did not finish, or still goes on") from None
    except OSError as error:
        raise _NotAResult(f"{result.name}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise _NotAResult(f"{result.name} is not JSON") from None
    if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
        raise _NotAResult(f"{result.name} does not have the schema {_SCHEMA}")
    for key, kind in _SHAPE.items():
        value = document.setdefault(key, kind())
        if not isinstance(value, kind) or not all(isinstance(item, dict) for item in _rows(value)):
            raise _NotAResult(f"{result.name}: `{key}` is not what a result has there")
    return document


def _rows(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


_SHAPE: dict[str, type[dict[str, Any]] | type[list[Any]]] = {
    "run": dict,
    "verdict": dict,
    "summary": dict,
    "generator": dict,
    "machine": dict,
    "endpoints": list,
    "errors": list,
    "series": list,
    "targets": list,
}


def write_whole(path: Path, text: str) -> None:
    """Whole or not at all: a temporary file beside it, then one rename."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
