"""`apiforge loadtest`: parse what is asked, run it, print and store what came out."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apiforge.cli.console import stderr, stdout, warn
from apiforge.cli.files import ResultFiles
from apiforge.cli.generators import GeneratorOptions
from apiforge.cli.judgement import JudgementOptions, compared, load_baseline, parse_grace
from apiforge.cli.load import LoadOptions, parse_load
from apiforge.cli.options import takes
from apiforge.cli.source import SourceOptions, is_only_made, keep, make_only, parse_source

if TYPE_CHECKING:
    from apiforge.runs.order import Order, Wishes
    from apiforge.runs.outputs import Outputs
    from apiforge.servers.service import Tell

INTERRUPTED = 130
Compare = Callable[[dict[str, Any]], dict[str, Any]]

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
    from apiforge.runs.order import make_order
    from apiforge.runs.outputs import Outputs, check_outputs

    if options.generators.join is not None:
        return _join(options, options.generators.join)
    if is_only_made(options.source, options.url):
        stdout().print(f"made {shown(make_only(options.source).absolute())}")
        return 0
    order = make_order(_wishes(options))
    keep(order.source, options.source)
    outputs = Outputs(folder=options.out, files=options.files.chosen)
    check_outputs(outputs)
    baseline = load_baseline(options.judgement, order.folder)
    with interruptible():
        return _run(order, outputs, lambda found: compared(found, baseline, options.judgement))


def _join(options: LoadtestOptions, address: str) -> int:
    from apiforge.errors import UsageError
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
    with interruptible():
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
        ),
        abort_after=parse_grace(options.judgement),
    )


def _run(order: "Order", outputs: "Outputs", compare: Compare) -> int:
    from apiforge.cli.live import make_view, print_summary
    from apiforge.loadtest.targets import DEFAULT
    from apiforge.loadtest.verdict import exit_code
    from apiforge.runs.github import tell_github
    from apiforge.runs.loadtest import measure, open_generators, open_target
    from apiforge.runs.outputs import run_folder, write_files
    from apiforge.runs.store import REPORT, SERVICE_LOG, save_run

    texts = [target.text for target in order.targets] or [DEFAULT]
    with run_folder(outputs, order.folder) as folder, ExitStack() as running:
        order = replace(order, source=order.source.into(folder))
        with _steps() as tell:
            opened = open_target(order, log=folder / SERVICE_LOG, tell=tell)
            target = running.enter_context(opened)
            hire = running.enter_context(open_generators(order, tell=tell))
        with make_view(
            stderr(), target=order.name, duration=order.load.duration, targets=texts
        ) as view:
            found = measure(
                order, target, run_id=folder.name, on_progress=view.update, warn=warn, hire=hire
            )
        document = compare(found)
        # Before anything is stopped: a second interrupt must not cost the result.
        save_run(folder, document)
        write_files(outputs.files, document)
        for line in tell_github(document, os.environ, warn=warn):
            stderr().print(line, emoji=False)
        report = shown(folder / REPORT)
        if outputs.owns_stdout:
            stderr().print(f"report: {report}")
        else:
            print_summary(stdout(), document, report)
    return INTERRUPTED if document["run"]["interrupted"] else exit_code(document)


def shown(path: Path) -> Path:
    """As short as it can be, and still right where the user stands."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@contextmanager
def _steps() -> "Iterator[Tell]":
    """Tells what is being done: on a terminal in one line that goes away, else line by line."""
    console = stderr()
    if not console.is_terminal:
        yield lambda text: console.print(f"{text} ...")
        return
    with console.status("starting") as status:
        yield lambda text: status.update(text)


@contextmanager
def interruptible() -> Iterator[None]:
    """Being told to end is an interrupt, however it is told: what runs is ended in order."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # not under nohup
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
