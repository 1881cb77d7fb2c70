"""The closed model: each user waits for the answer, thinks, and asks for the next thing."""

from random import Random

import gevent
from clock import now
from operation import Request
from recorder import Recorder
from rows import RowsUsedUp
from traffic import Carrier, Choose, Job, Traffic

_MOST_STARTS = 1000  # a second: users who do not think would all connect at once
_PAUSE = 0.1  # after a connection that failed: a refusal comes at once, and again at once


class Crowd:
    """Users that come within one think time, and stay until the test is over."""

    def __init__(
        self, traffic: Traffic, choose: Choose, *, think_time: float, random: Random
    ) -> None:
        """A user thinks between half and one and a half of `think_time`, each time anew."""
        self.recorder: Recorder | None = None
        """Where requests sent from now on are booked; None: no more are sent."""
        self._traffic = traffic
        self._choose = choose
        self._think_time = think_time
        self._random = random

    def come(self, begin: float, numbers: range, of: int) -> None:
        """The users of these numbers, `of` so many in all processes, begin one by one."""
        spread = max(self._think_time, min(1.0, of / _MOST_STARTS) if of > 1 else 0.0)
        for number in numbers:
            carrier = Carrier(self._traffic)
            carrier.greenlet = gevent.spawn(self._live, carrier, begin + spread * number / of)

    def _live(self, carrier: Carrier, planned: float) -> None:
        while not self._traffic.interrupted:
            while (left := planned - now()) > 0:
                gevent.sleep(left)
            if self.recorder is None:
                return
            try:
                request = self._choose(self._random)
            except RowsUsedUp as error:
                self._traffic.give_up(str(error))
                return
            answered = self._ask(carrier, self.recorder, request, planned)
            rest = self._think_time * (0.5 + self._random.random())
            planned = now() + (rest if answered else max(rest, _PAUSE))

    def _ask(self, carrier: Carrier, recorder: Recorder, request: Request, planned: float) -> bool:
        """Sends one request: its latency counts from now, its lag from when it was planned."""
        started = now()
        second = recorder.second(started)
        self._traffic.in_flight += 1
        recorder.started(second, int((started - planned) * 1e6), self._traffic.in_flight)
        job = Job(request, started, recorder, second)
        return carrier.carry(job, started)
