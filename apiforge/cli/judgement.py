"""The options of `apiforge loadtest` that say how a run is judged while it goes on and after it."""

from dataclasses import dataclass
from typing import Annotated

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


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementOptions:
    """What a verdict is to rest on, besides the targets."""

    abort_on_fail: AbortOnFail = False
    abort_after: AbortAfter = None


def parse_grace(options: JudgementOptions) -> float | None:
    """Seconds to measure before a lost test may be ended; None: it goes on to its end."""
    from apiforge.loadtest.outlook import GRACE
    from apiforge.runs.durations import parse_duration

    if options.abort_after is None:
        return GRACE if options.abort_on_fail else None
    if not options.abort_on_fail:
        raise UsageError("--abort-after needs --abort-on-fail", hint="give both, or none")
    return parse_duration(options.abort_after, option="--abort-after")
