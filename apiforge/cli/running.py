"""A load test as the command line runs it: told step by step, shown while it goes on, stored."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apiforge.cli.console import stderr, stdout, warn

if TYPE_CHECKING:
    from apiforge.runs.order import Order
    from apiforge.runs.outputs import Outputs
    from apiforge.servers.service import Tell

INTERRUPTED = 130
Compare = Callable[[dict[str, Any]], dict[str, Any]]


def run_once(order: "Order", outputs: "Outputs", compare: Compare) -> int:
    """One test; `compare` adds to its result what it says beside another one."""
    from apiforge.runs.outputs import run_folder
    from apiforge.runs.store import SERVICE_LOG

    with run_folder(outputs, order.folder) as folder, ExitStack() as running:
        order = replace(order, source=order.source.into(folder))
        found = measured(order, running, run_id=folder.name, log=folder / SERVICE_LOG)
        # Before anything is stopped: a second interrupt must not cost the result.
        return finish(compare(found), folder, outputs)


def measured(order: "Order", running: ExitStack, *, run_id: str, log: Path) -> dict[str, Any]:
    """The result of a test whose target and generators last as long as `running`."""
    from apiforge.cli.live import make_view
    from apiforge.loadtest.targets import DEFAULT
    from apiforge.runs.loadtest import measure, open_generators, open_target

    texts = [target.text for target in order.targets] or [DEFAULT]
    with _steps() as tell:
        target = running.enter_context(open_target(order, log=log, tell=tell))
        hire = running.enter_context(open_generators(order, tell=tell))
    with make_view(
        stderr(), target=order.name, duration=order.load.duration, targets=texts
    ) as view:
        return measure(order, target, run_id=run_id, on_progress=view.update, warn=warn, hire=hire)


def finish(document: dict[str, Any], folder: Path, outputs: "Outputs") -> int:
    """Stores a result, writes and prints what was asked for; how the command ends."""
    from apiforge.cli.printing import print_summary
    from apiforge.loadtest.verdict import exit_code
    from apiforge.runs.github import tell_github
    from apiforge.runs.outputs import write_files
    from apiforge.runs.store import REPORT, save_run

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
