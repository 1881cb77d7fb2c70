"""What the requirements ask of a project, what is proposed for it, and what contradicts them."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from apiforge.catalog.model import NONE, Axis, Limits
from apiforge.project.requirements import Requirements

RATE_OF_A_REPLICA = 500
"""Requests per second that one replica is trusted with until it is measured: half a core's worth of
requests at 1 ms of CPU each, which is about twice what ours take."""
UP_WITH_ONE_MACHINE = 99.9
"""Percent. What is left, 43 minutes a month, is what a machine's restarts and updates take."""
PEOPLE_FOR_A_REQUEST = 200
"""People for each request per second at the peak, where nobody knows better."""
MINUTES_A_MONTH = 365.25 / 12 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What somebody wants an API for, and the requirements that usually come with it."""

    name: str
    summary: str
    requirements: Requirements


GOALS = (
    Goal(
        name="product",
        summary="for customers, and growing",
        requirements=Requirements(),
    ),
    Goal(
        name="internal",
        summary="for the people of one organisation",
        requirements=Requirements(
            expected_users=500, peak_rate=5, growth_per_year=1.2, availability="99.5%"
        ),
    ),
    Goal(
        name="trial",
        summary="to find out; may be thrown away",
        requirements=Requirements(
            expected_users=50, peak_rate=1, growth_per_year=1.0, availability="99%"
        ),
    ),
    Goal(
        name="backbone",
        summary="other services stop when it stops",
        requirements=Requirements(
            expected_users=100_000, peak_rate=500, growth_per_year=2.0, availability="99.99%"
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the requirements come to, a year from now."""

    rate: float
    """Requests per second at the peak."""
    writes: float
    """Those of them that write."""
    replicas: int
    machines: int
    availability: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Values for an axis, and in one line why."""

    values: tuple[str, ...]
    reason: str


def usual_requirements(goal: Goal, *, expected_users: int | None = None) -> Requirements:
    """What usually comes with a goal; with a number of people, their rate at the peak too."""
    if expected_users is None:
        return goal.requirements
    rate = max(1, round(expected_users / PEOPLE_FOR_A_REQUEST))
    return replace(goal.requirements, expected_users=expected_users, peak_rate=rate)


def needs_of(requirements: Requirements) -> Needs:
    """The numbers that choices are judged by, after a year of growth (or now, if it shrinks)."""
    rate = requirements.peak_rate * max(1.0, requirements.growth_per_year)
    machines = 1 if _percent(requirements) <= UP_WITH_ONE_MACHINE else 2
    return Needs(
        rate=rate,
        # Rounded, because 1 - 0.9 is not 0.1.
        writes=round(rate * (1 - requirements.read_share), 6),
        replicas=max(machines, math.ceil(rate / RATE_OF_A_REPLICA)),
        machines=machines,
        availability=requirements.availability,
        people=requirements.expected_users,
    )


def propose(axis: Axis, requirements: Requirements) -> Proposal:
    """The default if it bears the requirements, else the first value that does."""
    needs = needs_of(requirements)
    lacking = [(it, _shortfalls(axis.limits(it), needs)) for it in axis.default]
    short = [f"{value} {problem}" for value, problems in lacking for problem in problems]
    if not short:
        return Proposal(values=axis.default, reason=_reason(axis, needs))
    bearing = [it for it in axis.values if not _shortfalls(axis.limits(it), needs)]
    better = [value for value in bearing if value != NONE]
    # Where nothing better exists, doing without beats a default that answers wrongly: but only
    # for an axis of one value, whose `none` still does its work.
    if better or (bearing and not axis.many):
        return Proposal(values=((better or bearing)[0],), reason=short[0])
    return Proposal(values=axis.default, reason=f"nothing here bears more, but {short[0]}")


def contradictions(
    axes: Iterable[Axis], choices: Mapping[str, tuple[str, ...]], requirements: Requirements
) -> tuple[str, ...]:
    """Each choice that does not bear the requirements, and each that cannot be meant, in a line."""
    needs = needs_of(requirements)
    return (*_beyond(axes, choices, needs), *_implausible(requirements))


def shortfalls(axis: Axis, value: str, requirements: Requirements) -> tuple[str, ...]:
    """What a value does not bear of these requirements, by what its manifest says of it."""
    return _shortfalls(axis.limits(value), needs_of(requirements))


def _beyond(
    axes: Iterable[Axis], choices: Mapping[str, tuple[str, ...]], needs: Needs
) -> Iterator[str]:
    for axis in axes:
        values = choices.get(axis.name, axis.default)
        better = [it for it in axis.values if not _shortfalls(axis.limits(it), needs)]
        advice = f"; {better[0]} bears it" if better and better[0] != NONE else ""
        for value in values:
            for problem in _shortfalls(axis.limits(value), needs):
                yield f"{axis.name}: {value} {problem}{advice}"


def _implausible(requirements: Requirements) -> Iterator[str]:
    if requirements.peak_rate > 10 * requirements.expected_users:
        each = requirements.peak_rate / requirements.expected_users
        yield (
            f"{number(requirements.peak_rate)} requests/s from "
            f"{counted(requirements.expected_users, 'person', 'people')} are {number(each)} each"
        )
    if _percent(requirements) == 100:
        yield "availability: nothing is there 100% of the time; 99.99% is already hard"


def _shortfalls(limits: Limits, needs: Needs) -> tuple[str, ...]:
    found = []
    if limits.replicas is not None and limits.replicas < needs.replicas:
        found.append(f"serves {counted(limits.replicas, 'replica')}; {_why_replicas(needs)}")
    if limits.machines is not None and limits.machines < needs.machines:
        one = counted(limits.machines, "machine")
        found.append(f"runs on {one}; {needs.availability} needs {needs.machines}")
    if limits.writes_per_second is not None and limits.writes_per_second < needs.writes:
        most = number(limits.writes_per_second)
        found.append(f"bears about {most} writes/s; a year from now {number(needs.writes)} come")
    return tuple(found)


def _why_replicas(needs: Needs) -> str:
    if needs.replicas > needs.machines:
        return f"{number(needs.rate)} requests/s, a year from now, need {needs.replicas}"
    return f"{needs.availability} needs {needs.replicas}, on different machines"


def _reason(axis: Axis, needs: Needs) -> str:
    known = _REASONS.get(axis.name)
    return known(needs) if known else "the usual choice; nothing you asked for speaks against it"


# Only what the defaults themselves cannot say. An axis without an entry is proposed all the same.
_REASONS: Mapping[str, Callable[[Needs], str]] = {
    "database": lambda it: (
        f"bears {number(it.rate)} requests/s, {number(it.writes)} of them writes"
    ),
    "cache": lambda it: f"with {counted(it.replicas, 'replica')} nothing need be shared",
    "auth": lambda it: f"{counted(it.people, 'person', 'people')} must be told apart",
    "monitoring": lambda it: f"more than {outage(it.availability)} away must not go unnoticed",
    "deploy": lambda it: f"{it.availability} can be kept on {counted(it.machines, 'machine')}",
}


def outage(availability: str) -> str:
    """How long it may be away in a month: `99.9%` is `44 minutes a month`."""
    minutes = (100 - float(availability.rstrip("%"))) / 100 * MINUTES_A_MONTH
    if minutes >= 120:
        return f"{number(round(minutes / 60))} hours a month"
    if minutes >= 2:
        return f"{number(round(minutes))} minutes a month"
    return f"{number(round(minutes * 60))} seconds a month"


def number(value: float) -> str:
    """As people write it: `1,200` or `0.5`."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 replica`, `2 replicas`, `10,000 people`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _percent(requirements: Requirements) -> float:
    return float(requirements.availability.rstrip("%"))
