"""What can be seen of the requests of somebody's own users: when each began, what became of it.

Locust itself tells of a request when it is over, and never of one that hangs.
"""

import time
from collections.abc import Callable
from functools import wraps
from math import isfinite
from typing import Any

from clock import now
from locust.clients import HttpSession
from locust.contrib.fasthttp import FastHttpSession
from recorder import Recorder, Tally

_MOST_NAMES = 500
_OTHERS = "(other names)"
INTERRUPTED = "no answer yet when the test was interrupted"


class Sightings:
    """Books each request under the phase and the second in which it began."""

    def __init__(self, *, timeout: float) -> None:
        self.timeout = timeout
        self.open: dict[object, tuple[float, str]] = {}
        """Requests of Locust's own clients that wait for an answer: since when, and their names."""
        self._phases: list[tuple[float, float, Recorder]] = []
        self._epoch = time.time() - now()

    def watch_clients(self) -> None:
        """Sees the requests of HttpUser and FastHttpUser begin."""
        for client in (HttpSession, FastHttpSession):
            client.request = self._watched(client.request)

    def enter(self, begin: float, end: float, recorder: Recorder) -> None:
        """What begins from now on belongs here."""
        self._phases.append((begin, end, recorder))

    def close(self, *, interrupted: bool) -> None:
        """What is still open has failed, at its age; nothing more is booked."""
        moment = now()
        for started, name in self.open.values():
            phase = self._phase(started)
            if phase is not None:
                self._never_answered(phase, name, started, moment, interrupted=interrupted)
        self._phases = []

    def waiting(self) -> int:
        """How many requests of these phases wait for an answer."""
        return sum(self._phase(started) is not None for started, _ in self.open.values())

    def on_request(
        self,
        *,
        request_type: str,
        name: str,
        response_time: float | None,
        exception: BaseException | None = None,
        start_time: object = None,
        **_: Any,
    ) -> None:
        """A request is over: Locust's event, fired by any client; times are milliseconds."""
        seconds = (response_time or 0.0) / 1000
        if not isfinite(seconds) or seconds < 0:
            seconds = 0.0
        started = now() - seconds
        if isinstance(start_time, int | float):
            # A response that was caught is told of later than it came.
            started = min(started, start_time - self._epoch)
        phase = self._phase(started)
        if phase is None:
            return
        named = self._named(phase, f"{request_type} {name}")
        self._book(phase, named, started, seconds, exception)

    def broke(self, name: str, error: str) -> None:
        """A task raised: a failure without a time."""
        moment = now()
        phase = self._phase(moment)
        if phase is not None:
            phase.broke(self._named(phase, name), phase.second(moment), error)

    def silent(self, name: str, since: float, *, interrupted: bool) -> None:
        """A user waits for something that Locust does not know of."""
        phase = self._phases[-1][2] if self._phases else None
        if phase is not None:
            self._never_answered(phase, name, since, now(), interrupted=interrupted)

    def _book(
        self,
        phase: Recorder,
        name: str,
        started: float,
        seconds: float,
        exception: BaseException | None,
    ) -> None:
        second, microseconds = phase.second(started), int(seconds * 1e6)
        phase.seen(second, len(self.open))
        if seconds > self.timeout:
            error = f"no answer within {self.timeout:g} s"
        elif exception is None:
            phase.succeeded(name, second, microseconds, microseconds)
            return
        else:
            error = _words(exception)
            if not _is_timeout(exception):
                phase.failed(name, second, microseconds, error)
                return
        phase.never_answered(
            name, second, age=microseconds, waited=microseconds, error=error, unfinished=False
        )

    def _never_answered(
        self, phase: Recorder, name: str, started: float, moment: float, *, interrupted: bool
    ) -> None:
        age, second = int((moment - started) * 1e6), phase.second(started)
        phase.seen(second, len(self.open))
        phase.never_answered(
            self._named(phase, name),
            second,
            age=age,
            waited=age,
            error=INTERRUPTED if interrupted else f"no answer within {self.timeout:g} s",
            unfinished=True,
        )

    def _phase(self, started: float) -> Recorder | None:
        # A custom client may say that it began before it did: nothing began before the first phase.
        for number, (begin, end, recorder) in enumerate(self._phases):
            if started < end and (begin <= started or number == 0):
                return recorder
        return None

    def _named(self, phase: Recorder, name: str) -> str:
        """An endpoint of that name; names that hold ids would otherwise be without number."""
        if name not in phase.endpoints:
            name = name if len(phase.endpoints) < _MOST_NAMES else _OTHERS
            phase.endpoints.setdefault(name, Tally())
        return name

    def _watched(self, send: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(send)
        def request(
            session: Any, method: str, url: str, name: str | None = None, *rest: Any, **named: Any
        ) -> Any:
            mark = object()
            self.open[mark] = (now(), f"{method} {name or session.request_name or url}")
            try:
                return send(session, method, url, name, *rest, **named)
            finally:
                del self.open[mark]

        return request


def _is_timeout(exception: BaseException) -> bool:
    """Its own client gave up waiting: no answer, as if we had."""
    return any("Timeout" in kind.__name__ for kind in type(exception).__mro__)


def _words(exception: BaseException | str) -> str:
    text = " ".join(str(exception).split()) or type(exception).__name__
    return text if len(text) <= 200 else f"{text[:199]}…"
