"""One visit: the asked rate, then a short search for the highest that still meets the targets."""

import time
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from apiforge.compare.ladder import Ladder
from apiforge.compare.order import Order
from apiforge.compare.stage import Actor
from apiforge.compare.visit import Ceiling, Load, Visit
from apiforge.loadtest import validity
from apiforge.loadtest.breakpoint import Breakpoint
from apiforge.loadtest.crew import Crew, OnProgress, open_crew
from apiforge.loadtest.probing import Pace, search_with
from apiforge.loadtest.recording import Recording
from apiforge.loadtest.runner import ignore_warning
from apiforge.loadtest.workload import Workload
from apiforge.runs.source import Source
from apiforge.servers.usage import Usage, bytes_in, usage_of

TRIES = 2
TIMEOUT = 10.0
LONGEST_WARMUP = 2.0
WARMUP_SHARE = 0.2
SEARCH_SHARE, LONGEST_SEARCH = 0.6, 20.0
# Seconds; three probes; less only where rounds are so short that they mean little.
USEFUL_SEARCH = 12.0
ROUGH_SEARCH = 8.0  # a rehearsal's
PROBE = 3.0  # seconds; the shortest that shows whether latency grows
CROWD = 8  # users who never think keep a service of one process busy
CROWDED = 3.0
BELOW_CROWDED = 0.6  # what does not hold costs a search more than what does


class Interrupted(Exception):
    """The user stopped the comparison; the visit that was under way is lost."""


def search_seconds(order: Order) -> float:
    """How long the search for the highest rate may take in each visit."""
    if not order.finds_highest_rate:
        return 0.0
    least = max(PROBE, min(USEFUL_SEARCH, 2 * order.duration))
    return min(LONGEST_SEARCH, max(least, SEARCH_SHARE * order.duration))


BEFORE_THE_FIRST = -1
"""A round of its own: what must be unique may not be what the first round asks for again."""


def warmup_seconds(order: Order) -> float:
    """What comes before each window, and is not measured."""
    return min(LONGEST_WARMUP, WARMUP_SHARE * order.duration)


def rehearse(actor: Actor, order: Order, on_progress: OnProgress) -> float:
    """Loads a variant for the first time, as much as it bears; where to look for its highest rate.

    So no variant's first round is that of a cold one. Nothing of it is part of the result.
    """
    workload = _workload(actor, order, BEFORE_THE_FIRST)
    with open_crew(workload, on_progress, ignore_warning) as crew:
        crowded = replace(
            workload,
            users=CROWD,
            think_time=0.0,
            warmup=1.0,
            duration=CROWDED,
            max_in_flight=0,
        )
        recording = crew.measure(crowded)
        _stop_if_interrupted(recording)
        done = recording.whole().succeeded / recording.measured if recording.measured else 0.0
        expected = max(order.rate, BELOW_CROWDED * done)
        if not order.finds_highest_rate:
            return expected
        seconds = min(ROUGH_SEARCH, search_seconds(order))
        found = _highest_rate(crew, order, workload, ladder=Ladder(expected), seconds=seconds)
        return found.start_of_next


def visit(
    actor: Actor, order: Order, number: int, *, expected: float, on_progress: OnProgress
) -> Visit:
    """Measure one variant in one round, the first being 0. Raises Interrupted, and whatever keeps
    the variant from being measured."""
    begun = time.monotonic()
    workload = _workload(actor, order, number)
    with open_crew(workload, on_progress, ignore_warning) as crew:
        recording, faults, loads = _at_asked_rate(crew, actor, order, workload)
        ceiling = None
        if order.finds_highest_rate:
            seconds = search_seconds(order)
            ladder = Ladder(expected, is_near=True)
            ceiling = _highest_rate(crew, order, workload, ladder=ladder, seconds=seconds)
    disk = bytes_in(actor.service.directory) - actor.service.empty_bytes
    return Visit(
        round=number,
        label=actor.variant.label,
        started=recording.started,
        took=time.monotonic() - begun,
        measured=recording.measured,
        probed=sum(probe["seconds"] for probe in ceiling.probes) if ceiling else 0.0,
        faults=tuple(faults),
        endpoints=recording.endpoints,
        errors=tuple(recording.errors),
        lag_p99_ms=validity.lag_p99_ms(recording),
        ceiling=ceiling,
        api=loads[0],
        server=loads[1],
        disk_bytes=None if actor.variant.address is not None else max(0, disk),
    )


def _workload(actor: Actor, order: Order, number: int) -> Workload:
    """The same of every variant in a round: the same requests, with the same values."""
    values = Random(f"{order.seed} {number}")
    scenario = actor.subject.scenario
    return Workload(
        base_url=actor.service.url,
        scenario=str(scenario),
        rate=order.rate,
        warmup=warmup_seconds(order),
        duration=order.duration,
        timeout=TIMEOUT,
        seed=values.getrandbits(31),
        origin=values.getrandbits(128),
        environment=Source(scenario=scenario).environment(actor.service.environment),
    )


def _at_asked_rate(
    crew: Crew, actor: Actor, order: Order, workload: Workload
) -> tuple[Recording, list[str], tuple[Load | None, Load | None]]:
    """Measured once more where the load generator was at fault; the last counts."""
    pids = ([actor.service.process.pid], sorted(actor.service.servers))
    for attempt in range(1, TRIES + 1):
        before, begun = [usage_of(one) for one in pids], time.monotonic()
        recording = crew.measure(workload)
        seconds = time.monotonic() - begun
        after = [usage_of(one) for one in pids]
        _stop_if_interrupted(recording)
        faults = validity.reasons(recording, order.targets)
        if not faults or recording.lost_workers or attempt == TRIES:
            break
    api, server = (_load(one, other, seconds) for one, other in zip(before, after, strict=True))
    return recording, faults, (api, server)


def _load(before: Usage | None, after: Usage | None, seconds: float) -> Load | None:
    if before is None or after is None:
        return None
    used = max(0.0, after.cpu_seconds - before.cpu_seconds)
    return Load(cpu=round(used / seconds, 4), memory_bytes=after.memory_bytes)


def _highest_rate(
    crew: Crew, order: Order, workload: Workload, *, ladder: Ladder, seconds: float
) -> Ceiling:
    pace = Pace(length=PROBE, settle=0.5, tries=2, careful=False)
    found = search_with(
        crew,
        replace(workload, rate=ladder.start, warmup=0.5, max_in_flight=0),
        order.targets,
        seconds=seconds,
        pace=pace,
        search=ladder,
    )
    _stop_if_interrupted(found.recording)
    at_fault = bool(found.faults)
    return Ceiling(
        rate=ladder.found,
        held=ladder.low,
        limited_by_generator=at_fault and ladder.found is None,
        start_of_next=ladder.low if at_fault and ladder.low else ladder.start_of_next,
        probes=tuple(_probes(found)),
    )


def _probes(found: Breakpoint) -> Sequence[dict[str, Any]]:
    probes = found.as_json()["probes"]
    return probes if isinstance(probes, list) else []


def _stop_if_interrupted(recording: Recording) -> None:
    if recording.interrupted:
        raise Interrupted


def wait_until_ready(actor: Actor, *, within: float) -> bool:
    """Whether the variant's service answers that all its components do; it may need a moment."""
    deadline = time.monotonic() + within
    while not actor.service.is_ready():
        if time.monotonic() > deadline or actor.service.process.exit_code() is not None:
            return False
        time.sleep(0.1)
    return True
