"""The load generating processes of a test: started together, watched over, told what to do.

All prepare themselves, then get the same order with the moment it begins. They send interleaved
parts of one schedule, so together they send exactly what a single one would have sent. A worker
that dies ends the test at once: what the others go on sending is not what was asked for.
"""

import json
import queue
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from apiforge.loadtest import awake, machine
from apiforge.loadtest.child import Hire, Inbox, Worker, hire_here
from apiforge.loadtest.outlook import Outlook
from apiforge.loadtest.progress import Progress
from apiforge.loadtest.recording import Recording
from apiforge.loadtest.refusals import refusal
from apiforge.loadtest.validity import warnings
from apiforge.loadtest.workload import Workload

OnProgress = Callable[[Progress], None]
Warn = Callable[[str], None]
Awaited = Literal["ready", "recording"]
# Seconds: between two looks at who is silent, and how long who prepares, tests or ends may be.
_LOOK = 0.5
_PREPARING = 60.0
_SILENCE = 15.0
_FAREWELL = 15.0


class Interrupted(Exception):
    """The user stopped the test before it began."""


@contextmanager
def open_crew(
    workload: Workload,
    on_progress: OnProgress,
    warn: Warn,
    *,
    outlook: Outlook | None = None,
    hire: Hire = hire_here,
) -> Iterator["Crew"]:
    """The processes, for as long as the context lasts; none is left behind."""
    crew = Crew(workload, on_progress, warn, outlook=outlook, hire=hire)
    try:
        yield crew
    finally:
        crew.end()


