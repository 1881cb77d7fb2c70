"""Every result follows the published schema, and the schema knows every key of a result."""

from typing import Any

import pytest
from jsonschema import ValidationError

from apiforge.loadtest.recording import Tally
from apiforge.loadtest.summary import summarize
from apiforge.loadtest.targets import parse
from tests.result_schema import SCHEMA, follows_schema
from tests.unit.loadtest.recordings import histogram, recording
from tests.unit.reports import documents

FAILED = Tally(requests=100, failures=100, dropped=7, failed_times=histogram(*[1.0] * 100))
RUNS: dict[str, dict[str, Any]] = {
    "good": {},
    "every request failed": {"endpoints": {"GET /": FAILED}, "errors": [("GET /", "no", 100)]},
    "nothing measured": {"endpoints": {}, "seconds": [], "cpu": [], "measured": 0.0},
    "never begun": {"endpoints": {}, "seconds": [], "cpu": [], "started": "", "interrupted": True},
    "worker lost": {"lost_workers": ["killed by SIGKILL"]},
}


def result(**changes: Any) -> dict[str, Any]:
    targets = [parse(text) for text in ("p95<1ms", "errors<1%", "throughput>=1/s", "GET /: max<1s")]
    return summarize(recording(**changes), targets)


@pytest.mark.parametrize("name", RUNS)
def test_every_result_follows_it(name: str) -> None:
    assert follows_schema(result(**RUNS[name]))


@pytest.mark.parametrize("name", documents.EVERY)
def test_the_results_that_reports_are_tested_with_follow_it(name: str) -> None:
    assert follows_schema(documents.EVERY[name]())


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_a_result_without_a_promised_key_does_not_follow_it(key: str) -> None:
    document = result()
    del document[key]
    with pytest.raises(ValidationError, match=key):
        follows_schema(document)


@pytest.mark.parametrize("part", ["summary", "verdict", "heatmap"])
def test_every_key_of_a_result_is_described(part: str) -> None:
    assert set(result()[part]) == set(SCHEMA["properties"][part]["properties"])
