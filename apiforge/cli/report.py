"""`apiforge report`: lists stored runs, or makes the reports of one again."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apiforge.cli.console import say, stderr, stdout, warn
from apiforge.cli.files import ResultFiles
from apiforge.cli.options import takes
from apiforge.errors import UsageError
from apiforge.paths import result_schema

if TYPE_CHECKING:
    from apiforge.runs.store import StoredRun


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
    from apiforge.cli.stored import list_stored
    from apiforge.compare.store import comparisons_folder, load
    from apiforge.runs.outputs import check_stdout
    from apiforge.runs.store import load_run, runs_folder

    if options.schema:
        say(result_schema().read_text(encoding="utf-8").rstrip("\n"))
        return
    project = options.project
    if not project.is_dir():
        raise UsageError(f"no directory {project}", hint="`--project` names a project's directory")
    files = options.files.chosen
    check_stdout(files)
    if options.run is None:
        list_stored(project, files)
        return
    comparisons = comparisons_folder(project)
    comparison = load(options.run, comparisons)
    if comparison is None:
        _tell(load_run(options.run, runs_folder(project)), files)
    else:
        _tell_comparison(comparison, comparisons, files)


def _tell(stored: "StoredRun", files: Mapping[str, str]) -> None:
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


def _tell_comparison(document: Mapping[str, Any], place: Path, files: Mapping[str, str]) -> None:
    from apiforge.cli.printing import print_comparison
    from apiforge.compare.reports.formats import FORMATS
    from apiforge.compare.store import REPORT
    from apiforge.runs.outputs import STDOUT, write_text

    for form in files:
        if form not in FORMATS:
            hint = f"a comparison can be written as: {', '.join(FORMATS)}"
            raise UsageError(f"--{form} is of load tests only", hint=hint)
    for form, file in files.items():
        write_text(file, FORMATS[form](document))
    if STDOUT in files.values():
        return
    page = place / str(document["id"]) / REPORT
    written = files.get("html") or (page if page.is_file() else None)
    print_comparison(stdout(), document, written)
