"""What this process can send here, measured before the test: requests per second at most.

Requests of the test go to a socket of our own for a moment, as fast as they are answered. The
part of the time that the answering takes, in this same process, is taken off.
"""

import socket
import time
from random import Random
from typing import Any

import gevent
from clock import now
from crowd import Crowd
from gevent import monkey
from prepare import Work
from recorder import Recorder
from traffic import Traffic
from transport import Origin

_SECONDS = 0.25
_USERS = 20
_READ = 1
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
_RawSocket: type[socket.socket] = monkey.get_original("socket", "socket")


class _Answerer:
    """Answers whatever comes, in the same event loop, and knows what time that took."""

    def __init__(self) -> None:
        self.used = 0.0
        self._loop = gevent.get_hub().loop
        self._listener = _RawSocket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(_USERS)
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
        begun = time.process_time()
        accepted, _ = self._listener.accept()
        accepted.setblocking(False)
        self._accepted.append(accepted)
        watcher = self._loop.io(accepted.fileno(), _READ)
        self._reading.append(watcher)
        watcher.start(self._answer, accepted, watcher)
        self.used += time.process_time() - begun

    def _answer(self, accepted: socket.socket, watcher: Any) -> None:
        begun = time.process_time()
        if accepted.recv(65536):
            accepted.send(_ANSWER)
        else:
            watcher.stop()
        self.used += time.process_time() - begun


def measure_capacity(work: Work) -> float:
    """Requests per second when this process does nothing else, beside what else runs here."""
    answerer = _Answerer()
    traffic = Traffic(Origin.resolve(answerer.address), lambda *answer: None, timeout=10.0)
    crowd = Crowd(traffic, work.choose, think_time=0.0, random=Random(0))
    begin, used = now(), time.process_time()
    crowd.recorder = recorder = Recorder(work.names, begin, 1.0)
    try:
        crowd.come(begin, range(_USERS), _USERS)
        gevent.sleep(_SECONDS)
        crowd.recorder = None
        traffic.drain()
    finally:
        traffic.close()
        answerer.close()
    passed, used = now() - begin, time.process_time() - used
    asking = max(0.1, 1 - answerer.used / used)
    return recorder.due / (passed * asking)
