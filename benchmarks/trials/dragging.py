"""A proxy that holds back what clients send, in a process of its own: no other shares its lock."""

import contextlib
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import PIPE, Popen
from threading import Thread

from apiforge.servers.ports import LOOPBACK, free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Drag:
    """A proxy that runs."""

    port: int
    process: "Popen[str]"

    def hold_back(self, seconds: float) -> None:
        """From now on."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()


@contextmanager
def dragged(target: int) -> Iterator[Drag]:
    """A proxy in front of this port while the context lasts."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.trials.dragging", str(port), str(target)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield Drag(port=port, process=process)
        finally:
            process.kill()


class _Proxy:
    """With threads: the timers of an event loop know no less than a millisecond."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.delay = 0.0

    def serve(self, listener: socket.socket) -> None:
        while True:
            client, _ = listener.accept()
            server = socket.create_connection((LOOPBACK, self._target))
            for source, sink, waits in ((client, server, True), (server, client, False)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                Thread(target=self._pass_on, args=(source, sink, waits), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, waits: bool) -> None:
        with contextlib.suppress(OSError):  # either side may leave at any time
            while data := source.recv(65536):
                if waits and self.delay:
                    time.sleep(self.delay)
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


def main(port: int, target: int) -> None:
    """Serves until standard input ends, each line of which is another delay in seconds."""
    proxy = _Proxy(target)
    with socket.create_server((LOOPBACK, port)) as listener:
        Thread(target=proxy.serve, args=(listener,), daemon=True).start()
        print("listening", flush=True)
        for line in sys.stdin:
            proxy.delay = float(line)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
