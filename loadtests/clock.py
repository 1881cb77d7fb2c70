"""When requests are due, and waking up at that moment.

All times are seconds of the monotonic clock, never gevent's, which stands still while code runs.
"""

import ctypes
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from math import inf, sqrt
from random import Random
from typing import Protocol

import gevent
from gevent.hub import Hub
from greenlet import greenlet

now = time.monotonic


Segment = tuple[float, float, float]
"""So many seconds in which the rate goes evenly from one to another."""


def arrivals(kind: str, plan: Sequence[Segment], start: float, random: Random) -> Iterator[float]:
    """The moments requests are due: evenly spaced, or as independent callers would come.

    The n-th is due when the area under the plan has reached n, or, of independent callers, the
    sum of n random steps of mean 1: a Poisson process whose rate follows the plan.
    """
    # The tolerance makes 0.3 s of 10/s three requests.
    planned = int(sum((low + high) / 2 * seconds for seconds, low, high in plan) + 1e-6)
    areas = _random_steps(random) if kind == "poisson" else map(float, range(planned))
    segments = iter(plan)
    seconds = low = slope = whole = before = 0.0
    for area in areas:
        while area - before >= whole:
            before, start = before + whole, start + seconds
            segment = next(segments, None)
            if segment is None:
                return
            seconds, low, high = segment
            whole, slope = (low + high) / 2 * seconds, (high - low) / (seconds or 1.0)
        # Solves low * t + slope * t^2 / 2 = rest, in the form that also bears a slope of 0.
        rest = area - before
        yield start + 2 * rest / (low + sqrt(max(0.0, low * low + 2 * slope * rest)) or 1.0)


def _random_steps(random: Random) -> Iterator[float]:
    area = 0.0
    while True:
        area += random.expovariate(1.0)
        yield area


class Bell(Protocol):
    """Calls something in the event loop, at a moment that may be set again at any time."""

    def ring_at(self, moment: float) -> None: ...

    def close(self) -> None: ...


def make_bell(ring: Callable[[], None]) -> Bell:
    """The most punctual one this system has; until a moment is set it is silent."""
    return TimerBell(ring) if sys.platform == "linux" else LoopBell(ring)


class Alarm:
    """Lets the calling greenlet sleep until a moment."""

    def __init__(self) -> None:
        self._hub: Hub = gevent.get_hub()
        self._bell = make_bell(self._wake)
        self._sleeper: greenlet | None = None

    def sleep_until(self, moment: float) -> None:
        self._bell.ring_at(moment)
        self._sleeper = gevent.getcurrent()
        self._hub.switch()

    def close(self) -> None:
        self._bell.close()

    def _wake(self) -> None:
        sleeper, self._sleeper = self._sleeper, None
        if sleeper is not None:
            sleeper.switch()


class LoopBell:
    """Timers of gevent's event loop: whole milliseconds on Linux, exact on macOS."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._loop = gevent.get_hub().loop
        self._timer = self._loop.timer(0.0)

    def ring_at(self, moment: float) -> None:
        self.close()
        self._loop.update_now()
        self._timer = self._loop.timer(max(0.0, moment - now()))
        self._timer.start(self._ring)

    def close(self) -> None:
        self._timer.stop()
        self._timer.close()


class TimerBell:
    """A timerfd: rings within 0.1 ms where the event loop's own timers are late by up to 3 ms."""

    _MONOTONIC, _ABSOLUTE, _READ = 1, 1, 1

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._moment = inf
        self._libc = ctypes.CDLL(None, use_errno=True)
        flags = os.O_NONBLOCK | os.O_CLOEXEC
        self._descriptor: int = self._libc.timerfd_create(self._MONOTONIC, flags)
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create failed")
        # Watched all the time: starting and stopping costs two system calls for each sleep.
        self._watcher = gevent.get_hub().loop.io(self._descriptor, self._READ)
        self._watcher.start(self._went_off)

    def ring_at(self, moment: float) -> None:
        # A moment of zero would switch the timer off, and it has long passed anyway.
        self._moment = moment
        seconds, fraction = divmod(max(moment, 1.0), 1.0)
        when = struct.pack("@llll", 0, 0, int(seconds), int(fraction * 1e9))
        self._libc.timerfd_settime(self._descriptor, self._ABSOLUTE, when, None)

    def close(self) -> None:
        self._watcher.stop()
        self._watcher.close()
        os.close(self._descriptor)

    def _went_off(self) -> None:
        if now() < self._moment:
            return  # set to a later moment after it had gone off
        self._moment = inf
        try:
            self._ring()
        finally:
            # Setting it again has silenced it already: most are, and reading costs a system call.
            if self._moment == inf:
                os.read(self._descriptor, 8)
