"""The whole loop as a user types it: a new project, a load test of it, a verdict."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generated.conftest import Boot, MakeProject

pytestmark = pytest.mark.alone

DOCUMENT_KEYS = {
    *("schema", "started", "target", "model", "verdict", "summary", "endpoints", "errors"),
    *("series", "targets", "generator", "machine"),
}
LATENCY_KEYS = {"min", "mean", "p50", "p90", "p95", "p99", "p99_9", "max"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project for all tests here: making its environment takes longest."""
    directory = tmp_path_factory.mktemp("loop")
    command = [sys.executable, "-m", "apiforge", "new", "shop", "--yes"]
    subprocess.run(command, cwd=directory, check=True, capture_output=True)
    return directory / "shop"


def loadtest(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "apiforge", "loadtest", str(project), *arguments]
    short = ["--rows", "200", "--warmup", "1s", "--duration", "4s"]
    return subprocess.run([*command, *short], capture_output=True, text=True, check=False)


def test_a_project_that_meets_its_targets_passes_and_is_reported_again(shop: Path) -> None:
    file = shop.parent / "result.json"
    targets = ("--target", "p95<5s", "--target", "p99<5s")
    done = loadtest(shop, "--rate", "130", *targets, "--json", str(file))

    assert done.returncode == 0, done.stderr
    document = json.loads(file.read_text())
    assert set(document) >= DOCUMENT_KEYS
    assert document["schema"] == "apiforge.loadtest/1"
    assert document["verdict"]["status"] == "pass"
    summary = document["summary"]
    assert summary["requests"] == 520
    assert summary["failures"] == summary["unfinished"] == summary["dropped"] == 0
    assert set(summary["latency_ms"]) >= LATENCY_KEYS
    methods = {endpoint["name"].split()[0] for endpoint in document["endpoints"]}
    assert methods >= {"GET", "POST", "PATCH"}
    assert document["errors"] == []
    assert "report.html" in done.stdout

    command = [sys.executable, "-m", "apiforge", "report", "latest", "--project", str(shop)]
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert document["run"]["id"] in again.stdout
    assert "p95" in again.stdout


def test_a_target_that_is_missed_fails(shop: Path) -> None:
    done = loadtest(shop, "--rate", "130", "--target", "p95<1us", "--json", "-")

    assert done.returncode == 3, done.stderr
    document = json.loads(done.stdout)
    assert document["verdict"]["status"] == "fail"
    missed = [target["text"] for target in document["targets"] if not target["met"]]
    assert "p95<1us" in missed


def test_a_project_that_cannot_start_was_never_ready(make_project: MakeProject) -> None:
    project = make_project()
    (project / "app" / "main.py").write_text("raise RuntimeError('the flux is off')\n")

    done = loadtest(project)

    assert done.returncode == 5
    assert "the flux is off" in done.stderr
    assert "hint:" in done.stderr


def test_plain_locust_replays_the_scenario(make_project: MakeProject, boot: Boot) -> None:
    """The owner may leave us and keep the scenario."""
    project = make_project()
    with boot(project) as live:
        credentials = {
            "LOAD_USER_EMAIL": live.exercise.email,
            "LOAD_USER_PASSWORD": live.exercise.password,
        }
        arguments = ["--headless", "-u", "2", "-t", "5s", "--host", str(live.client.base_url)]
        done = subprocess.run(
            [sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", *arguments],
            cwd=project,
            env={**os.environ, **credentials},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stderr  # locust exits with 1 after a single failure
    assert "Aggregated" in done.stdout + done.stderr
