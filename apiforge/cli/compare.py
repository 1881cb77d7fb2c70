"""`apiforge compare`: parse what is asked, hold the comparison, print and store what came out."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apiforge.cli.console import say, stderr, stdout
from apiforge.cli.files import HtmlFile, JsonFile, MarkdownFile
from apiforge.cli.options import takes
from apiforge.cli.running import INTERRUPTED, interruptible, shown
from apiforge.errors import ApiforgeError

if TYPE_CHECKING:
    from apiforge.catalog.model import Catalog
    from apiforge.compare.order import Order, Wishes
    from apiforge.compare.session import OnProgress, Outcome, Tell
    from apiforge.compare.store import Notebook

Project = Annotated[
    Path | None,
    typer.Argument(
        metavar="PROJECT",
        help="A project: its resources, requirements, targets and scenario. "
        "[default: the example's]",
        show_default=False,
    ),
]
Spec = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A specification instead of a project.")
]
Databases = Annotated[
    str | None,
    typer.Option(metavar="A,B", help="The databases, such as sqlite,postgresql; one may repeat."),
]
Caches = Annotated[
    str | None, typer.Option(metavar="A,B", help="Caches instead: none,memory,redis.")
]
Rate = Annotated[
    float | None,
    typer.Option(metavar="R", help="Requests per second. [default: peak_rate of the project]"),
]
Duration = Annotated[str, typer.Option(metavar="TIME", help="Measured at that rate, each round.")]
Rounds = Annotated[
    int, typer.Option(min=1, max=1000, metavar="N", help="At least 5 to call any difference.")
]
Rows = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Rows to seed. [default: of the project, or 10000]"),
]
Wanted = Annotated[
    list[str] | None,
    typer.Option(metavar="TARGET", help='As of loadtest: "p95<200ms". May repeat.'),
]
Addresses = Annotated[
    list[str] | None,
    typer.Option(
        metavar="VARIANT=URL",
        help="An EMPTY database on a server that runs already; it is filled, and left so. "
        "May repeat.",
    ),
]
Smallest = Annotated[
    str, typer.Option(metavar="PERCENT", help="The smallest difference that matters.")
]
Schema = Annotated[
    bool, typer.Option("--schema", help="Print the JSON Schema of results, and nothing else.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with the same comparison, interrupted before.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareOptions:
    """What `apiforge compare` is asked."""

    project: Project = None
    spec: Spec = None
    databases: Databases = None
    caches: Caches = None
    rate: Rate = None
    duration: Duration = "20s"
    rounds: Rounds = 5
    rows: Rows = None
    target: Wanted = None
    database_url: Addresses = None
    smallest: Smallest = "5%"
    resume: Resume = False
    schema: Schema = False
    json_file: JsonFile = None
    html_file: HtmlFile = None
    markdown_file: MarkdownFile = None


@takes(CompareOptions)
def compare(options: CompareOptions) -> int:
    """Compare databases, or caches: the same API, rows and requests, side by side.

    Exits 0 when there was something to compare, 1 when fewer than two variants were left,
    130 when interrupted (what was finished is kept, --resume goes on).
    """
    from apiforge import paths
    from apiforge.catalog.load import load_catalog
    from apiforge.compare.order import make_order
    from apiforge.runs.outputs import Outputs, check_outputs

    if options.schema:
        say(paths.comparison_schema().read_text(encoding="utf-8").rstrip("\n"))
        return 0
    catalog = load_catalog([paths.templates()])
    order = make_order(_wishes(options), catalog, seed=secrets.randbelow(2**31))
    smallest = _share(options.smallest)
    files = _files(options)
    check_outputs(Outputs(folder=None, files=files))
    with interruptible(), _notebook(options, order) as notebook:
        return _hold(order, catalog, notebook, files=files, smallest=smallest)


def _wishes(options: CompareOptions) -> "Wishes":
    from apiforge.compare.order import Wishes
    from apiforge.runs.durations import parse_duration

    return Wishes(
        project=options.project,
        spec=options.spec,
        values={"database": _list(options.databases), "cache": _list(options.caches)},
        addresses=tuple(options.database_url or ()),
        rate=options.rate,
        duration=parse_duration(options.duration, option="--duration", least=1.0),
        rounds=options.rounds,
        rows=options.rows,
        targets=tuple(options.target or ()),
    )


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _share(text: str) -> float:
    from apiforge.errors import UsageError

    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not 0 <= percent < 100:
        raise UsageError(f"--smallest {text!r} is no percentage", hint="write --smallest 5%")
    return percent / 100


def _files(options: CompareOptions) -> dict[str, str]:
    named = {
        "json": options.json_file,
        "html": options.html_file,
        "markdown": options.markdown_file,
    }
    return {form: file for form, file in named.items() if file is not None}


@contextmanager
def _notebook(options: CompareOptions, order: "Order") -> "Iterator[Notebook]":
    """The folder it is kept in; gone again where no round was finished, and no log says why."""
    from datetime import UTC, datetime

    from apiforge.compare import store

    place = store.comparisons_folder(options.project)
    if options.resume:
        yield store.find_unfinished(place, order)
        return
    notebook = store.begin(place, order, now=datetime.now(UTC))
    try:
        yield notebook
    finally:
        if not notebook.visits() and not list(notebook.folder.glob("*.log")):
            shutil.rmtree(notebook.folder)


def _hold(
    order: "Order",
    catalog: "Catalog",
    notebook: "Notebook",
    *,
    files: dict[str, str],
    smallest: float,
) -> int:
    from dataclasses import replace

    from apiforge.compare.document import make_document
    from apiforge.compare.session import hold

    order = replace(order, seed=notebook.seed)
    with _told() as (tell, on_progress):
        outcome = hold(order, catalog, notebook, tell=tell, on_progress=on_progress)
    if not outcome.visits:
        return _nothing(outcome, notebook)
    document = make_document(order, outcome, catalog, comparison_id=notebook.id, smallest=smallest)
    _deliver(document, notebook.folder, files)
    if outcome.interrupted:
        stderr().print("interrupted: the same command with --resume goes on")
        return INTERRUPTED
    return 0 if sum(it["requests"] > 0 for it in document["variants"]) > 1 else 1


def _nothing(outcome: "Outcome", notebook: "Notebook") -> int:
    if outcome.interrupted:
        return INTERRUPTED
    reasons = [f"{label}: {trouble.reason}" for label, trouble in outcome.troubles.items()]
    raise ApiforgeError(
        "\n  ".join(("fewer than two variants could be compared", *reasons)),
        hint=f"their logs: {shown(notebook.folder)}",
    )


def _deliver(document: dict[str, object], folder: Path, files: dict[str, str]) -> None:
    from apiforge.compare import store
    from apiforge.compare.reports.formats import FORMATS
    from apiforge.runs.outputs import STDOUT, write_text

    store.save(folder, document, report=FORMATS["html"](document))
    for form, file in files.items():
        write_text(file, FORMATS[form](document))
    report = shown(folder / store.REPORT)
    if STDOUT in files.values():
        stderr().print(f"report: {report}")
    else:
        print_comparison(document, report)


def print_comparison(document: dict[str, object], report: Path | str | None) -> None:
    """The table and what follows from it, coloured where the console has colours."""
    from apiforge.cli.live import print_lines
    from apiforge.compare.reports.console import lines

    print_lines(stdout(), lines(document, report=None if report is None else str(report)))


@contextmanager
def _told() -> "Iterator[tuple[Tell, OnProgress]]":
    """On a terminal one line that goes away, with the second and p95; else a line a step."""
    console = stderr()
    if not console.is_terminal:
        yield (lambda text: console.print(text)), (lambda progress: None)
        return
    step = ""
    with console.status("starting") as status:

        def tell(text: str) -> None:
            nonlocal step
            step = text
            status.update(text)

        yield tell, lambda it: status.update(f"{step}   {it.phase} {it.second}/{it.of:g} s")
