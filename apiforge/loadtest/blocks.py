"""The measured time in a few equal parts, by which a run can be compared with another one."""

from collections.abc import Sequence
from typing import Any

from apiforge.loadtest.recording import Recording, Tally
from apiforge.loadtest.samples import needed
from apiforge.loadtest.targets import PERCENTILES, parse
from apiforge.loadtest.workload import Workload

MOST, FEWEST = 10, 5
_ENOUGH = 100  # requests: then a block has a p95
_COMPARED = ("p50", "p95", "p99")


def blocks(recording: Recording) -> list[dict[str, Any]]:
    """Equal parts of the whole seconds that were measured. A percentile that a part has too few
    requests for is None. Empty where there are fewer seconds than parts."""
    seconds = recording.seconds[: int(recording.measured + 1e-6)]
    count = _count(recording.workload)
    length = len(seconds) // count
    if not length:
        return []
    begins = range(0, length * count, length)
    return [_block(begin, seconds[begin : begin + length]) for begin in begins]


def _count(workload: Workload) -> int:
    """By what is planned, so that two runs of one load have the same blocks."""
    rate = workload.asked(workload.duration)
    if rate is None:
        return MOST
    return max(FEWEST, min(MOST, int(rate * workload.duration / _ENOUGH)))


def _block(begin: int, seconds: Sequence[Tally]) -> dict[str, Any]:
    whole = Tally.merged(seconds)
    return {
        "from_s": begin,
        "seconds": len(seconds),
        "due": whole.due,
        "succeeded": whole.succeeded,
        **{name: _percentile(name, whole) for name in _COMPARED},
    }


def _percentile(name: str, tally: Tally) -> float | None:
    value = tally.times.percentile(PERCENTILES[name])
    enough = tally.due >= needed(parse(f"{name}<1s"))
    return round(value / 1000, 3) if enough and value is not None else None
