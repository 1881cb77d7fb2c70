"""A load generating process, one of the workers of a test.

Started by `apiforge.loadtest.crew`, which writes JSON lines to standard input: first the subject,
what to test with which share of the work; it may hold a password, which belongs neither on a
command line nor on a disk. Answers {"ready": …} with what it can send here, or {"error": …} when
the test cannot begin. Each further line is an order, one test that begins at a given moment of the
monotonic clock, the same for all workers; for each come {"progress": …} every second and then
{"recording": …}.
Stops early, with what it has, on SIGINT, SIGTERM and when standard input ends: the parent died.

Importing locust patches sockets and TLS, so it comes before the modules of this folder that use
them; the last five are the only ones imported here.
"""

import contextlib
import json
import logging
import os
import resource
import signal
import sys
from typing import Any

import gevent
import gevent.event
import gevent.queue
from locust.env import Environment
from locustfiles import Locustfile, open_locustfile
from messages import CHANNEL
from preflight import measure_capacity
from prepare import CannotStart, Work, prepare
from session import Session
from users import Conductor

_READ = 1
_DESCRIPTORS = 10_000
_PRECEDENCE = 10


class Engine:
    """Runs the tests it is ordered to and can be stopped at any time."""

    def __init__(self, subject: dict[str, Any]) -> None:
        self._subject = subject
        self._session: Session | None = None
        self._orders: gevent.queue.Queue[dict[str, Any] | None] = gevent.queue.Queue()
        self._stopped = gevent.event.Event()
        self._finished = gevent.event.Event()

    def run(self) -> int:
        """Prepares, then runs what is ordered; the exit code of this process."""
        begin = open_locustfile if self._subject["locustfile"] else prepare
        preparing = gevent.spawn(begin, self._subject)
        either: list[Any] = [preparing, self._stopped]
        gevent.wait(either, count=1)
        if not preparing.ready():
            message = "stopped before the test began"
            CHANNEL.emit("error", {"kind": "interrupted", "message": message})
            return 1
        try:
            work = preparing.get()
        except CannotStart as error:
            CHANNEL.emit("error", {"kind": error.kind, "message": str(error)})
            return 1
        is_own = isinstance(work, Locustfile)
        capacity = 0.0 if is_own else measure_capacity(work)
        warnings = [] if is_own else work.warnings
        CHANNEL.emit("ready", {"capacity": round(capacity, 1), "warnings": warnings})
        if is_own:
            self._conduct(work)
        else:
            self._generate(work)
        return 0

    def order(self, order: dict[str, Any] | None) -> None:
        """Runs this test next; None: there will be no other."""
        self._orders.put(order)

    def stop(self) -> None:
        self._stopped.set()
        self._orders.put(None)
        if self._session is not None:
            self._session.stop()

    def _generate(self, work: Work) -> None:
        Conductor.conduct = lambda: self._conduct(work)
        environment = Environment(user_classes=[Conductor], catch_exceptions=False)
        runner = environment.create_local_runner()
        runner.start(user_count=1, spawn_rate=1)
        self._finished.wait()
        runner.quit()

    def _conduct(self, work: Work | Locustfile) -> None:
        worker, workers = self._subject["worker"], self._subject["workers"]
        try:
            for order in iter(self._orders.get, None):
                self._session = Session(order, work, worker=worker, workers=workers)
                if self._stopped.is_set():
                    self._session.stop()
                recording = self._session.run()
                self._session = None
                CHANNEL.emit("recording", recording)
        finally:
            self._finished.set()


class Input:
    """The lines of standard input, read without ever blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._begun = b""
        self._watcher = gevent.get_hub().loop.io(sys.stdin.fileno(), _READ)
        self._watcher.start(self._read)

    def close(self) -> None:
        self._watcher.close()

    def _read(self) -> None:
        data = os.read(sys.stdin.fileno(), 65536)
        if not data:
            self._watcher.stop()
            self._engine.stop()
        *lines, self._begun = (self._begun + data).split(b"\n")
        for line in lines:
            self._engine.order(json.loads(line))


def allow_many_connections() -> None:
    """Every request in flight needs a descriptor; the usual limit of 1,024 is soon reached."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def take_precedence() -> None:
    """Whom the system serves late measures late; where we may, what is tested waits instead."""
    with contextlib.suppress(PermissionError):
        os.nice(-_PRECEDENCE)


def main() -> int:
    take_precedence()
    allow_many_connections()
    CHANNEL.reserve()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    engine = Engine(json.loads(sys.stdin.buffer.readline()))
    handlers = [
        gevent.signal_handler(number, engine.stop) for number in (signal.SIGINT, signal.SIGTERM)
    ]
    orders = Input(engine)
    try:
        return engine.run()
    finally:
        for handler in handlers:
            handler.cancel()
        orders.close()


if __name__ == "__main__":
    sys.exit(main())
