"""What this process can send here, measured before the test: requests per second at most.

Requests of the test go to a socket of our own for a moment, as fast as they are answered. The
answering, in this same process, is counted in: to wake a server elsewhere costs as much.
"""

import socket
from collections.abc import Iterator
from random import Random
from typing import Any

import gevent
from clock import Alarm, now
from gevent import monkey
from prepare import Work
from recorder import Recorder
from schedule import Schedule
from traffic import Traffic
from transport import Origin

_SECONDS = 0.25
_IN_FLIGHT = 20
_READ = 1
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
_RawSocket: type[socket.socket] = monkey.get_original("socket", "socket")


class _Answerer:
    """Answers whatever comes, in the same event loop."""

    def __init__(self) -> None:
        self._loop = gevent.get_hub().loop
        self._listener = _RawSocket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(_IN_FLIGHT)
        self._listener.setblocking(False)
        self._accepting = self._loop.io(self._listener.fileno(), _READ)
        self._accepting.start(self._accept)
        self._accepted: list[socket.socket] = []
        self._reading = [self._accepting]
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        for watcher in self._reading:
            watcher.stop()
            watcher.close()
        for opened in (self._listener, *self._accepted):
            opened.close()

    def _accept(self) -> None:
        accepted, _ = self._listener.accept()
        accepted.setblocking(False)
        self._accepted.append(accepted)
        watcher = self._loop.io(accepted.fileno(), _READ)
        self._reading.append(watcher)
        watcher.start(self._answer, accepted, watcher)

    def _answer(self, accepted: socket.socket, watcher: Any) -> None:
        if accepted.recv(65536):
            accepted.send(_ANSWER)
        else:
            watcher.stop()


def _whenever_answered(traffic: Traffic, alarm: Alarm, end: float) -> Iterator[float]:
    """Moments at which requests are due: as soon as there is room for one."""
    while (moment := now()) < end:
        if traffic.in_flight < _IN_FLIGHT:
            yield moment
        else:
            alarm.sleep_until(moment)


def measure_capacity(work: Work) -> float:
    """Requests per second when this process does nothing else, beside what else runs here."""
    answerer = _Answerer()
    traffic = Traffic(Origin.resolve(answerer.address), lambda *answer: None, timeout=10.0)
    schedule = Schedule(traffic, work.choose, limit=_IN_FLIGHT, told=_IN_FLIGHT)
    alarm = Alarm()
    begin = now()
    end = begin + _SECONDS
    recorder = Recorder(work.names, begin, 1.0)
    try:
        schedule.run(_whenever_answered(traffic, alarm, end), alarm, recorder, Random(0), end=end)
        passed = now() - begin
        traffic.drain()
    finally:
        alarm.close()
        traffic.close()
        answerer.close()
    return recorder.due / passed
