"""A load generating process that joins a load test of another machine, as Locust's worker.

Started by `apiforge loadtest --join`, which writes {"host": …, "port": …} to standard input. What
comes over the network is passed on to an engine, started here as on the other machine, and what
the engine writes is passed back. Two things are different here: files, which come along and are
unpacked into a folder that lasts as long as the test, and the monotonic clock, whose distance to
the other machine's is measured first.
Writes {"state": …} for people, and ends when the load test does or its master is not heard of.

Locust is imported first, as it patches sockets.
"""

import json
import logging
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import gevent
import gevent.event
import gevent.subprocess as subprocess
from clock import now
from gevent.fileobject import FileObject
from hub import MESSAGE
from locust.env import Environment
from locust.runners import WorkerRunner
from luggage import Refused, unpack
from messages import CHANNEL

_PINGS = 20
_PATIENCE = 15.0
_ENGINE = Path(__file__).with_name("engine.py")


class Guest:
    """Stands between the network and an engine."""

    def __init__(self, host: str, port: int, folder: Path) -> None:
        self._folder = folder
        self._engine: subprocess.Popen[bytes] | None = None
        self._pongs: list[tuple[float, float]] = []
        self._pong = gevent.event.Event()
        self._heard = now()
        self.ended = gevent.event.Event()
        self.reason = ""
        environment = Environment(user_classes=[])
        self._runner: WorkerRunner = environment.create_worker_runner(host, port)
        self._runner.register_message(MESSAGE, self._hear)

    def run(self) -> int:
        """Joins, works until the end; the exit code of this process."""
        self._offset, spread = self._compare_clocks()
        self._say({"joined": True})
        CHANNEL.emit("state", f"joined; the clocks agree within {1000 * spread:.2f} ms")
        gevent.spawn(self._keep_listening)
        self.ended.wait()
        if self._engine is not None:
            self._engine.kill()
            self._engine.wait()  # or it might write while its folder is being removed
        CHANNEL.emit("state", self.reason)
        return 0 if self.reason == "the load test is over" else 1

    def end(self, reason: str) -> None:
        self.reason = self.reason or reason
        self.ended.set()

    def _say(self, content: Any) -> None:
        self._runner.send_message(MESSAGE, content)

    def _compare_clocks(self) -> tuple[float, float]:
        """How far this clock is ahead, and how wrong that may be: of the quickest of some pings."""
        for _ in range(_PINGS):
            self._pong.clear()
            self._say({"ping": now()})
            self._pong.wait(1.0)
        if not self._pongs:
            raise SystemExit("the load test does not answer")
        spread, offset = min(self._pongs)
        return offset, spread

    def _hear(self, environment: Environment, msg: Any, **_: Any) -> None:
        content, self._heard = msg.data, now()
        if "pong" in content:
            back, sent = now(), content["pong"]
            self._pongs.append(((back - sent) / 2, (sent + back) / 2 - content["now"]))
            self._pong.set()
        elif "line" in content:
            self._pass_on(json.loads(content["line"]), content["files"])
        elif "interrupt" in content and self._engine is not None:
            self._engine.send_signal(signal.SIGINT)
        elif "end" in content:
            self.end("the load test is over")

    def _pass_on(self, line: dict[str, Any], files: dict[str, str]) -> None:
        if "locustfile" in line:
            try:
                unpack(line, files, self._folder)
            except Refused as error:
                self._say({"dead": f"it refused the files that were sent: {error}"})
                self.end(f"refused what the load test sent: {error}")
                return
        if "begin" in line:
            line["begin"] += self._offset
        if self._engine is None:
            self._engine = self._start()
        assert self._engine.stdin is not None
        self._engine.stdin.write(json.dumps(line).encode() + b"\n")
        self._engine.stdin.flush()

    def _start(self) -> "subprocess.Popen[bytes]":
        engine = subprocess.Popen(
            [sys.executable, str(_ENGINE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        gevent.spawn(self._pass_back, engine)
        return engine

    def _pass_back(self, engine: "subprocess.Popen[bytes]") -> None:
        assert engine.stdout is not None
        for line in engine.stdout:
            self._say({"line": line.decode()})
        self._say({"dead": f"its load generator ended with {engine.wait()}"})

    def _keep_listening(self) -> None:
        """The other side says something each second; silence means that it is no more."""
        while now() - self._heard < _PATIENCE:
            gevent.sleep(1.0)
            self._say({"ping": now()})
        self.end("the load test could not be heard any more")


def main() -> int:
    CHANNEL.reserve()
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    lines = FileObject(sys.stdin.buffer, "rb")
    asked = json.loads(lines.readline())
    CHANNEL.emit("state", f"looking for the load test at {asked['host']}:{asked['port']}")
    with tempfile.TemporaryDirectory() as folder:
        guest = Guest(asked["host"], asked["port"], Path(folder))
        gevent.spawn(lambda: (lines.read(), guest.end("interrupted")))
        code = guest.run()
    sys.stdout.flush()
    # Locust's greenlets would go on trying to reach its master.
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
