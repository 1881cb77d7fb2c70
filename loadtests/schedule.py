"""The open model: requests leave when they are due, whether or not earlier ones were answered.

One scheduler hands each due request to an idle worker with a connection of its own. When `limit`
workers wait for answers already, the request is dropped, and counted.
"""

from collections.abc import Iterator
from random import Random

import gevent
from client import ExchangeError
from clock import Alarm, now
from gevent.hub import get_hub
from greenlet import greenlet
from recorder import Recorder
from rows import RowsUsedUp
from traffic import Carrier, Choose, Job, Traffic

_BURST = 50
_GRACE = 1.0
_EARLY = 0.0001
"""What is due so soon leaves now: waking up once more is no more punctual, and costs as much as
all the rest. Its latency counts from when it left."""


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
            if now() + _EARLY < due:
                traffic.sleep_until(due, alarm)
            elif number % _BURST == 0:
                # When late, the answers must be read all the same; `gevent.sleep(0)` need not do
                # that: it looks for them every 5 ms at the latest.
                alarm.sleep_until(due)
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
    """A carrier that is handed its jobs. Most need no greenlet: an open connection takes the
    request at once, and the event loop tells of the answer."""

    __slots__ = ("_schedule", "_started")

    def __init__(self, schedule: Schedule) -> None:
        super().__init__(schedule.traffic)
        self._schedule = schedule
        self._started = 0.0

    def take(self, job: Job) -> None:
        """Sends it, or has that begun as soon as the scheduler waits."""
        data = self._schedule.traffic.encoder.encode(job.request)
        moment = now()
        if self.connection.ask(job.request.method, data, self._answered):
            self._note_start(job, moment)
            self.begin(job)
        else:
            get_hub().loop.run_callback(self._take_slowly, job)

    def give_up(self) -> None:
        job = self.job
        if self.greenlet is not None:
            super().give_up()
        elif job is not None and not self.connection.read_now():
            self.connection.abandon()
            self.book_unanswered(job, self._started)
            self._be_idle()

    def _note_start(self, job: Job, moment: float) -> None:
        self._started = moment
        lag = int((moment - job.due) * 1e6)
        if lag < 0:
            job.due, lag = moment, 0
        job.recorder.started(job.second, lag, self._schedule.traffic.in_flight)

    def _answered(self) -> None:
        """Runs in the event loop: the answer is there, or there will be none."""
        job = self.job
        if job is None:
            return
        connection = self.connection
        try:
            status, body = connection.result()
        except ExchangeError as failure:
            if connection.may_repeat(job.request.method, failure):
                self._in_greenlet(job)
                return
            self._be_idle()
            self.book_failure(job, self._started, failure)
        else:
            self._be_idle()
            self.book(job, self._started, status, body)

    def _be_idle(self) -> None:
        self.end()
        self._schedule.idle.append(self)

    def _take_slowly(self, job: Job) -> None:
        """Opens a connection first, say. Runs in the event loop."""
        self._note_start(job, now())
        self.begin(job)
        self._in_greenlet(job)

    def _in_greenlet(self, job: Job) -> None:
        """Does what waits, until it waits. Runs in the event loop."""
        self.greenlet = greenlet(self._wait_for, get_hub())
        self.greenlet.switch(job)

    def _wait_for(self, job: Job) -> None:
        try:
            self.exchange(job, self._started)
        finally:
            self.greenlet = None
            self._be_idle()
