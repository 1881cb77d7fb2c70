"""A comparison as the command line holds it: told step by step, kept, printed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from apiforge.cli.console import stderr, stdout
from apiforge.cli.running import INTERRUPTED, shown
from apiforge.errors import ApiforgeError

if TYPE_CHECKING:
    from apiforge.catalog.model import Catalog
    from apiforge.compare.order import Order
    from apiforge.compare.session import OnProgress, Outcome, Tell
    from apiforge.compare.store import Notebook


@contextmanager
def open_notebook(order: "Order", project: Path | None, *, resume: bool) -> "Iterator[Notebook]":
    """The folder it is kept in; gone again where no round was finished, and no log says why."""
    from apiforge.compare import store

    place = store.comparisons_folder(project)
    if resume:
        yield store.find_unfinished(place, order)
        return
    notebook = store.begin(place, order, now=datetime.now(UTC))
    try:
        yield notebook
    finally:
        if not notebook.visits() and not list(notebook.folder.glob("*.log")):
            shutil.rmtree(notebook.folder)


def hold(
    order: "Order",
    catalog: "Catalog",
    notebook: "Notebook",
    *,
    files: dict[str, str],
    smallest: float,
    keep_awake: bool | None,
) -> int:
    """The comparison from its first step to what is printed of it; the command's exit code.

    `files`: where to write it, by form; `smallest`: the smallest difference that matters, a share.
    """
    from apiforge.compare import session
    from apiforge.compare.document import make_document

    order = replace(order, seed=notebook.seed)
    with _told() as (tell, on_progress):
        outcome = session.hold(
            order,
            catalog,
            notebook,
            tell=tell,
            on_progress=on_progress,
            keep_awake=keep_awake,
        )
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
    from apiforge.cli.printing import print_comparison
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
        print_comparison(stdout(), document, report)


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
