"""OpenMetrics text that its own parser reads, and GitLab's, which splits lines like a shell."""

import shlex

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from apiforge.loadtest.reports.openmetrics import openmetrics
from tests.unit.reports import documents

_LATENCY = "apiforge_loadtest_latency_seconds"


def samples(document: documents.Document) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(openmetrics(document))
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.parametrize("name", documents.EVERY)
def test_every_run_is_read_by_the_reference_parser(name: str) -> None:
    assert ("apiforge_loadtest_verdict", "pass") in samples(documents.EVERY[name]())


@pytest.mark.parametrize("name", documents.EVERY)
def test_every_line_is_a_name_and_a_number_to_gitlab(name: str) -> None:
    lines = openmetrics(documents.EVERY[name]()).splitlines()
    split = [shlex.split(line, comments=True) for line in lines]
    assert {len(words) for words in split} == {0, 2}
    assert all(float(words[1]) >= 0 for words in split if words)


def test_times_are_seconds() -> None:
    document = documents.failing()
    found = samples(document)
    assert found[_LATENCY, "p99"] == document["summary"]["latency_ms"]["p99"] / 1000
    assert found["apiforge_loadtest_requests",] == document["summary"]["requests"]


def test_targets_are_met_or_not() -> None:
    found = samples(documents.failing())
    assert found["apiforge_loadtest_target_met", "p95<200ms"] == 0
    assert found["apiforge_loadtest_target_met", "p99<500ms"] == 1
    assert found["apiforge_loadtest_target_observed", "throughput>=150/s", "/s"] == 182.675


def test_what_was_not_measured_is_not_there() -> None:
    assert not [key for key in samples(documents.empty()) if key[0] == _LATENCY]


def test_name_with_a_number_sign_is_whole_for_gitlab() -> None:
    document = documents.passing()
    document["endpoints"][0]["name"] = 'task #1 "x\\y"\n'
    lines = [line for line in openmetrics(document).splitlines() if "task" in line]
    assert {len(shlex.split(line, comments=True)) for line in lines} == {2}


def test_target_that_was_not_judged_is_neither_met_nor_missed() -> None:
    found = samples(documents.unjudged())
    assert ("apiforge_loadtest_target_met", "p99<500ms") not in found
    assert found["apiforge_loadtest_target_met", "p95<200ms"] == 1
