"""The service's own numbers while it is tested: its `/metrics`, asked for about once a second."""

import http.client
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from apiforge.runs.exposition import Sample, per_second, read_sample

PATH = "/metrics"
_EVERY = 1.0
_PATIENCE = 2.0


@dataclass(slots=True)
class ServerWatch:
    """What was seen, in the order it was seen."""

    samples: list[Sample] = field(default_factory=list)
    failures: int = 0

    def observed(self, started: str, seconds: int) -> dict[str, Any] | None:
        """The `server` part of a result whose window began at `started`, an RFC 3339 time; None
        where the service offered nothing, or the window never began."""
        if not self.samples or not started:
            return None
        begin = datetime.fromisoformat(started).timestamp()
        return {
            "source": PATH,
            "scrapes": len(self.samples),
            "failures": self.failures,
            "series": per_second(self.samples, begin=begin, seconds=seconds),
        }


@contextmanager
def watch_server(url: str | None, *, token: str | None) -> Iterator[ServerWatch]:
    """Watches the service at this address in a thread of its own, while the context lasts.

    Nothing is watched without an address, or if what answers there offers no numbers we know.
    """
    watch = ServerWatch()
    if url is None:
        yield watch
        return
    stopped = threading.Event()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    worker = threading.Thread(target=_follow, args=(watch, url, headers, stopped), daemon=True)
    worker.start()
    try:
        yield watch
    finally:
        stopped.set()
        worker.join(2 * _PATIENCE)


def _follow(
    watch: ServerWatch, url: str, headers: Mapping[str, str], stopped: threading.Event
) -> None:
    """Ends after the first look if there is nothing to see, else with one last look."""
    connection = _connection(url)
    due = time.monotonic()
    try:
        while True:
            is_last = stopped.wait(max(0.0, due - time.monotonic()))
            due = max(due + _EVERY, time.monotonic())
            sample = _look(connection, headers)
            if sample is not None:
                watch.samples.append(sample)
            elif not watch.samples:
                return
            else:
                watch.failures += 1
            if is_last:
                return
    finally:
        connection.close()


def _look(connection: http.client.HTTPConnection, headers: Mapping[str, str]) -> Sample | None:
    """One sample, taken at the middle of its request. The connection is kept, so that of several
    workers it is always the same one that answers."""
    begun = time.time()
    try:
        connection.request("GET", PATH, headers=dict(headers))
        response = connection.getresponse()
        text = response.read().decode("utf-8", errors="replace")
    except (OSError, http.client.HTTPException):
        connection.close()
        return None
    if response.status != HTTPStatus.OK:
        return None
    return read_sample(text, at=(begun + time.time()) / 2)


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=_PATIENCE)
