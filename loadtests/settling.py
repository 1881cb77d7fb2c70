"""Tells once of each second what became of its requests, as soon as none of them is on its way.

Read by `apiforge.loadtest.outlook`, which ends a test that cannot meet its targets any more.
"""

from collections.abc import Sequence

from recorder import Recorder, Tally
from times import Times, bucket

Watched = Sequence[tuple[str | None, float | None]]
"""An endpoint, or None for all of them, and a limit in microseconds where it is about times."""


class Settling:
    """Looks only at the seconds that are still open, a few at most: the timeout closes them."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._open: list[int] = []
        self._seen = 0

    def settled(self, recorder: Recorder, until: int) -> list[tuple[int, list[list[int]]]]:
        """The seconds before `until` that have settled since it was asked last: number, and a row
        for each of those watched."""
        if not self._watched:
            return []
        end = min(until, len(recorder.seconds))
        self._open += range(self._seen, end)
        self._seen = end
        done = [number for number in self._open if _is_settled(recorder.seconds[number])]
        self._open = [number for number in self._open if number not in done]
        return [(number, self._rows(recorder.seconds[number])) for number in done]

    def _rows(self, second: Tally) -> list[list[int]]:
        rows = []
        for endpoint, limit in self._watched:
            tally = second if endpoint is None else second.endpoints.get(endpoint, Tally())
            times = tally.times
            rows.append(
                [
                    *(tally.requests, tally.failures, tally.dropped),
                    *(sum(times.buckets().values()), times.total, _slower(times, limit)),
                ]
            )
        return rows


def _is_settled(second: Tally) -> bool:
    return second.requests >= second.sent


def _slower(times: Times, limit: float | None) -> int:
    if limit is None:
        return 0
    edge = bucket(int(limit))
    return sum(count for number, count in times.buckets().items() if number > edge)
