"""Runs the probes of a search for the breakpoint."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apiforge.loadtest import targets as grammar
from apiforge.loadtest import validity
from apiforge.loadtest.breakpoint import GROWTH_LIMIT, Breakpoint, Probe, Search, growth
from apiforge.loadtest.child import Hire, hire_here
from apiforge.loadtest.crew import Crew, OnProgress, Warn, open_crew
from apiforge.loadtest.recording import Recording
from apiforge.loadtest.samples import needed
from apiforge.loadtest.targets import Target
from apiforge.loadtest.workload import Workload

_SHORTEST, _LONGEST = 3.0, 10.0
_PROBES = 20
_CLEAR = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How thorough a search is; `length` and `settle` in seconds, the latter before each probe
    but the first.

    A probe for which the generator is at fault is tried `tries` times. A `careful` search repeats
    what fails narrowly, and says its last word after a longer probe.
    """

    length: float
    settle: float = 1.0
    tries: int = 3
    careful: bool = True


def search_breakpoint(
    workload: Workload,
    targets: Sequence[Target],
    *,
    seconds: float,
    on_progress: OnProgress,
    warn: Warn,
    hire: Hire = hire_here,
) -> Breakpoint:
    """Probes from the workload's rate on, for about `seconds` at most."""
    pace = Pace(length=min(_LONGEST, max(_SHORTEST, seconds / _PROBES)))
    with open_crew(workload, on_progress, warn, hire=hire) as crew:
        return search_with(crew, workload, targets, seconds=seconds, pace=pace)


def search_with(
    crew: Crew,
    workload: Workload,
    targets: Sequence[Target],
    *,
    seconds: float,
    pace: Pace,
    search: Search | None = None,
) -> Breakpoint:
    """The same with a crew that is there already, at another pace, and maybe by other rates."""
    chosen = Search(workload.rate) if search is None else search
    return _Prober(crew, workload, targets, seconds=seconds, pace=pace, search=chosen).find()


class _Prober:
    def __init__(
        self,
        crew: Crew,
        workload: Workload,
        targets: Sequence[Target],
        *,
        seconds: float,
        pace: Pace,
        search: Search,
    ) -> None:
        self._crew = crew
        self._workload = workload
        # A probe is as short as a span, and is judged as one.
        self._targets = [target.over_all for target in grammar.chosen(targets)]
        self._seconds = seconds
        self._pace = pace
        self._length = pace.length
        self._end = time.monotonic() + seconds
        self._search = search
        self._probes: list[Probe] = []
        self._faults: list[str] = []
        self._recordings: dict[float, Recording] = {}
        self._last: Recording | None = None
        self._warmup = workload.warmup
        self._seed = secrets.randbelow(2**31) if workload.seed is None else workload.seed

    def find(self) -> Breakpoint:
        """Probes until the breakpoint is known or the time is over."""
        while not self._is_over():
            rate = self._search.next_rate()
            # One probe takes two lengths with its drain, and the last word three.
            if rate is not None and self._left() > self._reserve * self._length:
                self._search.note(self._sure(rate))
                continue
            # The last word: the rate found must hold for longer, too.
            if not self._search.low or not self._pace.careful:
                break
            probe = self._probe(self._search.low, 2 * self._length, longest=self._left())
            if probe.held or self._is_over():
                break
            self._search.note(probe)
        found = self._recordings.get(self._search.low) or self._last
        if found is None:
            raise AssertionError("a search begins with a probe")
        return Breakpoint(
            recording=replace(found, interrupted=self._crew.interrupted),
            search=self._search,
            probes=tuple(self._probes),
            faults=tuple(self._faults),
        )

    def _is_over(self) -> bool:
        stopped = self._crew.interrupted or self._faults
        least = 2.0 if self._pace.careful else self._reserve
        return bool(stopped) or self._left() < least * self._length

    @property
    def _reserve(self) -> float:
        """Lengths of a probe that must be left to begin another.

        Who is not careful goes on a little longer as long as it is not known what does hold and
        what does not.
        """
        if not self._pace.careful:
            return 1.0 if self._search.uncertainty is not None else -1.0
        return 5.0 if self._search.low else 2.0

    def _left(self) -> float:
        return self._end - time.monotonic()

    def _sure(self, rate: float) -> Probe:
        """A probe that fails narrowly is repeated: it may have been an accident."""
        probe = self._probe(rate, self._length)
        if probe.held or probe.growth > _CLEAR or not self._pace.careful or self._is_over():
            return probe
        return self._probe(rate, self._length)

    def _probe(self, rate: float, seconds: float, longest: float | None = None) -> Probe:
        """Tries a rate; again, when the generator was at fault, until it seems to be for good."""
        faults: list[str] = []
        for _ in range(self._pace.tries):
            begun = time.monotonic()
            recording = self._measure(rate, seconds, longest or self._seconds / _PROBES * 2)
            faults = validity.generator_faults(recording, self._targets)
            if not faults or self._crew.interrupted or recording.lost_workers:
                break
            if not self._pace.careful:
                # Of so little time none is left for the search where one try goes wrong.
                self._end += time.monotonic() - begun
        self._faults = faults
        probe = self._judged(rate, recording)
        if not faults and not self._crew.interrupted:
            self._probes.append(probe)
            self._recordings[rate] = recording
        return probe

    def _measure(self, rate: float, seconds: float, longest: float) -> Recording:
        """Long enough for the percentiles judged, if that is not too long."""
        wanted = max(needed(target) for target in self._targets if not target.endpoint) / rate
        duration = max(seconds, min(wanted, longest))
        self._seed += 1
        self._last = self._crew.measure(
            replace(
                self._workload,
                rate=rate,
                stages=(),
                duration=duration,
                warmup=self._warmup,
                seed=self._seed,
                max_in_flight=0,
            )
        )
        self._warmup = self._pace.settle
        return self._last

    def _judged(self, rate: float, recording: Recording) -> Probe:
        missed = [
            judgement.reason
            for judgement in grammar.judge(self._targets, recording)
            if not judgement.met
        ]
        slope = growth(recording)
        if slope > GROWTH_LIMIT:
            missed.append(f"requests piled up: latency grew by {1000 * slope:.0f} ms each second")
        times = recording.whole().times
        p95, mean = times.percentile(95), times.mean()
        return Probe(
            rate=rate,
            held=not missed,
            growth=slope,
            reason="; ".join(missed),
            p95_ms=None if p95 is None else round(p95 / 1000, 3),
            mean_ms=None if mean is None else round(mean / 1000, 3),
            seconds=round(recording.measured, 1),
        )
