"""Ways for a database to fail: the server dies and comes back, falls silent, the network stalls."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from apiforge.servers.ports import LOOPBACK, free_port

BACK_WITHIN = 60.0


class PostgresqlOutage:
    """Kills a private server and starts the same one again: same port, same data."""

    def __init__(self, directory: Path) -> None:
        self._data = directory / "postgresql" / "data"
        postmaster = psutil.Process(self._pid())
        self._arguments = postmaster.cmdline()
        self._program = postmaster.exe()
        self._user = postmaster.uids().real
        self._environment = postmaster.environ()
        self._again: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        """SIGKILL to the server and all its processes."""
        psutil.wait_procs(self._signal(signal.SIGKILL)[1:], timeout=BACK_WITHIN)

    @contextmanager
    def silence(self) -> Iterator[None]:
        """The server's machine takes what is sent to it, and no process of it does anything."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def start(self) -> None:
        """Once more, until it takes connections."""
        deadline = time.monotonic() + BACK_WITHIN
        while time.monotonic() < deadline:
            self._again = subprocess.Popen(
                self._arguments,
                executable=self._program,
                user=self._user,
                cwd=self._data,
                env=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            while self._again.poll() is None and time.monotonic() < deadline:
                if self._is_ready():
                    return
                time.sleep(0.05)
        raise AssertionError("PostgreSQL did not come back")

    def end(self) -> None:
        """The one that was started again."""
        if self._again is not None and self._again.poll() is None:
            self._again.send_signal(signal.SIGINT)
            self._again.wait(timeout=BACK_WITHIN)

    def _signal(self, number: signal.Signals) -> list[psutil.Process]:
        postmaster = psutil.Process(self._pid())
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        return family

    def _pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().splitlines()[0])

    def _is_ready(self) -> bool:
        with suppress(FileNotFoundError):
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            mine = self._again is not None and lines[:1] == [str(self._again.pid)]
            return mine and len(lines) > 7 and lines[7].strip() == "ready"
        return False


class Proxy:
    """Passes TCP on, `delay` seconds late; nothing at all while it is `stalled`."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self.port = free_port()
        self.delay = 0.0
        self.stalled = False
        self._listener = socket.create_server((LOOPBACK, self.port))
        self._listener.settimeout(0.2)
        self._open = True
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._open = False
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while self._open:
            with suppress(TimeoutError):
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while self._open and (data := source.recv(65536)):
                time.sleep(self.delay)
                while self.stalled and self._open:
                    time.sleep(0.02)
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy_to(host: str, port: int) -> Iterator[Proxy]:
    """A proxy while the context lasts."""
    proxy = Proxy(host, port)
    try:
        yield proxy
    finally:
        proxy.close()


def is_root() -> bool:
    return os.geteuid() == 0
