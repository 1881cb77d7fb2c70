"""Other loads than one constant rate: users who wait, rates that change, the search for a limit."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from apiforge.loadtest import verdict
from tests.loadtest.conftest import Serve, load_test

pytestmark = pytest.mark.alone


def command(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Runs `apiforge loadtest`: its exit code and result."""
    done = subprocess.run(
        [sys.executable, "-m", "apiforge", "loadtest", *arguments, "--json", "-"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_users_wait_for_answers_and_think(serve: Serve) -> None:
    address = serve("--delay", "0.1")

    result = load_test(f"{address}/slow", users=10, think_time=0.1, duration=3.0, warmup=0.5)

    assert result["model"] == "closed"
    assert result["verdict"]["status"] == "pass"
    assert result["summary"]["asked_rate"] is None
    assert (result["run"]["rate"], result["run"]["users"]) == (None, 10)
    # Each user asks every 200 ms.
    assert result["summary"]["requests"] == pytest.approx(150, rel=0.15)
    assert max(second["in_flight"] for second in result["series"]) <= 10
    assert 100 <= result["summary"]["latency_ms"]["p50"] < 150
    assert result["summary"]["latency_ms"] == result["summary"]["service_time_ms"]


def test_users_are_shared_out_between_workers(serve: Serve) -> None:
    address = serve("--delay", "0.2")

    result = load_test(f"{address}/slow", users=5, workers=2, duration=2.0, warmup=0.5)

    assert result["verdict"]["status"] == "pass"
    assert result["summary"]["requests"] == pytest.approx(50, rel=0.15)
    assert max(second["in_flight"] for second in result["series"]) == 5


def test_users_of_a_hung_server_fail(serve: Serve) -> None:
    address = serve("--hang-after", "0.5")

    result = load_test(f"{address}/", users=4, think_time=0.05, duration=2.0, timeout=1.0)

    assert verdict.exit_code(result) == 3
    # All four wait in vain, and once more.
    assert 4 <= result["summary"]["failures"] <= 8
    assert result["summary"]["latency_ms"]["max"] >= 1000


def test_users_of_a_dead_server_do_not_spin(serve: Serve) -> None:
    # On a calm machine thousands are answered before it dies, and they would hide the few failures.
    address = serve("--exit-after", "0.3")

    result = load_test(f"{address}/", "errors<0.001%", users=5, duration=2.0)

    assert verdict.exit_code(result) == 3
    assert "connection refused" in {error["error"] for error in result["errors"]}
    assert result["summary"]["failures"] < 200


def test_stages_ramp_evenly(serve: Serve) -> None:
    result = load_test(f"{serve()}/", stages=((2.0, 40.0), (0.0, 10.0), (1.0, 10.0)))

    assert result["model"] == "open"
    assert [second["due"] for second in result["series"]] == [10, 30, 10]
    assert result["summary"]["asked_rate"] == pytest.approx(50 / 3, abs=0.01)
    assert result["summary"]["requests"] == 50
    assert result["run"]["stages"] == "2s:40, 0s:10, 1s:10"


def test_load_beyond_the_knee_is_a_result(serve: Serve) -> None:
    address = serve("--slots", "4", "--service", "0.1")

    result = load_test(
        f"{address}/slots", "p95<500ms", "errors<1%", stages=((2.0, 160.0), (2.0, 160.0)), timeout=1
    )

    assert verdict.exit_code(result) == 3
    assert result["summary"]["achieved_rate"] < 45
    assert any("p95 was" in reason for reason in result["verdict"]["reasons"])


def test_smoke_judges_only_what_few_requests_can_show(serve: Serve, tmp_path: Path) -> None:
    code, result = command(
        tmp_path,
        *("--url", f"{serve()}/", "--profile", "smoke", "--duration", "2s", "--warmup", "0s"),
        *("--target", "p99<1s", "--target", "p50<60s", "--target", "errors<1%"),
    )

    assert code == 0
    assert result["run"]["profile"] == "smoke"
    assert result["summary"]["requests"] == 10
    assert [target["text"] for target in result["targets"]] == ["p50<60s", "errors<1%"]


def test_breakpoint_of_a_known_capacity_is_found_within_5_percent(
    serve: Serve, tmp_path: Path
) -> None:
    address = serve("--slots", "10", "--service", "0.1")  # 100 requests per second

    code, result = command(
        tmp_path,
        *("--url", f"{address}/slots", "--profile", "breakpoint", "--duration", "45s"),
        *("--rate", "60", "--warmup", "1s", "--target", "p95<3s"),
    )

    found = result["run"]["breakpoint"]
    assert code == 0, result["verdict"]
    assert result["verdict"]["status"] == "pass"
    assert found["rate"] == pytest.approx(100, rel=0.05)
    assert found["uncertainty_percent"] <= 5
    assert found["rate"] <= 105 and found["first_broken_rate"] >= 95
    assert any(not probe["held"] for probe in found["probes"])


def test_breakpoint_below_what_is_required_fails(serve: Serve, tmp_path: Path) -> None:
    address = serve("--slots", "2", "--service", "0.1")  # 20 requests per second

    code, result = command(
        tmp_path,
        *("--url", f"{address}/slots", "--profile", "breakpoint", "--duration", "24s"),
        *("--rate", "40", "--warmup", "0s", "--target", "p50<3s", "--timeout", "3s"),
    )

    assert code == 3
    assert "below the 40 requests/s" in result["verdict"]["reasons"][0]
