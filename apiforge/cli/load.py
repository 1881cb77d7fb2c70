"""The options of `apiforge loadtest` that say how much load is made over time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from apiforge.runs.profiles import describe_profiles

if TYPE_CHECKING:
    from apiforge.runs.shape import ShapeWishes

Rate = Annotated[
    float | None,
    typer.Option(
        metavar="R", help="Requests per second. [default: peak_rate of apiforge.toml, or 50]"
    ),
]
Users = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="Instead of a rate: N users who each wait for the answer before they ask again.",
    ),
]
ThinkTime = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="How long they think on average, between half and one and a half of it. [default: 1s]",
    ),
]
SpawnRate = Annotated[
    float | None,
    typer.Option(
        min=0.001,
        metavar="R",
        help="Users of a --locustfile that come per second. [default: all within the warm-up]",
    ),
]
Stages = Annotated[
    str | None,
    typer.Option(
        metavar="STAGES",
        help='Rates over time, "30s:50,1m:200,30s:0": from 0 evenly to 50 requests per second in '
        "30 s, and so on; 0s jumps.",
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help=f"Stages made from the peak rate (or --rate), stretched to --duration. "
        f"{describe_profiles()}.",
    ),
]
Duration = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="How long is measured: 500ms, 30s, 2m, 1h. "
        "[default: 30s, or as long as the percentiles judged need]",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """How much load is asked for."""

    rate: Rate = None
    users: Users = None
    think_time: ThinkTime = None
    spawn_rate: SpawnRate = None
    stages: Stages = None
    profile: Profile = None
    duration: Duration = None


def parse_load(options: LoadOptions) -> "ShapeWishes":
    """What these options say; UsageError for what is no length of time."""
    from apiforge.runs.shape import ShapeWishes

    return ShapeWishes(
        rate=options.rate,
        users=options.users,
        think_time=_seconds(options.think_time, "--think-time"),
        spawn_rate=options.spawn_rate,
        stages=options.stages,
        profile=options.profile,
        duration=_seconds(options.duration, "--duration", least=0.1),
    )


def _seconds(text: str | None, option: str, *, least: float = 0.0) -> float | None:
    from apiforge.runs.durations import parse_duration

    return None if text is None else parse_duration(text, option=option, least=least)
