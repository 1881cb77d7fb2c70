"""Servers that behave badly in one way each get the verdict they deserve."""

from pathlib import Path

import pytest

from apiforge.errors import TargetUnreachable, UsageError
from apiforge.loadtest import verdict
from tests.loadtest.conftest import Serve, load_test

pytestmark = pytest.mark.alone


def test_steady_server_passes(serve: Serve) -> None:
    result = load_test(f"{serve()}/", "errors<1%", "delivered>=99%", "throughput>=49/s")

    assert result["verdict"] == {"status": "pass", "reasons": ["all 4 targets were met"]}
    assert result["summary"]["requests"] == 50
    assert result["summary"]["achieved_rate"] == 50.0
    assert [second["due"] for second in result["series"]] == [50]


def test_warmup_is_not_measured(serve: Serve) -> None:
    result = load_test(f"{serve()}/", warmup=1.0, rate=20.0)

    assert result["summary"]["requests"] == 20
    assert result["summary"]["achieved_rate"] == 20.0


def test_poisson_arrivals_are_counted_over_the_window(serve: Serve) -> None:
    result = load_test(f"{serve()}/", arrivals="poisson", rate=200.0)

    assert result["summary"]["requests"] == result["summary"]["achieved_rate"]
    assert 100 < result["summary"]["requests"] < 300


def test_server_that_hangs_for_good_half_way_fails(serve: Serve) -> None:
    address = serve("--hang-after", "1")

    result = load_test(f"{address}/", "max<900ms", duration=3.0, timeout=1.0)

    assert verdict.exit_code(result) == 3
    figures = result["summary"]
    assert figures["requests"] == 150
    assert 90 <= figures["failures"] <= 105
    assert 0 < figures["unfinished"] < figures["failures"]
    assert figures["latency_ms"]["p95"] >= 1000
    assert figures["failed_latency_ms"]["max"] is None
    assert any("no answer within 1 s" in reason for reason in result["verdict"]["reasons"])
    assert any("to the end" in reason for reason in result["verdict"]["reasons"])


def test_requests_beyond_the_in_flight_limit_are_dropped_and_judged(serve: Serve) -> None:
    address = serve("--hang-after", "0.3")

    result = load_test(f"{address}/", duration=2.0, timeout=1.5, max_in_flight=20)

    assert verdict.exit_code(result) == 3
    figures = result["summary"]
    assert figures["dropped"] > 0
    assert figures["dropped"] + figures["requests"] == 100
    assert any("could not be sent" in reason for reason in result["verdict"]["reasons"])


def test_server_that_never_was_there_is_unreachable(serve: Serve) -> None:
    with pytest.raises(TargetUnreachable, match="never reachable: connection refused"):
        load_test("http://127.0.0.1:9/")


def test_server_that_accepts_and_never_answers_is_unreachable(serve: Serve) -> None:
    address = serve("--hang-after=-1")
    with pytest.raises(TargetUnreachable, match=r"no answer within 0\.5 s"):
        load_test(f"{address}/", timeout=0.5)


def test_refused_log_in_means_never_ready(serve: Serve, tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text("[login]\npath = '/error'\nbody = {}\n[[requests]]\npath = '/'")

    with pytest.raises(TargetUnreachable, match="not ready: the log-in answered 500"):
        load_test(base_url=serve(), scenario=str(scenario))


def test_wrong_scenario_is_wrong_usage(serve: Serve, tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text("[[requests]]\nwieght = 1\npath = '/'")

    with pytest.raises(UsageError, match="unknown key 'wieght'"):
        load_test(base_url=serve(), scenario=str(scenario))


def test_fast_failures_do_not_pull_latency_down(serve: Serve) -> None:
    result = load_test(f"{serve()}/error", "p50<10s")

    assert verdict.exit_code(result) == 3
    assert result["summary"]["failures"] == 50
    assert result["summary"]["latency_ms"]["p50"] is None
    assert result["summary"]["failed_latency_ms"]["p50"] > 0
    assert result["targets"][1]["observed"] is None
    assert result["errors"] == [{"endpoint": "GET /error", "error": "status 500", "count": 50}]


def test_server_that_goes_away_fails(serve: Serve) -> None:
    address = serve("--exit-after", "0.5")

    result = load_test(f"{address}/", duration=1.5)

    assert verdict.exit_code(result) == 3
    assert 45 < result["summary"]["failures"] < 60
    assert "connection refused" in {error["error"] for error in result["errors"]}


def test_slow_server_misses_its_latency_target(serve: Serve) -> None:
    result = load_test(f"{serve('--delay', '0.3')}/slow", "mean<100ms", "errors<1%")

    assert verdict.exit_code(result) == 3
    assert [target["met"] for target in result["targets"]] == [True, False, True]
    assert result["summary"]["latency_ms"]["min"] >= 300


def test_endpoint_that_does_not_exist_is_a_missed_target(serve: Serve) -> None:
    result = load_test(f"{serve()}/", "GET /nowhere: p50<1s")

    assert verdict.exit_code(result) == 3
    assert "those of this test: GET /" in result["verdict"]["reasons"][0]


def test_low_rates_keep_to_the_window(serve: Serve) -> None:
    result = load_test(f"{serve()}/", rate=2.0, duration=1.0)

    assert result["summary"]["requests"] == 2
    assert result["summary"]["achieved_rate"] == 2.0
