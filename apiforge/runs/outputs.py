"""Where the result of a load test goes: the run's folder, and the files asked for besides."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apiforge.errors import ApiforgeError, TargetUnreachable, UsageError
from apiforge.loadtest.reports import html as html_report
from apiforge.loadtest.reports import json as json_report
from apiforge.runs.store import RESULT, SERVICE_LOG, create_folder, runs_folder

STDOUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The paths asked for; `json` may be `-`, and no `folder` means a new one among the runs."""

    folder: Path | None
    json: str | None
    html: str | None

    @property
    def owns_stdout(self) -> bool:
        """Is the JSON document all there may be on stdout?"""
        return self.json == STDOUT


def check_outputs(outputs: Outputs) -> None:
    """UsageError now, so that nobody waits for a test whose result cannot be written."""
    files = {"--json": outputs.json, "--html": outputs.html}
    for option, file in files.items():
        if file is None or (option == "--json" and file == STDOUT):
            continue
        path = Path(file).absolute()
        if path.is_dir() or not path.parent.is_dir():
            problem = "is a folder" if path.is_dir() else f"cannot be: there is no {path.parent}"
            raise UsageError(
                f"{option} {file} {problem}", hint="name a file in a folder that exists"
            )
    if outputs.folder is not None and outputs.folder.exists() and not outputs.folder.is_dir():
        raise UsageError(f"--out {outputs.folder} is not a folder", hint="name a folder, or none")


@contextmanager
def run_folder(outputs: Outputs, project: Path | None) -> Iterator[Path]:
    """The folder of a run. A new one is removed again if the run ends without a result, unless
    it holds the log of a project that did not start."""
    if outputs.folder is not None:
        yield _given(outputs.folder)
        return
    folder = create_folder(runs_folder(project), now=datetime.now(UTC))
    try:
        yield folder
    except TargetUnreachable:
        if not (folder / SERVICE_LOG).exists():
            shutil.rmtree(folder)
        raise
    except BaseException:
        if not (folder / RESULT).exists():
            shutil.rmtree(folder)
        raise


def _given(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {folder}: {error.strerror}", hint="name another one") from error
    (folder / SERVICE_LOG).unlink(missing_ok=True)
    return folder


def write_outputs(outputs: Outputs, document: Mapping[str, Any]) -> None:
    """Write the files that were asked for besides the run's folder."""
    if outputs.html is not None:
        _write(outputs.html, html_report.html(document))
    if outputs.owns_stdout:
        sys.stdout.write(json_report.dumps(document))
    elif outputs.json is not None:
        _write(outputs.json, json_report.dumps(document))


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ApiforgeError(f"cannot write {file}: {error.strerror}") from error
