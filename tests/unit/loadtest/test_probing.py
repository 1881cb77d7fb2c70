"""What a search for the breakpoint does with its time; the clock and the load are made up."""

from types import SimpleNamespace
from typing import Any

import pytest

from apiforge.loadtest import probing
from apiforge.loadtest.breakpoint import Breakpoint, Search
from apiforge.loadtest.probing import Pace, search_with
from apiforge.loadtest.recording import Recording
from apiforge.loadtest.targets import parse
from apiforge.loadtest.workload import Workload
from tests.unit.loadtest.recordings import WORKLOAD, histogram, recording

TOOK = 4.0
CAPACITY = 130


class Crew:
    """A measurement takes TOOK seconds; answers are late above CAPACITY. `spoiled` ones, by number,
    are the generator's own fault."""

    def __init__(self, *spoiled: int) -> None:
        self.now = 0.0
        self.interrupted = False
        self.measured = 0
        self._spoiled = spoiled

    def measure(self, workload: Workload) -> Recording:
        self.now += TOOK
        self.measured += 1
        found = recording(
            faults=["the generator was late"] if self.measured in self._spoiled else []
        )
        if workload.rate > CAPACITY:
            found.endpoints["GET /"].times = histogram(*[900.0] * 100)
        return found


def searched(
    monkeypatch: pytest.MonkeyPatch, crew: Any, *, seconds: float, careful: bool
) -> Breakpoint:
    monkeypatch.setattr(probing, "time", SimpleNamespace(monotonic=lambda: crew.now))
    return search_with(
        crew,
        WORKLOAD,
        [parse("p95<200ms")],
        seconds=seconds,
        pace=Pace(length=3.0, tries=2, careful=careful),
        search=Search(100, stride=1.2),
    )


def test_a_spoiled_try_takes_none_of_a_short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    smooth = searched(monkeypatch, Crew(), seconds=8, careful=False)
    spoiled = searched(monkeypatch, Crew(1, 3), seconds=8, careful=False)

    assert [probe.held for probe in smooth.probes] == [True, True, False]
    assert spoiled.probes == smooth.probes


def test_a_careful_search_keeps_to_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    crew = Crew(1)
    searched(monkeypatch, crew, seconds=20, careful=True)

    assert crew.measured == 3  # the spoiled one, the same again, and the last word
