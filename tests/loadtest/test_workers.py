"""Several load generating processes together are as good as one; without one of them, nothing."""

import itertools
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from apiforge.loadtest import runner, verdict
from apiforge.loadtest.progress import Progress
from apiforge.loadtest.workload import Workload
from tests.loadtest.conftest import Serve, load_test
from tests.loadtest.test_generator_faults import engine_of, once_measuring

UNIQUE = """
[[requests]]
name = "make"
method = "POST"
path = "/logged/{unique:4}"
body = {sku = "{unique:4}", email = "{email}"}
[[requests]]
name = "replace"
method = "PUT"
path = "/logged/{unique:4}"
body = {sku = "{unique:4}", email = "{email}"}
"""


@pytest.mark.parametrize("arrivals", ["constant", "poisson"])
def test_workers_send_together_what_one_would_send(serve: Serve, arrivals: str) -> None:
    settings = {"rate": 100.0, "duration": 2.0, "arrivals": arrivals, "seed": 7}
    address = serve()

    alone = load_test(f"{address}/", **settings)
    together = load_test(f"{address}/", workers=3, **settings)

    assert together["verdict"]["status"] == "pass"
    assert together["generator"]["workers"] == 3
    assert len(together["generator"]["cpu_per_worker"]) == 3
    assert together["generator"]["cpu"] == max(together["generator"]["cpu_per_worker"])
    assert together["summary"]["requests"] == alone["summary"]["requests"]
    assert [part["due"] for part in together["series"]] == [part["due"] for part in alone["series"]]


@pytest.mark.alone
def test_workers_keep_one_even_schedule(serve: Serve, tmp_path: Path) -> None:
    log = tmp_path / "log"
    address = serve("--log", str(log))

    load_test(f"{address}/", rate=50.0, duration=2.0, workers=2)

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    came = sorted(line["received"] for line in lines)[-100:]
    gaps = sorted(after - before for before, after in itertools.pairwise(came))
    assert gaps[len(gaps) // 2] == pytest.approx(0.02, abs=0.004)


def test_unique_values_are_unique_across_workers(serve: Serve, tmp_path: Path) -> None:
    scenario, log = tmp_path / "scenario.toml", tmp_path / "log"
    scenario.write_text(UNIQUE)

    result = load_test(
        base_url=serve("--log", str(log)), scenario=str(scenario), rate=400.0, workers=3
    )

    assert result["summary"]["failures"] == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    texts = [line["path"] + line["body"] for line in lines if line["path"] != "/"]
    values = [
        word for text in texts for word in re.findall(r"(?<=[/\"])[0-9a-z]{4}(?=[\"{])", text)
    ]
    assert len(values) == 800
    assert len(set(values)) == 800


def test_killed_worker_of_two_ends_the_test_at_once(serve: Serve) -> None:
    begun = time.monotonic()

    result = load_test(
        f"{serve()}/", duration=60.0, workers=2, on_progress=once_measuring(psutil.Process.kill)
    )

    assert verdict.exit_code(result) == 4
    assert result["verdict"]["reasons"] == [
        "worker lost: 1 of 2, the load generator was killed by SIGKILL in second 1 of measure"
    ]
    assert not result["run"]["interrupted"]
    assert result["generator"]["workers"] == 2
    # What the other one measured is kept.
    assert result["summary"]["requests"] >= 25
    assert time.monotonic() - begun < 20


def test_killed_worker_of_two_makes_the_command_exit_4(serve: Serve, tmp_path: Path) -> None:
    command = ["loadtest", "--url", f"{serve()}/", "--workers", "2", "--warmup", "0s"]
    with subprocess.Popen(
        [sys.executable, "-m", "apiforge", *command, "--duration", "10m"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        next(line for line in running.stderr if line.startswith("measure"))
        engine_of(psutil.Process(running.pid)).kill()
        stdout, _ = running.communicate(timeout=20)

    assert running.returncode == 4
    assert "INVALID" in stdout
    assert "killed by SIGKILL" in stdout


def test_no_worker_is_left_running(serve: Serve) -> None:
    def engines(_progress: Progress) -> None:
        children = psutil.Process().children()
        found.extend(child for child in children if "engine.py" in " ".join(child.cmdline()))

    found: list[psutil.Process] = []
    runner.run(
        Workload(url=f"{serve()}/", duration=1.0, warmup=0.0, workers=2), on_progress=engines
    )

    assert len(set(found)) == 2
    assert [engine for engine in found if engine.is_running()] == []
