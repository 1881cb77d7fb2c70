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
from apiforge.loadtest.reports.formats import FORMATS
from apiforge.runs.store import RESULT, SERVICE_LOG, create_folder, runs_folder

STDOUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The paths asked for: `files` by format, one of them may be `-`; no `folder` means a new one
    among the runs."""

    folder: Path | None
    files: Mapping[str, str]

    @property
    def owns_stdout(self) -> bool:
        """Is one of the files all there may be on stdout?"""
        return STDOUT in self.files.values()


def check_outputs(outputs: Outputs) -> None:
    """UsageError now, so that nobody waits for a test whose result cannot be written."""
    check_stdout(outputs.files)
    for form, file in outputs.files.items():
        path = Path(file).absolute()
        if file != STDOUT and (path.is_dir() or not path.parent.is_dir()):
            problem = "is a folder" if path.is_dir() else f"cannot be: there is no {path.parent}"
            raise UsageError(
                f"--{form} {file} {problem}", hint="name a file in a folder that exists"
            )
    if outputs.folder is not None and outputs.folder.exists() and not outputs.folder.is_dir():
        raise UsageError(f"--out {outputs.folder} is not a folder", hint="name a folder, or none")


def check_stdout(files: Mapping[str, str]) -> None:
    """UsageError where two documents would be mixed there."""
    forms = [f"--{form}" for form, file in files.items() if file == STDOUT]
    if len(forms) > 1:
        raise UsageError(
            f"{' and '.join(forms)} cannot {'both' if len(forms) == 2 else 'all'} go to stdout",
            hint="only one of them may be `-`: give the others a file",
        )


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
        if not any(folder.glob("*.log")):
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


def write_files(files: Mapping[str, str], document: Mapping[str, Any]) -> None:
    """The document in each of these formats; `-` is stdout."""
    for form, file in files.items():
        write_text(file, FORMATS[form](document))


def write_text(file: str, text: str) -> None:
    """Into a file; `-` is stdout."""
    if file == STDOUT:
        sys.stdout.write(text)
    else:
        _write(file, text)


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ApiforgeError(f"cannot write {file}: {error.strerror}") from error
