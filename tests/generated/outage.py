"""Failures of a database's server: it dies and comes back, or it falls silent."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from apiforge.servers.ports import LOOPBACK, is_answering
from apiforge.servers.process import Command, Process, start
from tests.servers.processes import eventually, is_stopped

BACK_WITHIN = 60.0


class ServerOutage:
    """Kills or stops the private server at this URL, and starts the same one again.

    Same program, same port, same data: whatever database it is, as it was started here.
    """

    def __init__(self, url: str) -> None:
        self._port = urlsplit(url).port
        server = self._found()
        assert server is not None, f"nothing of ours listens at port {self._port}"
        self._server = server
        self._command = Command(
            arguments=server.cmdline(),
            directory=Path(server.cwd()),
            environment=server.environ(),
            log=Path(os.devnull),
            user=server.uids().real if os.geteuid() == 0 else None,
        )
        self._again: Process | None = None

    def kill(self) -> None:
        """SIGKILL to the server and all its processes."""
        family = self._family()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family[1:], timeout=BACK_WITHIN)

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Its machine takes what is sent to it, and no process of it does anything."""
        family = self._family()
        try:
            for process in family:
                process.suspend()
            # A thread that waits for the disk is not stopped yet, and the others go on until it is.
            assert eventually(lambda: all(is_stopped(process.pid) for process in family))
            yield
        finally:
            for process in family:
                process.resume()

    def begin(self) -> None:
        """Once more; it takes connections when it is ready."""
        self._again = start(self._command)

    def start(self) -> None:
        """Once more if it has not begun, until it takes connections."""
        deadline = time.monotonic() + BACK_WITHIN
        while time.monotonic() < deadline:
            if self._again is None or self._again.exit_code() is not None:
                self.begin()
            # Asked first: looking through all processes keeps this one from anything else.
            if is_answering(LOOPBACK, self._port) and (found := self._found()):
                self._server = found
                return
            time.sleep(0.05)
        raise AssertionError(f"it did not come back: {self._command.arguments}")

    def restore(self) -> None:
        """Start it unless it runs."""
        if self._found() is None:
            self.start()

    def end(self) -> None:
        """The one that was started again."""
        if self._again is not None:
            self._again.kill()

    def _family(self) -> list[psutil.Process]:
        return [self._server, *self._server.children(recursive=True)]

    def _found(self) -> psutil.Process | None:
        """The process of ours that listens there; its own children may hold the socket too."""
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                ports = {
                    one.laddr.port
                    for one in process.net_connections("tcp")
                    if one.status == psutil.CONN_LISTEN
                }
                if self._port in ports:
                    return process
        return None
