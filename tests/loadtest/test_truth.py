"""The truth of every kind of bad server: what is reported is what the server's own log says.

A test that calls itself invalid, as its generator was late, says nothing and is made again. Any
other must be right: status, reasons, exit code, counts, and percentiles within 2 % or 2 ms.
"""

import os
from collections.abc import Iterator

import pytest

from apiforge.errors import TargetUnreachable
from apiforge.loadtest import summary, targets
from apiforge.loadtest.crew import Crew, open_crew
from apiforge.loadtest.runner import ignore_progress, ignore_warning
from tests.loadtest.conftest import load_test
from tests.loadtest.logged import Logged, logged_server
from tests.loadtest.truth import Case, Outcome
from tests.loadtest.truth_table import Table

pytestmark = pytest.mark.alone

AGAIN = 3
# What behaves much the same each time is tested once; `make truth` does it ten times, too.
FEW = range(int(os.environ.get("TRUTH_SEEDS", "1")))
MANY = range(max(10, len(FEW)))

REST = Case(mode="steady", status="pass", reason="", seconds=0.5)
MET = "the target was met"
CASES = [
    Case(mode="steady", status="pass", reason=MET, seeds=FEW),
    Case(
        mode="stall",
        status="fail",
        reason=r"max was \d+ms",
        target="max<300ms",
        seconds=10.0,
        timeout=3.0,
        seeds=FEW,
    ),
    Case(mode="hang", status="fail", reason=r"\d+ of 200 requests got no answer", seeds=FEW),
    Case(mode="slower", status="fail", reason=r"max was \d+ms", target="max<100ms", seeds=FEW),
    Case(mode="reset", status="fail", reason="connection reset by peer", seeds=FEW),
    Case(mode="close", status="pass", reason=MET, seeds=FEW),
    Case(mode="half", status="fail", reason="before the answer was complete", seeds=FEW),
    Case(mode="error", status="fail", reason="status 500", seeds=FEW),
    Case(mode="redirect", status="fail", reason="redirects are not followed", seeds=FEW),
    Case(mode="away", status="fail", reason=r"errors was [\d.]+%", seeds=FEW),
    Case(mode="headers", status="pass", reason=MET, seeds=FEW),
    Case(
        mode="lognormal",
        status="pass",
        reason=MET,
        seconds=1.0,
        rate=200.0,
        timeout=5.0,
        seeds=MANY,
    ),
    Case(mode="late", status="pass", reason=MET, seconds=1.0, rate=200.0, timeout=5.0, seeds=MANY),
]


class Bench:
    """One server and one load generator for all: starting them is what takes long."""

    def __init__(self, server: Logged, crew: Crew) -> None:
        self._server = server
        self._crew = crew

    def outcome(self, case: Case, seed: int) -> Outcome:
        outcome = self._measured(case, seed, again=0)
        while outcome.status == "invalid" and outcome.again < AGAIN:
            outcome = self._measured(case, seed, again=outcome.again + 1)
        return outcome

    def _measured(self, case: Case, seed: int, *, again: int) -> Outcome:
        self._server.behave(case.mode, seed)
        recording = self._crew.measure(case.workload(self._server.url, seed))
        log = self._server.behave(REST.mode)
        result = summary.summarize(recording, [targets.parse(case.target)])
        return Outcome(case=case, seed=seed, result=result, log=log, again=again)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with logged_server() as server:
        first = REST.workload(server.url, 0)
        with open_crew(first, ignore_progress, ignore_warning) as crew:
            crew.measure(first)
            yield Bench(server, crew)


@pytest.mark.parametrize("case", CASES, ids=[case.mode for case in CASES])
def test_bad_server_is_reported_as_it_was(case: Case, bench: Bench, table: Table) -> None:
    outcomes = [bench.outcome(case, seed) for seed in case.seeds]

    table.add(outcomes)
    wrong = {outcome.seed: outcome.complaints() for outcome in outcomes}
    assert {seed: complaints for seed, complaints in wrong.items() if complaints} == {}


def test_server_that_refuses_is_unreachable(table: Table) -> None:
    codes = [exit_code_of_refused() for _ in FEW]

    table.add_refused(codes, right=5)
    assert set(codes) == {5}


def exit_code_of_refused() -> int:
    with pytest.raises(TargetUnreachable, match="connection refused") as refused:
        load_test("http://127.0.0.1:9/")
    return refused.value.exit_code
