"""Counts what happens to every request, cheaply, and writes it down once at the end.

`apiforge.loadtest.recording` reads the result.
"""

from collections.abc import Iterable
from math import ceil
from typing import Any

from times import Times

_MOST_ERRORS = 1000
_OTHERS = ("(several)", "other errors, of which there were too many kinds to tell apart")


class Tally:
    """What became of the requests of one endpoint, or of those due in one second.

    `sent` are on their way or have come back, `requests` have come back. `endpoints` holds a
    second's part of those endpoints that are judged by the second.
    """

    __slots__ = (
        "dropped",
        "endpoints",
        "failed_times",
        "failures",
        "in_flight",
        "lag",
        "requests",
        "sent",
        "times",
        "unfinished",
    )

    def __init__(self, endpoints: Iterable[str] = ()) -> None:
        self.endpoints = {name: Tally() for name in endpoints}
        self.sent = 0
        self.requests = 0
        self.failures = 0
        self.unfinished = 0
        self.dropped = 0
        self.in_flight = 0
        self.lag = 0
        self.times = Times()
        self.failed_times = Times()

    def pack(self) -> None:
        """For a second whose requests have come back: it still counts, but holds less memory."""
        for times in (self.times, self.failed_times):
            times.pack()
        for part in self.endpoints.values():
            part.pack()

    def as_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "failures": self.failures,
            "unfinished": self.unfinished,
            "dropped": self.dropped,
            "in_flight": self.in_flight,
            "lag": self.lag,
            "times": self.times.as_json(),
            "failed_times": self.failed_times.as_json(),
            "endpoints": {name: tally.as_json() for name, tally in self.endpoints.items()},
        }


class Recorder:
    """The measured window: everything is booked under the second in which it was due."""

    def __init__(
        self, names: Iterable[str], start: float, seconds: float, *, by_second: Iterable[str] = ()
    ) -> None:
        """Endpoints named in `by_second` are counted second by second, too: each costs memory."""
        self.start = start
        self.due = 0
        self.endpoints = {name: Tally() for name in names}
        self.seconds = [Tally(by_second) for _ in range(ceil(seconds) or 1)]
        self.service_times = Times()
        self.lag = Times()
        self.errors: dict[tuple[str, str], int] = {}
        self.cpu: list[float] = []

    def second(self, due: float) -> Tally:
        """The second of the window that a moment belongs to."""
        return self.seconds[min(int(due - self.start), len(self.seconds) - 1)]

    def started(self, second: Tally, lag: int, in_flight: int) -> None:
        """A request was sent `lag` microseconds after it was due."""
        self.due += 1
        second.sent += 1
        self.lag.add(lag)
        if lag > second.lag:
            second.lag = lag
        if in_flight > second.in_flight:
            second.in_flight = in_flight

    def seen(self, second: Tally, in_flight: int) -> None:
        """A request was sent by somebody who had no moment for it."""
        self.due += 1
        if in_flight > second.in_flight:
            second.in_flight = in_flight

    def late(self, second: Tally, lag: int) -> None:
        """This process looked up `lag` microseconds after it meant to."""
        self.lag.add(lag)
        if lag > second.lag:
            second.lag = lag

    def succeeded(self, name: str, second: Tally, latency: int, service_time: int) -> None:
        endpoint = self.endpoints[name]
        endpoint.requests += 1
        second.requests += 1
        endpoint.times.add(latency)
        second.times.add(latency)
        self.service_times.add(service_time)
        if name in second.endpoints:
            part = second.endpoints[name]
            part.requests += 1
            part.times.add(latency)

    def failed(self, name: str, second: Tally, latency: int, error: str) -> None:
        """An answer came and was wrong, or the connection broke: never part of `times`."""
        for tally in self._tallies(name, second):
            tally.requests += 1
            tally.failures += 1
            tally.failed_times.add(latency)
        self._count(name, error)

    def never_answered(
        self,
        name: str,
        second: Tally,
        *,
        age: int,
        waited: int,
        error: str,
        unfinished: bool,
    ) -> None:
        """No answer in time: counts among the times, at the age it had reached."""
        for tally in self._tallies(name, second):
            tally.requests += 1
            tally.failures += 1
            tally.unfinished += unfinished
            tally.times.add(age)
        self.service_times.add(waited)
        self._count(name, error)

    def broke(self, name: str, second: Tally, error: str) -> None:
        """What a user does came to an end that nobody meant, and that has no time."""
        self.due += 1
        for tally in self._tallies(name, second):
            tally.requests += 1
            tally.failures += 1
        self._count(name, error)

    def dropped(self, name: str, second: Tally, reason: str) -> None:
        """It was due, but never sent."""
        self.due += 1
        for tally in self._tallies(name, second):
            tally.dropped += 1
        self._count(name, f"not sent: {reason}")

    def as_json(self) -> dict[str, Any]:
        return {
            "endpoints": {name: tally.as_json() for name, tally in self.endpoints.items()},
            "seconds": [tally.as_json() for tally in self.seconds],
            "service_times": self.service_times.as_json(),
            "lag": self.lag.as_json(),
            "errors": [[*place, count] for place, count in self.errors.items()],
            "cpu": self.cpu,
        }

    def _tallies(self, name: str, second: Tally) -> list[Tally]:
        """Everywhere a request is booked."""
        part = second.endpoints.get(name)
        return [self.endpoints[name], second, *([part] if part else [])]

    def _count(self, name: str, error: str) -> None:
        if (name, error) not in self.errors and len(self.errors) >= _MOST_ERRORS:
            name, error = _OTHERS
        self.errors[name, error] = self.errors.get((name, error), 0) + 1
