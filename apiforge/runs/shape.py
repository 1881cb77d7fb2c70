"""How much load a test makes over time, put together from what the command line says."""

import math
from dataclasses import dataclass, replace

from apiforge.errors import UsageError
from apiforge.loadtest.workload import Stage
from apiforge.runs.profiles import BREAKPOINT, SMOKE, find_profile, parse_stages

DURATION = 30.0
LONGEST_DEFAULT = 600.0
THINK_TIME = 1.0
USERS_OF_A_LOCUSTFILE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeWishes:
    """What the command line says of the load; None where it says nothing."""

    rate: float | None = None
    users: int | None = None
    think_time: float | None = None
    spawn_rate: float | None = None
    stages: str | None = None
    profile: str | None = None
    duration: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One of: `users`; a `rate` from begin to end; `stages` of rates; a search from `rate` on.

    `required` is the rate that a search must reach, None where nobody has stated one.
    """

    rate: float
    duration: float
    users: int = 0
    think_time: float = 0.0
    spawn_rate: float = 0.0
    stages: tuple[Stage, ...] = ()
    profile: str | None = None
    required: float | None = None

    @property
    def is_search(self) -> bool:
        return self.profile == BREAKPOINT


def for_locustfile(wishes: ShapeWishes) -> ShapeWishes:
    """The same with users; UsageError for what the users of a locustfile cannot be told."""
    told = {
        "--rate": wishes.rate,
        "--stages": wishes.stages,
        "--profile": wishes.profile,
        "--think-time": wishes.think_time,
    }
    for option, value in told.items():
        if value is not None:
            raise UsageError(
                f"{option} cannot be used with --locustfile",
                hint="its users wait for answers, and think as it says: give --users N",
            )
    return replace(wishes, users=wishes.users or USERS_OF_A_LOCUSTFILE)


def make_shape(
    wishes: ShapeWishes,
    peak_rate: float,
    *,
    is_stated: bool,
    requests: int = 0,
    longest_span: int = 0,
) -> Shape:
    """The load to make, `peak_rate` where no rate is given; UsageError for what cannot be.

    Where no duration is given it lasts until there are `requests`, within reason, and as long as
    the longest span a target is about. One that is given must hold that span.
    """
    _check_combination(wishes)
    rate = _checked_rate(peak_rate if wishes.rate is None else wishes.rate)
    usual = max(DURATION, longest_span, min(math.ceil(requests / rate), LONGEST_DEFAULT))
    shape = _shape(wishes, rate, usual=usual, is_stated=is_stated)
    if longest_span > shape.duration and shape.profile not in (SMOKE, BREAKPOINT):
        raise UsageError(
            f"a target is about every {longest_span} s, but the test is only {shape.duration:g} s",
            hint="test longer, or choose a target of a shorter time",
        )
    return shape


def _shape(wishes: ShapeWishes, rate: float, *, usual: float, is_stated: bool) -> Shape:
    duration = usual if wishes.duration is None else wishes.duration
    if wishes.users is not None:
        think_time = THINK_TIME if wishes.think_time is None else wishes.think_time
        return Shape(
            rate=rate,
            duration=duration,
            users=wishes.users,
            think_time=think_time,
            spawn_rate=wishes.spawn_rate or 0.0,
        )
    if wishes.stages is not None:
        return _staged(parse_stages(wishes.stages), None)
    if wishes.profile is None:
        return Shape(rate=rate, duration=duration)
    profile = find_profile(wishes.profile)
    seconds = profile.seconds if wishes.duration is None else wishes.duration
    if profile.name == BREAKPOINT:
        required = rate if is_stated or wishes.rate is not None else None
        return Shape(rate=rate, duration=seconds, profile=BREAKPOINT, required=required)
    return _staged(profile.stages(rate, seconds), profile.name)


def _staged(stages: tuple[Stage, ...], profile: str | None) -> Shape:
    highest, duration = max(rate for _, rate in stages), sum(seconds for seconds, _ in stages)
    if not highest or not duration:
        raise UsageError(
            "--stages ask for no request at all", hint="give a time and a rate above 0"
        )
    return Shape(rate=highest, duration=duration, stages=stages, profile=profile)


def _check_combination(wishes: ShapeWishes) -> None:
    given = {
        "--users": wishes.users,
        "--rate": wishes.rate,
        "--stages": wishes.stages,
        "--profile": wishes.profile,
        "--duration": wishes.duration,
    }
    exclusive = [
        ("--users", "--rate", "users wait for answers, so there is no rate to ask for"),
        ("--users", "--stages", "stages are of a rate, and users have none"),
        ("--users", "--profile", "a profile is of a rate, and users have none"),
        ("--stages", "--rate", "the stages say the rates"),
        ("--stages", "--profile", "a profile is made of stages: give one of them"),
        ("--stages", "--duration", "the stages say how long each takes"),
    ]
    for one, other, hint in exclusive:
        if given[one] is not None and given[other] is not None:
            raise UsageError(f"{one} cannot be used with {other}", hint=hint)
    if wishes.think_time is not None and wishes.users is None:
        raise UsageError("--think-time is for --users", hint="say how many users there are")


def _checked_rate(rate: float) -> float:
    if not 0 < rate < math.inf:
        raise UsageError(f"--rate {rate:g} is not a rate", hint="it must be above 0, per second")
    return rate
