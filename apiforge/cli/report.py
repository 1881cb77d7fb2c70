"""`apiforge report`: lists stored runs, or makes the reports of one again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apiforge.cli.console import say, stderr, stdout, warn
from apiforge.cli.files import ResultFiles
from apiforge.cli.options import takes
from apiforge.errors import ApiforgeError, UsageError
from apiforge.paths import result_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from apiforge.runs.store import StoredRun

_STYLES = {"pass": "green", "fail": "red", "invalid": "yellow"}
_COLUMNS = ("run", "started", "target", "rate", "p95", "verdict")
_TARGET_WIDTH = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What `apiforge report` is asked."""

    run: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN",
            help="An id, its unique beginning, `latest`, or a path to a run's folder or "
            "result.json. Without it, the stored runs are listed.",
            show_default=False,
        ),
    ] = None
    project: Annotated[
        Path, typer.Option("--project", metavar="DIR", help="The project whose runs are meant.")
    ] = Path()
    files: ResultFiles
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of results, and nothing else.")
    ] = False


@takes(ReportOptions)
def report(options: ReportOptions) -> None:
    """List stored runs and comparisons, or make any report again from one.

    A run that missed its targets exits 0 here: this reports, it does not judge.
    """
    from apiforge.runs import store
    from apiforge.runs.outputs import check_stdout

    if options.schema:
        say(result_schema().read_text(encoding="utf-8").rstrip("\n"))
        return
    project = options.project
    if not project.is_dir():
        raise UsageError(f"no directory {project}", hint="`--project` names a project's directory")
    files = options.files.chosen
    check_stdout(files)
    runs = store.runs_folder(project)
    if options.run is None:
        _list(runs, files)
        _list_comparisons(project, files)
    elif not _is_told_as_comparison(options.run, project, files):
        _tell(store.load_run(options.run, runs), files)


def _list_comparisons(project: Path, files: Mapping[str, str]) -> None:
    """Below the runs, for people; the JSON of a list is of load tests alone."""
    from apiforge.compare.store import comparisons_folder, list_results

    for one in [] if files else list_results(comparisons_folder(project)):
        labels = ", ".join(variant["label"] for variant in one["variants"])
        outcome = one["recommendation"]["headline"]
        state = ", interrupted" if one["interrupted"] else ""
        say(f"{one['id']}  comparison of {labels}: {outcome}{state}")


def _is_told_as_comparison(reference: str, project: Path, files: Mapping[str, str]) -> bool:
    """Makes the reports of a comparison again, if it is one that is meant."""
    from apiforge.compare.store import REPORT, comparisons_folder, load

    place = comparisons_folder(project)
    document = load(reference, place)
    if document is None:
        return False
    from apiforge.cli.printing import print_comparison
    from apiforge.compare.reports.formats import FORMATS
    from apiforge.runs.outputs import STDOUT, write_text

    for form in files:
        if form not in FORMATS:
            hint = f"a comparison can be written as: {', '.join(FORMATS)}"
            raise UsageError(f"--{form} is of load tests only", hint=hint)
    for form, file in files.items():
        write_text(file, FORMATS[form](document))
    if STDOUT not in files.values():
        page = place / str(document["id"]) / REPORT
        print_comparison(
            stdout(), document, files.get("html") or (page if page.is_file() else None)
        )
    return True


def _list(runs: Path, files: Mapping[str, str]) -> None:
    from apiforge.runs.store import list_runs

    for form in files.keys() - {"json"}:
        raise UsageError(f"--{form} needs a run", hint=f"`apiforge report latest --{form} FILE`")
    found, broken = list_runs(runs)
    for folder in broken:
        warn(f"{folder.folder} is left out: {folder.reason}")
    if "json" in files:
        import json

        entries = [_entry(stored) for stored in found]
        _write(files["json"], json.dumps(entries, indent=2, ensure_ascii=False) + "\n")
    elif found:
        _print_list(found)
    else:
        say(f"no stored runs in {runs}")


def _tell(stored: StoredRun, files: Mapping[str, str]) -> None:
    from apiforge.cli.printing import print_summary
    from apiforge.runs.github import tell_github
    from apiforge.runs.outputs import STDOUT, write_files

    write_files(files, stored.document)
    for line in tell_github(stored.document, os.environ, warn=warn):
        stderr().print(line, emoji=False)
    if STDOUT in files.values():
        return
    written = files.get("html") or (stored.report if stored.report.is_file() else None)
    print_summary(stdout(), stored.document, written)


def _entry(stored: StoredRun) -> Mapping[str, Any]:
    """What a list tells of a run; the keys are for programs and stay."""
    document = stored.document
    summary = document["summary"]
    return {
        "id": stored.id,
        "started": document.get("started"),
        "name": document["run"].get("name"),
        "target": document.get("target"),
        "rate": document["run"].get("rate", summary.get("asked_rate")),
        "p95_ms": (summary.get("latency_ms") or {}).get("p95"),
        "status": document["verdict"].get("status"),
        "interrupted": bool(document["run"].get("interrupted")),
        "result": str(stored.result),
    }


def _print_list(found: Sequence[StoredRun]) -> None:
    from rich.text import Text

    rows = [_COLUMNS, *(_cells(_entry(stored)) for stored in found)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(_COLUMNS) - 1)]
    for index, row in enumerate(rows):
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:3], widths[:3], strict=True)]
        cells += [f"{cell:>{width}}" for cell, width in zip(row[3:5], widths[3:], strict=True)]
        line = Text("  ".join(cells) + "  ", style="" if index else "dim")
        stdout().print(line.append(row[-1], style=_STYLES.get(row[-1].split(",")[0], "")))


def _cells(entry: Mapping[str, Any]) -> tuple[str, ...]:
    from apiforge.loadtest.reports import figures
    from apiforge.loadtest.reports.console import shorten
    from apiforge.loadtest.reports.headline import moment

    name = str(entry["name"] or entry["target"] or figures.NOTHING)
    verdict = str(entry["status"] or "none")
    return (
        entry["id"],
        moment(entry["started"])[:16],
        shorten(name.removeprefix("http://").removeprefix("https://"), _TARGET_WIDTH),
        figures.rate(entry["rate"]),
        figures.milliseconds(entry["p95_ms"]),
        verdict + (", interrupted" if entry["interrupted"] else ""),
    )


def _write(file: str, text: str) -> None:
    if file == "-":
        say(text.removesuffix("\n"))
        return
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ApiforgeError(f"cannot write {file}: {error.strerror}") from None
