"""The open model: requests leave when they are due, whether or not earlier ones were answered.

One scheduler hands each due request to an idle worker, a greenlet with a connection of its own.
When `max_in_flight` workers wait for answers already, the request is dropped, and counted.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import gevent
from client import Connection, Encoder, ExchangeError, TimedOut
from clock import Alarm, now
from gevent.hub import get_hub
from recorder import Recorder, Tally
from replay import Request
from transport import Origin

_SWEEP = 0.02
_NAP = 0.1
_BURST = 50
_LAST_ANSWERS = 0.5
_GRACE = 1.0

Choose = Callable[[Random], Request]
Answered = Callable[[Request, int, bytes], None]


@dataclass(slots=True, eq=False)
class Job:
    """One due request on its way."""

    request: Request
    due: float
    recorder: Recorder
    second: Tally


class Load:
    """Sends what is due and books what becomes of it."""

    def __init__(
        self, origin: Origin, choose: Choose, answered: Answered, *, timeout: float, limit: int
    ) -> None:
        self.origin = origin
        self.encoder = Encoder(origin)
        self.answered = answered
        self.timeout = timeout
        self.in_flight = 0
        self.idle: list[Worker] = []
        self.open: deque[tuple[Job, Worker]] = deque()
        self.closing = False
        """The window is over: what gets no answer from now on is unfinished."""
        self._choose = choose
        self._limit = limit
        self._too_many = f"{limit} requests were waiting for an answer"
        self._stopped: float | None = None
        self._workers: list[Worker] = []
        self._loop = get_hub().loop
        self._sweeper = self._loop.timer(_SWEEP, _SWEEP)
        self._sweeper.start(self._expire_old)

    @property
    def interrupted(self) -> bool:
        return self._stopped is not None

    def stop(self) -> None:
        """Ends the run early: nothing more is sent."""
        if self._stopped is None:
            self._stopped = now()
            self.closing = True

    def sleep_until(self, moment: float, alarm: Alarm) -> None:
        """Sleeps until the moment, or shortly after `stop`."""
        while (time := now()) < moment and not self.interrupted:
            alarm.sleep_until(min(moment, time + _NAP))

    def run(
        self,
        moments: Iterator[float],
        alarm: Alarm,
        recorder: Recorder,
        random: Random,
        *,
        end: float,
    ) -> None:
        """Sends a request at each of the moments, booked by the second it was due in.

        What could not be sent by `end` is dropped: the generator was too slow for the rate.
        """
        for number, due in enumerate(moments):
            if now() < due:
                self.sleep_until(due, alarm)
            elif number % _BURST == 0:
                # When late, the answers must be read all the same.
                gevent.sleep(0)
            if self.interrupted:
                return
            request = self._choose(random)
            if now() > end + _GRACE:
                recorder.dropped(request.name, recorder.second(due), "the load generator was late")
            else:
                self._dispatch(request, due, recorder)

    def drain(self) -> None:
        """Waits for the answers still missing, at most the timeout; then they never come."""
        self.closing = True
        limit = now() + self.timeout + 5 * _SWEEP
        while self.in_flight and now() < limit:
            if self._stopped is not None:
                limit = min(limit, self._stopped + _LAST_ANSWERS)
            gevent.sleep(_SWEEP)
        while self.in_flight:
            self._loop.run_callback(self._expire, float("inf"))
            gevent.sleep(_SWEEP)

    def close(self) -> None:
        self._sweeper.stop()
        gevent.killall([worker.greenlet for worker in self._workers if worker.greenlet])
        for worker in self._workers:
            worker.connection.close()

    def _dispatch(self, request: Request, due: float, recorder: Recorder) -> None:
        second = recorder.second(due)
        if not self.idle and self.in_flight >= self._limit:
            self._make_room()
        if self.idle:
            worker = self.idle.pop()
        elif len(self._workers) < self._limit:
            worker = Worker(self)
            self._workers.append(worker)
        else:
            second.in_flight = self._limit
            recorder.dropped(request.name, second, self._too_many)
            return
        self.in_flight += 1
        worker.take(Job(request, due, recorder, second))

    def _make_room(self) -> None:
        """The limit is rate x timeout: the oldest may time out just as the next one is due."""
        if self.open and self.open[0][0].due <= now() - self.timeout:
            self._loop.run_callback(self._expire_old)
            gevent.sleep(0)

    def _expire_old(self) -> None:
        self._expire(now() - self.timeout)

    def _expire(self, before: float) -> None:
        """Runs in the event loop, where every worker with a job is known to be waiting."""
        while self.open and self.open[0][0].due <= before:
            job, worker = self.open.popleft()
            if worker.job is job:
                worker.give_up()


class Worker:
    """A greenlet with one connection, doing one job after another."""

    __slots__ = ("_load", "_next", "connection", "greenlet", "job")

    def __init__(self, load: Load) -> None:
        self._load = load
        self._next: Job | None = None
        self.job: Job | None = None
        self.connection = Connection(load.origin)
        self.greenlet: gevent.Greenlet[[], None] | None = None

    def take(self, job: Job) -> None:
        """Has the job done as soon as the scheduler waits."""
        self._next = job
        if self.greenlet is None:
            self.greenlet = gevent.spawn(self._work)
        else:
            get_hub().loop.run_callback(self.greenlet.switch)

    def give_up(self) -> None:
        """Ends the waiting for an answer. Runs in the event loop."""
        if self.greenlet is not None:
            self.greenlet.throw(TimedOut())

    def _work(self) -> None:
        hub, load = get_hub(), self._load
        while True:
            job = self._next
            if job is None:
                hub.switch()
                continue
            self._next = None
            started = now()
            lag = int((started - job.due) * 1e6)
            job.recorder.started(job.second, max(lag, 0), load.in_flight)
            self.job = job
            load.open.append((job, self))
            self._do(job, started)
            self.job = None
            load.in_flight -= 1
            load.idle.append(self)

    def _do(self, job: Job, started: float) -> None:
        request, recorder = job.request, job.recorder
        error, body, status = "", b"", 0
        try:
            data = self._load.encoder.encode(request)
            status, body = self.connection.exchange(request.method, data)
        except TimedOut:
            self._never_answered(job, started)
            return
        except ExchangeError as failure:
            error = str(failure)
        ended = now()
        latency = int((ended - job.due) * 1e6)
        if status in request.expect:
            service_time = int((ended - started) * 1e6)
            recorder.succeeded(request.name, job.second, latency, service_time)
        else:
            error = error or f"status {status}"
            recorder.failed(request.name, job.second, latency, error)
        if request.needs_answer:
            self._load.answered(request, status, body)

    def _never_answered(self, job: Job, started: float) -> None:
        ended, load = now(), self._load
        error = f"no answer within {load.timeout:g} s"
        if load.interrupted:
            error = "no answer yet when the test was interrupted"
        job.recorder.never_answered(
            job.request.name,
            job.second,
            age=int((ended - job.due) * 1e6),
            waited=int((ended - started) * 1e6),
            error=error,
            unfinished=load.closing,
        )
