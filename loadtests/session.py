"""One test from the first request to the last answer, with its progress."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from math import ceil
from random import Random
from typing import Any

import gevent
from clock import Alarm, Segment, arrivals, now
from crowd import Crowd
from guests import Guests
from locustfiles import Locustfile
from messages import CHANNEL
from prepare import Work
from recorder import Recorder
from schedule import Schedule
from settling import Settling
from traffic import Traffic
from watch import Watch

_LOOK = 0.1


class Session:
    """Warm-up, the measured window, the drain; the share of one of several workers in it."""

    def __init__(
        self, order: dict[str, Any], work: Work | Locustfile, *, worker: int, workers: int
    ) -> None:
        self._order = order
        self._work = work
        self._worker, self._workers = worker, workers
        self._traffic = _traffic(work, order["timeout"])
        self._alarm = Alarm()
        self._watch = Watch()
        self._settling = Settling(order["watched"])
        self._phase, self._second = ("warmup", now(), order["warmup"]), 0
        self._names = () if isinstance(work, Locustfile) else work.names
        self._warnings = [] if isinstance(work, Locustfile) else work.warnings
        self._recorder = Recorder(self._names, now(), order["warmup"])

    def stop(self) -> None:
        """Ends early; what was measured so far is kept."""
        self._traffic.stop()

    def run(self) -> dict[str, Any]:
        """Runs the test to its end, and returns what was measured."""
        order, traffic = self._order, self._traffic
        # What exists now lives to the end: the collector need not look at it again and again.
        if isinstance(self._work, Work):
            self._work.begin()
        gc.collect()
        gc.freeze()
        ticker = gevent.spawn(self._tick)
        random = Random(order["seed"] + self._worker)
        if isinstance(traffic, Guests):
            self._visited(traffic)
        elif order["users"]:
            self._closed(traffic, random)
        else:
            self._open(traffic, random)
        if not self._recorder.cpu:
            self._recorder.cpu.append(round(self._watch.cpu(), 4))
        measured = max(0.0, min(now() - self._recorder.start, order["duration"]))
        self._phase, self._second = ("drain", now(), order["timeout"]), 0
        traffic.drain()
        ticker.kill()
        traffic.close()
        self._alarm.close()
        return self._finished(measured)

    def _open(self, traffic: Traffic, choices: Random) -> None:
        order = self._order
        limit, left = divmod(order["max_in_flight"], self._workers)
        limit = max(1, limit + (self._worker < left))
        schedule = Schedule(traffic, self._work.choose, limit=limit, told=order["max_in_flight"])
        gaps = Random(f"arrivals {order['seed']}")
        for plan, begin, end in self._phases():
            moments = arrivals(order["arrivals"], plan, begin, gaps)
            # All workers count the same moments, so together they send exactly these.
            mine = islice(moments, self._worker, None, self._workers)
            schedule.run(mine, self._alarm, self._recorder, choices, end=end)

    def _closed(self, traffic: Traffic, random: Random) -> None:
        order = self._order
        think_time = order["think_time"]
        crowd = Crowd(traffic, self._work.choose, think_time=think_time, random=random)
        crowd.recorder = self._recorder
        users = range(self._worker, order["users"], self._workers)
        crowd.come(order["begin"], users, order["users"])
        for _ in self._phases():
            crowd.recorder = self._recorder
        crowd.recorder = None

    def _visited(self, guests: Guests) -> None:
        order = self._order
        users, rate = order["users"], order["spawn_rate"]
        spread = users / rate if rate else order["warmup"]
        share = slice(self._worker, None, self._workers)
        for _, begin, end in self._phases():
            if begin == end:
                continue
            guests.enter(begin, end, self._recorder)
            if begin == order["begin"]:
                guests.come(begin, spread, count=users, share=share)

    def _phases(self) -> Iterator[tuple[list[Segment], float, float]]:
        """Enters each phase when it begins: its plan, its begin and its end."""
        order, begin = self._order, self._order["begin"]
        for phase, plan in (("warmup", order["warmup_plan"]), ("measure", order["plan"])):
            seconds = order["warmup" if phase == "warmup" else "duration"]
            self._enter(phase, begin, seconds)
            self._traffic.sleep_until(begin, self._alarm)
            self._watch.cpu()
            yield plan, begin, begin + seconds
            begin += seconds
            self._traffic.sleep_until(begin, self._alarm)
            self._report_due(begin)

    def _enter(self, phase: str, begin: float, seconds: float) -> None:
        if self._traffic.interrupted:
            seconds = 0.0
        self._phase, self._second = (phase, begin, seconds), 0
        self._recorder = Recorder(self._names, begin, seconds, by_second=self._order["by_second"])
        self._started = datetime.now(UTC)

    def _finished(self, measured: float) -> dict[str, Any]:
        return {
            "started": self._started.isoformat(timespec="milliseconds"),
            "measured": measured,
            "interrupted": self._traffic.interrupted,
            "clock_jumps": self._watch.jumps,
            "faults": self._traffic.faults,
            "warnings": [*self._warnings, *self._traffic.warnings],
            **self._recorder.as_json(),
        }

    def _tick(self) -> None:
        while True:
            gevent.sleep(_LOOK)
            self._watch.look()
            self._report_due(now())

    def _report_due(self, moment: float) -> None:
        """Reports once for each full second of the phase."""
        if moment >= self._phase[1] + self._second + 1:
            self._second += 1
            self._report(self._second)

    def _report(self, second: int) -> None:
        recorder, (phase, _, seconds) = self._recorder, self._phase
        cpu = self._watch.cpu()
        if phase == "measure":
            recorder.cpu.append(round(cpu, 4))
        last = recorder.seconds[min(second, len(recorder.seconds)) - 1]
        tallies = recorder.endpoints.values()
        line = {
            "phase": phase,
            "second": second,
            "of": seconds,
            "due": recorder.due,
            "requests": sum(tally.requests for tally in tallies),
            "failures": sum(tally.failures for tally in tallies),
            "dropped": sum(tally.dropped for tally in tallies),
            "in_flight": self._traffic.in_flight,
            "achieved": last.requests - last.failures,
            "times": last.times.as_json(),
            "cpu": cpu,
            "lag": last.lag,
            "settled": self._settling.settled(recorder, second) if phase == "measure" else [],
        }
        CHANNEL.emit("progress", line)
        self._pack(second - ceil(self._order["timeout"]) - 1)

    def _pack(self, second: int) -> None:
        """What was due in that second, and before, has come back or timed out."""
        if 0 < second <= len(self._recorder.seconds):
            self._recorder.seconds[second - 1].pack()


def _traffic(work: Work | Locustfile, timeout: float) -> Traffic | Guests:
    if isinstance(work, Locustfile):
        return Guests(work, timeout=timeout)
    return Traffic(work.origin, work.answered, timeout=timeout)
