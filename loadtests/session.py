"""One test from the first request to the last answer, with its progress."""

import gc
import json
from datetime import UTC, datetime
from random import Random
from typing import Any

import gevent
from clock import arrivals, make_alarm, now
from load import Load
from prepare import Work
from recorder import Recorder
from watch import Watch

_LOOK = 0.1


class Session:
    """Warm-up, the measured window, the drain."""

    def __init__(self, workload: dict[str, Any], work: Work) -> None:
        self._workload = workload
        self._load = Load(
            work.origin,
            work.choose,
            work.answered,
            timeout=workload["timeout"],
            limit=workload["max_in_flight"],
        )
        self._names = work.names
        self._watch = Watch()
        self._phase, self._second = ("warmup", now(), workload["warmup"]), 0
        self._recorder = Recorder(work.names, now(), workload["warmup"])
        self.recording: dict[str, Any] | None = None

    def stop(self) -> None:
        """Ends early; what was measured so far is kept."""
        self._load.stop()

    def run(self) -> None:
        """Runs the test; afterwards `recording` holds what was measured."""
        workload, load = self._workload, self._load
        choices = Random(workload["seed"])
        gaps = Random(f"arrivals {workload['seed']}")
        alarm = make_alarm()
        # What exists now lives to the end: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        ticker = gevent.spawn(self._tick)
        begin = now() + 0.05
        for phase, seconds in (("warmup", workload["warmup"]), ("measure", workload["duration"])):
            end = begin + seconds
            self._enter(phase, begin, seconds)
            load.sleep_until(begin, alarm)
            self._watch.cpu()
            moments = arrivals(workload["arrivals"], workload["rate"], begin, end, gaps)
            load.run(moments, alarm, self._recorder, choices, end=end)
            load.sleep_until(end, alarm)
            self._report_due(end)
            begin = end
        if not self._recorder.cpu:
            self._recorder.cpu.append(round(self._watch.cpu(), 4))
        measured = max(0.0, min(now() - self._recorder.start, workload["duration"]))
        self._phase, self._second = ("drain", now(), workload["timeout"]), 0
        load.drain()
        ticker.kill()
        load.close()
        alarm.close()
        self.recording = self._finished(measured)

    def _enter(self, phase: str, begin: float, seconds: float) -> None:
        if self._load.interrupted:
            seconds = 0.0
        self._phase, self._second = (phase, begin, seconds), 0
        self._recorder = Recorder(self._names, begin, seconds)
        self._started = datetime.now(UTC)

    def _finished(self, measured: float) -> dict[str, Any]:
        return {
            "started": self._started.isoformat(timespec="milliseconds"),
            "measured": measured,
            "interrupted": self._load.interrupted,
            "clock_jumps": self._watch.jumps,
            **self._recorder.as_json(),
        }

    def _tick(self) -> None:
        while True:
            gevent.sleep(_LOOK)
            self._watch.look()
            self._report_due(now())

    def _report_due(self, moment: float) -> None:
        """Reports once for each full second of the phase."""
        if moment >= self._phase[1] + self._second + 1:
            self._second += 1
            self._report(self._second)

    def _report(self, second: int) -> None:
        recorder, (phase, _, seconds) = self._recorder, self._phase
        cpu = self._watch.cpu()
        if phase == "measure":
            recorder.cpu.append(round(cpu, 4))
        last = recorder.seconds[min(second, len(recorder.seconds)) - 1]
        tallies = recorder.endpoints.values()
        line = {
            "phase": phase,
            "second": second,
            "of": seconds,
            "due": recorder.due,
            "requests": sum(tally.requests for tally in tallies),
            "failures": sum(tally.failures for tally in tallies),
            "dropped": sum(tally.dropped for tally in tallies),
            "in_flight": self._load.in_flight,
            "achieved": last.requests - last.failures,
            "times": last.times.as_json(),
            "cpu": cpu,
            "lag": last.lag,
        }
        emit("progress", line)


def emit(kind: str, content: dict[str, Any]) -> None:
    """Writes one line to the parent process."""
    print(json.dumps({kind: content}, separators=(",", ":")), flush=True)
