"""`apiforge compare`: parse what is asked, and have it held."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apiforge.cli.console import say
from apiforge.cli.files import ComparisonFiles
from apiforge.cli.generators import KeepAwake
from apiforge.cli.options import takes
from apiforge.cli.running import interruptible
from apiforge.errors import UsageError

if TYPE_CHECKING:
    from apiforge.compare.order import Wishes

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
    int,
    typer.Option(
        min=1,
        max=1000,
        metavar="N",
        help="At least 5 to call any difference; then some more in place of incomplete ones.",
    ),
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
MaxRate = Annotated[
    bool,
    typer.Option(
        "--max-rate/--no-max-rate",
        help="Search for the highest rate that meets the targets, too; without, rounds are half "
        "as long.",
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
    max_rate: MaxRate = True
    smallest: Smallest = "5%"
    keep_awake: KeepAwake = None
    resume: Resume = False
    schema: Schema = False
    files: ComparisonFiles


@takes(CompareOptions)
def compare(options: CompareOptions) -> int:
    """Compare databases, or caches: the same API, rows and requests, side by side.

    Exits 0 when there was something to compare, 1 when fewer than two variants were left,
    130 when interrupted (what was finished is kept, --resume goes on).
    """
    from apiforge import paths
    from apiforge.catalog.load import load_catalog
    from apiforge.cli.comparing import hold, open_notebook
    from apiforge.compare.order import make_order
    from apiforge.runs.outputs import Outputs, check_outputs

    if options.schema:
        say(paths.comparison_schema().read_text(encoding="utf-8").rstrip("\n"))
        return 0
    catalog = load_catalog([paths.templates()])
    order = make_order(_wishes(options), catalog, seed=secrets.randbelow(2**31))
    smallest = _share(options.smallest)
    files = options.files.chosen
    check_outputs(Outputs(folder=None, files=files))
    kept = open_notebook(order, options.project, resume=options.resume)
    awake = options.keep_awake
    with interruptible(), kept as notebook:
        return hold(order, catalog, notebook, files=files, smallest=smallest, keep_awake=awake)


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
        finds_highest_rate=options.max_rate,
    )


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _share(text: str) -> float:
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not 0 <= percent < 100:
        raise UsageError(f"--smallest {text!r} is no percentage", hint="write --smallest 5%")
    return percent / 100
