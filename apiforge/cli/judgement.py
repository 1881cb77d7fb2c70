"""The options of `apiforge loadtest` that say how a run is judged while it goes on and after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from apiforge.errors import UsageError

AbortOnFail = Annotated[
    bool,
    typer.Option(
        "--abort-on-fail",
        help="End early, as failed, once a target cannot be met any more whatever comes.",
    ),
]
AbortAfter = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="But not before so much is measured. [default: 10s]",
        show_default=False,
    ),
]
Baseline = Annotated[
    str | None,
    typer.Option(
        metavar="RUN",
        help="Compare with this stored run: an id, `latest`, or a result as a file. Changes no "
        "verdict unless --fail-on-regression.",
    ),
]
FailOnRegression = Annotated[
    bool,
    typer.Option(
        "--fail-on-regression",
        help="Fail where it is worse than the baseline; invalid where they cannot be compared.",
    ),
]
Against = Annotated[
    str | None,
    typer.Option(
        metavar="COMMIT|PROJECT",
        help="Run the project beside a commit of its own, or beside another project, in rounds.",
    ),
]
Repeat = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="So many rounds of both sides, A B, B A, and so on; under 5 show nothing. "
        "[default: 5, with --against]",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementOptions:
    """What a verdict is to rest on, besides the targets."""

    abort_on_fail: AbortOnFail = False
    abort_after: AbortAfter = None
    baseline: Baseline = None
    fail_on_regression: FailOnRegression = False
    against: Against = None
    repeat: Repeat = None


def parse_grace(options: JudgementOptions) -> float | None:
    """Seconds to measure before a lost test may be ended; None: it goes on to its end."""
    from apiforge.loadtest.outlook import GRACE
    from apiforge.runs.durations import parse_duration

    if options.abort_after is None:
        return GRACE if options.abort_on_fail else None
    if not options.abort_on_fail:
        raise UsageError("--abort-after needs --abort-on-fail", hint="give both, or none")
    return parse_duration(options.abort_after, option="--abort-after")


def load_baseline(options: JudgementOptions, project: Path | None) -> Mapping[str, Any] | None:
    """The result to compare with, read before a new run becomes the latest one."""
    from apiforge.runs.store import load_run, runs_folder

    if options.baseline is None:
        if options.fail_on_regression and options.against is None:
            hint = "say which run must not be undercut: --baseline latest"
            raise UsageError("--fail-on-regression needs --baseline or --against", hint=hint)
        return None
    if options.against is not None:
        hint = "one is a stored run, the other is run again in every round"
        raise UsageError("--baseline cannot be used with --against", hint=hint)
    return load_run(options.baseline, runs_folder(project)).document


def compared(
    document: dict[str, Any], baseline: Mapping[str, Any] | None, options: JudgementOptions
) -> dict[str, Any]:
    """The result with what it says beside the baseline, if there is one."""
    from apiforge.compare.baseline import compare_runs, require

    if baseline is None:
        return document
    found = {**document, "baseline": compare_runs(document, baseline)}
    return require(found) if options.fail_on_regression else found
