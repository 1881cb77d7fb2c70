"""Requests on their way: how they are carried, timed out, and booked.

Shared by both models: `schedule` sends what is due, `crowd` what its users ask for next.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import gevent
from client import Connection, Encoder, ExchangeError, TimedOut
from clock import Alarm, make_bell, now
from gevent.hub import get_hub
from greenlet import greenlet
from operation import Request
from recorder import Recorder, Tally
from transport import Origin

_LOOK = 0.02
_SWEEP = 0.1
_NAP = 0.1
_LAST_ANSWERS = 0.5

Choose = Callable[[Random], Request]
Answered = Callable[[Request, int, bytes], None]


@dataclass(slots=True, eq=False)
class Job:
    """One request on its way; its latency counts from `due`."""

    request: Request
    due: float
    recorder: Recorder
    second: Tally


class Traffic:
    """All requests of one test that wait for an answer."""

    def __init__(self, origin: Origin, answered: Answered, *, timeout: float) -> None:
        self.origin = origin
        self.encoder = Encoder(origin)
        self.answered = answered
        self.timeout = timeout
        self.in_flight = 0
        self.faults: list[str] = []
        """Why this was not the test that was asked for; for whom it may concern, `warnings`."""
        self.warnings: list[str] = []
        self.open: deque[tuple[Job, Carrier]] = deque()
        """Those that wait, in the order in which they time out, and some that were answered."""
        self.closing = False
        """The window is over: what gets no answer from now on is unfinished."""
        self._stopped: float | None = None
        self._carriers: list[Carrier] = []
        self._loop = get_hub().loop
        self._bell = make_bell(self.expire_old)
        self._bell.ring_at(now() + _SWEEP)

    @property
    def interrupted(self) -> bool:
        return self._stopped is not None

    def stop(self) -> None:
        """Ends the run early: nothing more is sent."""
        if self._stopped is None:
            self._stopped = now()
            self.closing = True

    def give_up(self, reason: str) -> None:
        """Ends the run early: it cannot go on as it was asked for."""
        if not self.faults:
            self.faults.append(reason)
        self.stop()

    def sleep_until(self, moment: float, alarm: Alarm) -> None:
        """Sleeps until the moment, or shortly after `stop`."""
        while (time := now()) < moment and not self.interrupted:
            alarm.sleep_until(min(moment, time + _NAP))

    def add(self, carrier: "Carrier") -> None:
        self._carriers.append(carrier)

    def drain(self) -> None:
        """Waits for the answers still missing, at most the timeout; then they never come."""
        self.closing = True
        limit = now() + self.timeout + _SWEEP
        while self.in_flight and now() < limit:
            if self._stopped is not None:
                limit = min(limit, self._stopped + _LAST_ANSWERS)
            gevent.sleep(_LOOK)
        while self.in_flight:
            self._loop.run_callback(self._expire, float("inf"))
            gevent.sleep(_LOOK)

    def close(self) -> None:
        self._bell.close()
        gevent.killall([carrier.greenlet for carrier in self._carriers if carrier.greenlet])
        for carrier in self._carriers:
            carrier.connection.close()

    def expire_old(self) -> None:
        """Gives up what is as old as the timeout, and comes again when the next one is. Runs in
        the event loop."""
        moment = now()
        self._expire(moment - self.timeout)
        again = moment + _SWEEP
        if self.open:
            again = min(again, self.open[0][0].due + self.timeout)
        self._bell.ring_at(again)

    def _expire(self, before: float) -> None:
        """Runs in the event loop, where every carrier with a job is known to be waiting."""
        while self.open:
            job, carrier = self.open[0]
            is_waiting = carrier.job is job
            if is_waiting and job.due > before:
                return
            self.open.popleft()
            if is_waiting:
                carrier.give_up()
                if carrier.job is job:  # lost just now, and asked again
                    self.open.append((job, carrier))


class Carrier:
    """One connection, and the greenlet that carries one request after another over it."""

    __slots__ = ("_traffic", "connection", "greenlet", "job")

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self.job: Job | None = None
        self.connection = Connection(traffic.origin)
        self.greenlet: greenlet | None = None
        traffic.add(self)

    def give_up(self) -> None:
        """Ends the waiting for an answer, unless it is there by now. Runs in the event loop."""
        if self.greenlet is not None and not self.connection.read_now():
            self.greenlet.throw(TimedOut())

    def carry(self, job: Job, started: float) -> bool:
        """Sends it and waits for the answer, in the carrier's own greenlet; was there one?"""
        self.begin(job)
        try:
            return self.exchange(job, started)
        finally:
            self.end()

    def begin(self, job: Job) -> None:
        """From now on it may time out."""
        self.job = job
        self._traffic.open.append((job, self))

    def end(self) -> None:
        self.job = None
        self._traffic.in_flight -= 1

    def exchange(self, job: Job, started: float) -> bool:
        """What `carry` does between begin and end."""
        request = job.request
        try:
            data = self._traffic.encoder.encode(request)
            status, body = self.connection.exchange(request.method, data)
        except ExchangeError as failure:
            return self.book_failure(job, started, failure)
        return self.book(job, started, status, body)

    def book(self, job: Job, started: float, status: int, body: bytes, error: str = "") -> bool:
        """Books what came of it; was there an answer? Without one the status is 0."""
        request, recorder = job.request, job.recorder
        # A system clock that was set meanwhile could put the arrival before the sending.
        ended = max(self.connection.arrived, started) if status else now()
        latency = int((ended - job.due) * 1e6)
        if status in request.expect:
            service_time = int((ended - started) * 1e6)
            recorder.succeeded(request.name, job.second, latency, service_time)
        else:
            recorder.failed(request.name, job.second, latency, error or f"status {status}")
        if request.needs_answer:
            told = self.connection.location() if request.by_location else body
            self._traffic.answered(request, status, told)
        return status != 0

    def book_failure(self, job: Job, started: float, failure: ExchangeError) -> bool:
        """The same of what had no usable answer."""
        if isinstance(failure, TimedOut):
            self.book_unanswered(job, started)
            return False
        return self.book(job, started, 0, b"", str(failure))

    def book_unanswered(self, job: Job, started: float) -> None:
        """Books what was given up."""
        ended, traffic = now(), self._traffic
        error = f"no answer within {traffic.timeout:g} s"
        if traffic.interrupted:
            error = "no answer yet when the test was interrupted"
        if not traffic.interrupted:
            # No answer says how punctual this process is by now; when it gives up does.
            late = ended - max(job.due + traffic.timeout, started)
            job.recorder.late(job.second, max(0, int(late * 1e6)))
        job.recorder.never_answered(
            job.request.name,
            job.second,
            age=int((ended - job.due) * 1e6),
            waited=int((ended - started) * 1e6),
            error=error,
            unfinished=traffic.closing,
        )