class Crew:
    """Workers that prepare for a workload's subject and then run one test after another."""

    def __init__(
        self,
        workload: Workload,
        on_progress: OnProgress,
        warn: Warn,
        *,
        outlook: Outlook | None,
        hire: Hire,
    ) -> None:
        """With an `outlook` a test ends early when that says it is lost."""
        self.interrupted = False
        self.aborted: str | None = None
        self._outlook = outlook
        self.capacity: float | None = None
        self.lost: list[str] = []
        self._on_progress = on_progress
        self._warn = warn
        self._timeout = workload.timeout
        self._inbox: Inbox = queue.SimpleQueue()
        self._workers = hire(self._inbox, workload.workers)
        self._heard = dict.fromkeys(self._workers, time.monotonic())
        self._last: Progress | None = None
        self._ready = False
        self._target = workload.target
        origin = secrets.randbits(128) if workload.origin is None else workload.origin
        for number, worker in enumerate(self._workers):
            share = {"worker": number, "workers": workload.workers, "origin": origin}
            worker.tell({**workload.subject(), **share})

    def measure(self, workload: Workload) -> Recording:
        """Runs one test to its end and returns what was measured.

        After a KeyboardInterrupt, or the loss of a worker, it ends early with what there is.
        """
        try:
            if not self._ready:
                self._prepare(workload)
        except Interrupted:
            return self._nothing(workload)
        if self.lost or self.interrupted:
            return self._nothing(workload)
        before = awake.stolen()
        self._begin(workload)
        found = self._gather("recording", workload)
        if not found:
            return self._nothing(workload)
        parts = [Recording.from_json(workload, machine.describe(), part) for part in found]
        merged = Recording.merged(parts)
        stopped_by_us = self.lost or self.aborted or merged.faults
        return replace(
            merged,
            machine={**merged.machine, "stolen": awake.share(before, awake.stolen())},
            interrupted=merged.interrupted and not stopped_by_us,
            aborted=self.aborted,
            lost_workers=self.lost,
            capacity=self.capacity,
            warnings=[*self._warnings(workload), *merged.warnings],
        )

    def _begin(self, workload: Workload) -> None:
        """The same order for all, with a moment that it reaches all of them before."""
        begin = time.monotonic() + max(worker.lead for worker in self._workers)
        watched = self._outlook.watched if self._outlook else []
        for worker in self._workers:
            worker.tell({**workload.order(), "begin": begin, "watched": watched})

    def _prepare(self, workload: Workload) -> None:
        ready = self._gather("ready", workload)
        self._ready = True
        if len(ready) == len(self._workers):
            self.capacity = round(sum(part["capacity"] for part in ready), 1)
        told = [warning for part in ready for warning in part["warnings"]]
        for warning in dict.fromkeys([*told, *self._warnings(workload)]):
            self._warn(warning)

    def _warnings(self, workload: Workload) -> list[str]:
        return warnings(workload, self.capacity) if self.capacity else []

    def end(self) -> None:
        """Makes sure that all are gone."""
        for worker in self._workers:
            worker.end()

    def _gather(self, awaited: Awaited, workload: Workload) -> list[dict[str, Any]]:
        """What each worker answers; of those lost, nothing."""
        found: dict[Worker, dict[str, Any]] = {}
        board: dict[tuple[str, int], list[dict[str, Any]]] = {}
        missing = set(self._workers)
        self._heard = dict.fromkeys(self._workers, time.monotonic())
        while missing:
            try:
                worker, message = self._next(missing)
                if awaited in message:
                    found[worker] = message[awaited]
                    if message[awaited].get("faults"):
                        self._interrupt(missing - {worker})
                elif "progress" in message:
                    self._collect(board, message["progress"], workload)
                    self._abort_if_lost(message["progress"], missing)
                    continue
                elif "error" in message:
                    self._cannot_start(**message["error"])
                else:
                    self._lose(worker, message["lost"], missing)
                missing.discard(worker)
            except KeyboardInterrupt:
                if self.interrupted:
                    raise
                self.interrupted = True
                self._interrupt(missing)
        return [found[worker] for worker in self._workers if worker in found]

    def _next(self, missing: set[Worker]) -> tuple[Worker, dict[str, Any]]:
        """The next message of a worker; {"lost": reason} if it is gone or says nothing more."""
        while True:
            try:
                worker, line = self._inbox.get(timeout=_LOOK)
            except queue.Empty:
                silent = [worker for worker in missing if self._silence(worker) > self._patience]
                if silent:
                    told = f"the load generator said nothing for {self._patience:.0f} s"
                    return silent[0], {"lost": told}
                continue
            if worker not in missing:
                continue
            self._heard[worker] = time.monotonic()
            if not line.endswith(b"\n"):
                return worker, {"lost": worker.reason_of_death()}
            message: dict[str, Any] = json.loads(line)
            return worker, message

    @property
    def _patience(self) -> float:
        if self.interrupted or self.lost or self.aborted:
            return _FAREWELL
        return _SILENCE if self._ready else _PREPARING + self._timeout

    def _silence(self, worker: Worker) -> float:
        return time.monotonic() - self._heard[worker]

    def _collect(
        self,
        board: dict[tuple[str, int], list[dict[str, Any]]],
        line: dict[str, Any],
        workload: Workload,
    ) -> None:
        """Tells of a second when all workers have."""
        key = (line["phase"], line["second"])
        parts = board.setdefault(key, [])
        parts.append(line)
        if len(parts) == len(self._workers):
            rate = workload.expected(line["phase"], line["second"])
            self._last = Progress.merged(board.pop(key), rate=rate)
            self._on_progress(self._last)

    def _abort_if_lost(self, line: dict[str, Any], missing: set[Worker]) -> None:
        reason = self._outlook.hear(line) if self._outlook and not self.aborted else None
        if reason and not self.interrupted and not self.lost:
            self.aborted = reason
            self._interrupt(missing)

    def _lose(self, worker: Worker, reason: str, missing: set[Worker]) -> None:
        if self.interrupted and self._last is None:
            return
        when = f" in second {self._last.second} of {self._last.phase}" if self._last else ""
        count = len(self._workers)
        which = f"{self._workers.index(worker) + 1} of {count}, " if count > 1 else ""
        self.lost.append(f"{which}{reason}{when}")
        self._interrupt(missing - {worker})

    def _interrupt(self, workers: set[Worker]) -> None:
        for worker in workers:
            worker.interrupt()

    def _nothing(self, workload: Workload) -> Recording:
        return Recording(
            workload=workload,
            started=datetime.now(UTC).isoformat(timespec="milliseconds"),
            machine=machine.describe(),
            interrupted=self.interrupted,
            lost_workers=self.lost,
        )

    def _cannot_start(self, kind: str, message: str) -> None:
        if kind == "interrupted":
            if self.interrupted:
                raise Interrupted
            return  # because another one is lost
        raise refusal(kind, message, self._target)
