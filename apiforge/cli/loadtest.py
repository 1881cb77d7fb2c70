"""`apiforge loadtest`: parse what is asked, run it, print and store what came out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apiforge.cli.console import stderr, stdout
from apiforge.cli.files import ResultFiles
from apiforge.cli.generators import GeneratorOptions
from apiforge.cli.judgement import JudgementOptions, compared, load_baseline, parse_grace
from apiforge.cli.load import LoadOptions, parse_load
from apiforge.cli.options import takes
from apiforge.cli.running import interruptible, shown
from apiforge.cli.source import SourceOptions, is_only_made, keep, make_only, parse_source

if TYPE_CHECKING:
    from apiforge.runs.order import Wishes


Project = Annotated[
    Path | None,
    typer.Argument(
        metavar="PROJECT",
        help="The project's folder; here, if neither it nor --url is given.",
        show_default=False,
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        "--host",
        metavar="URL",
        help="Test this running server: GETs to the URL, or PROJECT's scenario.",
    ),
]
Arrivals = Annotated[
    str, typer.Option(metavar="KIND", help="How requests are spaced: constant or poisson.")
]
Warmup = Annotated[
    str, typer.Option(metavar="TIME", help="What comes before it and is not measured.")
]
Wanted = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TARGET",
        help='Such as "p95<200ms", "errors<0.1%", "GET /api/v1/products: p99<1s", or "p95<300ms '
        'for 10s" (in every 10 s); adds to or replaces those of apiforge.toml. May repeat.',
        show_default=False,
    ),
]
Timeout = Annotated[
    str, typer.Option(metavar="TIME", help="A request that takes longer has failed.")
]
Rows = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Rows to seed. [default: rows of apiforge.toml, or 10000]"
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Folder for the run's files. [default: a new one in .apiforge/runs]"
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadtestOptions:
    """What `apiforge loadtest` is asked."""

    project: Project = None
    url: Url = None
    source: SourceOptions
    load: LoadOptions
    arrivals: Arrivals = "constant"
    warmup: Warmup = "5s"
    target: Wanted = None
    judgement: JudgementOptions
    timeout: Timeout = "10s"
    generators: GeneratorOptions
    rows: Rows = None
    out: Out = None
    files: ResultFiles


@takes(LoadtestOptions)
def loadtest(options: LoadtestOptions) -> int:
    """Load test a project or a running server, and judge it.

    Exits 0 when the targets are met, 3 when one is missed, 4 when the test itself is invalid,
    5 when the server is never there, 130 when interrupted (the partial result is kept).
    """
    from apiforge.cli.rounds import check_rounds, run_rounds
    from apiforge.cli.running import run_once
    from apiforge.runs.order import make_order
    from apiforge.runs.outputs import Outputs, check_outputs

    if options.generators.join is not None:
        return _join(options, options.generators.join)
    if is_only_made(options.source, options.url):
        stdout().print(f"made {shown(make_only(options.source).absolute())}")
        return 0
    check_rounds(options.judgement, url=options.url, profile=options.load.profile)
    order = make_order(_wishes(options))
    keep(order.source, options.source)
    outputs = Outputs(folder=options.out, files=options.files.chosen)
    check_outputs(outputs)
    baseline = load_baseline(options.judgement, order.folder)
    with interruptible():
        if options.judgement.against is not None:
            return run_rounds(order, outputs, options.judgement)
        return run_once(order, outputs, lambda found: compared(found, baseline, options.judgement))


def _join(options: LoadtestOptions, address: str) -> int:
    from apiforge.errors import UsageError
    from apiforge.loadtest.awake import kept_awake
    from apiforge.loadtest.joining import join
    from apiforge.runs.generators import parse_address

    alone = LoadtestOptions(
        source=SourceOptions(),
        load=LoadOptions(),
        judgement=JudgementOptions(),
        generators=GeneratorOptions(join=address),
        files=ResultFiles(),
    )
    if options != alone:
        hint = "the command that waits, with --expect-workers, says what is tested and how"
        raise UsageError("--join goes with no other option", hint=hint)
    host, port = parse_address(address, option="--join")
    with interruptible(), kept_awake(None):
        join(host, port, stderr().print)
    return 0


def _wishes(options: LoadtestOptions) -> "Wishes":
    from apiforge.runs.durations import parse_duration
    from apiforge.runs.generators import GeneratorWishes
    from apiforge.runs.order import Wishes

    return Wishes(
        project=options.project,
        url=options.url,
        rows=options.rows,
        targets=tuple(options.target or ()),
        arrivals=options.arrivals,
        source=parse_source(options.source),
        load=parse_load(options.load),
        warmup=parse_duration(options.warmup, option="--warmup"),
        timeout=parse_duration(options.timeout, option="--timeout", least=0.001),
        generators=GeneratorWishes(
            workers=options.generators.workers,
            expected=options.generators.expect_workers,
            bind=options.generators.bind,
            keep_awake=options.generators.keep_awake,
        ),
        abort_after=parse_grace(options.judgement),
    )
