"""The open model: requests leave when they are due, whether or not earlier ones were answered.

One scheduler hands each due request to an idle worker, a greenlet with a connection of its own.
When `limit` workers wait for answers already, the request is dropped, and counted.
"""

from collections.abc import Iterator
from random import Random

import gevent
from clock import Alarm, now
from gevent.hub import get_hub
from recorder import Recorder
from rows import RowsUsedUp
from traffic import Carrier, Choose, Job, Traffic

_BURST = 50
_GRACE = 1.0


class Schedule:
    """Sends what is due."""

    def __init__(self, traffic: Traffic, choose: Choose, *, limit: int, told: int) -> None:
        """`limit` requests may be in flight here, `told` in all load generating processes."""
        self.traffic = traffic
        self.idle: list[_Worker] = []
        self._choose = choose
        self._limit = limit
        self._count = 0
        self._too_many = f"{told} requests were waiting for an answer"

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
        traffic = self.traffic
        for number, due in enumerate(moments):
            if now() < due:
                traffic.sleep_until(due, alarm)
            elif number % _BURST == 0:
                # When late, the answers must be read all the same.
                gevent.sleep(0)
            if traffic.interrupted:
                return
            try:
                request = self._choose(random)
            except RowsUsedUp as error:
                traffic.give_up(str(error))
                return
            if now() > end + _GRACE:
                recorder.dropped(request.name, recorder.second(due), "the load generator was late")
            else:
                self._dispatch(Job(request, due, recorder, recorder.second(due)))

    def _dispatch(self, job: Job) -> None:
        traffic = self.traffic
        if not self.idle and traffic.in_flight >= self._limit:
            self._make_room()
        if self.idle:
            worker = self.idle.pop()
        elif self._count < self._limit:
            self._count += 1
            worker = _Worker(self)
        else:
            job.second.in_flight = self._limit
            job.recorder.dropped(job.request.name, job.second, self._too_many)
            return
        traffic.in_flight += 1
        worker.take(job)

    def _make_room(self) -> None:
        """The limit is rate x timeout: the oldest may time out just as the next one is due."""
        traffic = self.traffic
        if traffic.open and traffic.open[0][0].due <= now() - traffic.timeout:
            get_hub().loop.run_callback(traffic.expire_old)
            gevent.sleep(0)


class _Worker(Carrier):
    """A carrier that is handed its jobs."""

    __slots__ = ("_next", "_schedule")

    def __init__(self, schedule: Schedule) -> None:
        super().__init__(schedule.traffic)
        self._schedule = schedule
        self._next: Job | None = None

    def take(self, job: Job) -> None:
        """Has the job done as soon as the scheduler waits."""
        self._next = job
        if self.greenlet is None:
            self.greenlet = gevent.spawn(self._work)
        else:
            get_hub().loop.run_callback(self.greenlet.switch)

    def _work(self) -> None:
        hub, schedule = get_hub(), self._schedule
        while True:
            job = self._next
            if job is None:
                hub.switch()
                continue
            self._next = None
            started = now()
            lag = int((started - job.due) * 1e6)
            job.recorder.started(job.second, max(lag, 0), schedule.traffic.in_flight)
            self.carry(job, started)
            schedule.idle.append(self)
