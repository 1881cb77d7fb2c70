import json
from dataclasses import replace

from apiforge.loadtest import targets
from apiforge.loadtest.recording import Recording, Tally
from apiforge.loadtest.summary import summarize
from tests.unit.loadtest.recordings import WORKLOAD, histogram, recording

LATENCIES = {"min", "mean", "p50", "p90", "p95", "p99", "p99_9", "max"}


def test_document_has_the_keys_of_the_contract() -> None:
    document = summarize(recording(), [targets.parse("p95<200ms")], run_id="a", name="b")

    assert document["schema"] == "apiforge.loadtest/1"
    assert document["model"] == "open"
    assert document["target"] == "http://127.0.0.1:1/"
    assert document["started"] == "2026-11-22T12:00:00.000+00:00"
    assert document["verdict"].keys() == {"status", "reasons"}
    assert document["summary"].keys() >= {
        *("requests", "failures", "unfinished", "dropped", "asked_rate", "achieved_rate"),
        *("latency_ms", "service_time_ms", "failed_latency_ms", "percentiles"),
    }
    assert document["summary"]["latency_ms"].keys() == LATENCIES
    assert document["summary"]["service_time_ms"].keys() == LATENCIES
    assert document["summary"]["failed_latency_ms"].keys() == LATENCIES
    assert document["endpoints"][0].keys() >= {
        *("name", "requests", "failures", "latency_ms", "throughput", "failed_latency_ms"),
    }
    assert document["series"][0].keys() >= {
        *("second", "requests", "failures", "p50", "p99"),
        *("due", "succeeded", "dropped", "p95", "max", "in_flight", "lag_ms"),
    }
    assert document["targets"][0].keys() >= {"text", "observed", "met"}
    assert document["generator"].keys() >= {"workers", "cpu", "lag_p99_ms"}
    assert document["run"].keys() >= {
        *("id", "name", "rate", "arrivals", "duration_s", "warmup_s", "timeout_s"),
        *("interrupted", "apiforge"),
    }


def test_figures_are_those_of_the_definitions() -> None:
    tally = Tally(
        requests=90,
        failures=10,
        unfinished=3,
        dropped=10,
        times=histogram(*[10.0] * 80, *[2000.0] * 6),
        failed_times=histogram(*[1.0] * 4),
    )

    figures = summarize(recording(endpoints={"GET /": tally}), [])["summary"]

    assert (figures["requests"], figures["failures"]) == (90, 10)
    assert (figures["unfinished"], figures["dropped"]) == (3, 10)
    assert (figures["asked_rate"], figures["achieved_rate"]) == (10, 8.0)
    assert figures["errors_percent"] == 20.0
    assert figures["latency_ms"]["max"] == 2000.0
    assert figures["failed_latency_ms"]["max"] == 1.0


def test_errors_come_most_frequent_first() -> None:
    errors = [("GET /", "status 500", 1), ("GET /", "no answer within 2 s", 5)]

    document = summarize(recording(errors=errors), [])

    assert [error["count"] for error in document["errors"]] == [5, 1]
    assert document["errors"][0]["endpoint"] == "GET /"


def test_empty_recording_is_strict_json() -> None:
    document = summarize(Recording(workload=WORKLOAD), [targets.parse("p95<1s")])

    json.dumps(document, allow_nan=False)
    assert document["verdict"]["status"] == "invalid"
    assert document["summary"]["latency_ms"]["p95"] is None
    assert document["generator"]["lag_p99_ms"] is None


def test_environment_never_reaches_the_document() -> None:
    secret = replace(WORKLOAD, environment={"LOAD_USER_PASSWORD": "open sesame"})

    assert "sesame" not in json.dumps(summarize(recording(workload=secret), []))
