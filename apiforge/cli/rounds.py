"""`apiforge loadtest --against`: both sides in rounds, each run told and stored."""

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from apiforge.cli.console import stderr
from apiforge.cli.judgement import JudgementOptions
from apiforge.cli.running import finish, measured
from apiforge.errors import UsageError
from apiforge.runs.profiles import BREAKPOINT

if TYPE_CHECKING:
    from apiforge.compare.against import Side
    from apiforge.runs.order import Order
    from apiforge.runs.outputs import Outputs


def check_rounds(options: JudgementOptions, *, url: str | None, profile: str | None) -> None:
    """UsageError for what cannot be done in rounds."""
    if options.against is None:
        if options.repeat is not None:
            hint = "say beside what: a commit such as HEAD~1, or another project's folder"
            raise UsageError("--repeat needs --against", hint=hint)
        return
    if url is not None:
        hint = "both sides are started afresh for each round: give the project's folder alone"
        raise UsageError("--against cannot be used with --url", hint=hint)
    if profile == BREAKPOINT:
        hint = "a round is one run of one load: give --rate, --users or --stages"
        raise UsageError("--against cannot be used with --profile breakpoint", hint=hint)


def run_rounds(order: "Order", outputs: "Outputs", options: JudgementOptions) -> int:
    """All rounds, and the one result that is made of them."""
    from apiforge.compare.against import ROUNDS, make_result, open_sides
    from apiforge.compare.against import run_rounds as run_all
    from apiforge.compare.baseline import require
    from apiforge.runs.outputs import run_folder

    rounds = options.repeat or ROUNDS
    with ExitStack() as opened:
        folder = opened.enter_context(run_folder(outputs, order.folder))
        order = replace(order, source=order.source.into(folder))
        sides = opened.enter_context(open_sides(order, options.against or ""))

        def run(side: "Side", number: int) -> dict[str, Any]:
            stderr().print(f"round {number} of {rounds}: {side.label}")
            log = folder / f"service-{side.key}.log"
            with ExitStack() as running:
                return measured(side.order, running, run_id=folder.name, log=log)

        document = make_result(run_all(sides, rounds, run), sides)
        if options.fail_on_regression:
            document = require(document)
        return finish(document, folder, outputs)
