"""`--baseline`: two runs of one load beside each other."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.loadtest.agreement import REPORTS, forms_agree
from tests.loadtest.conftest import Serve
from tests.result_schema import follows_schema

pytestmark = pytest.mark.alone

LOAD = ("--rate", "100", "--duration", "5s", "--warmup", "0s", "--target", "p50<60s")


def command(folder: Path, *arguments: str) -> tuple[int, str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "apiforge", "loadtest", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, json.loads((folder / "agreed.json").read_text())


def test_slower_server_is_a_regression_and_fails_where_asked(serve: Serve, tmp_path: Path) -> None:
    before, now = serve("--delay", "0.05"), serve("--delay", "0.1")
    code, _, first = command(tmp_path, "--url", f"{before}/slow", *LOAD, *REPORTS[:2])
    assert code == 0
    assert len(first["blocks"]) == 5

    code, told, result = command(
        tmp_path,
        *("--url", f"{now}/slow", *LOAD),
        *("--baseline", "latest", "--fail-on-regression", *REPORTS),
    )

    assert code == 3
    assert follows_schema(result)
    found = result["baseline"]
    assert (found["run"], found["answer"]) == (first["run"]["id"], "regressed")
    [p95] = [row for row in found["metrics"] if row["metric"] == "p95"]
    assert p95["baseline"] == first["summary"]["latency_ms"]["p95"]
    assert 1.5 < p95["ratio"] < 2.5
    assert f"Regressed, compared with {first['run']['id']}" in told
    assert 'name="no regression"' in (tmp_path / "agreed.junit").read_text()
    assert forms_agree(tmp_path) == result
    issues = json.loads((tmp_path / "agreed.gitlab").read_text())
    assert [issue["check_name"] for issue in issues] == ["load-test-regression"]


def test_baseline_that_is_not_there_stops_before_anything_starts(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "apiforge", "loadtest", "--url", "http://127.0.0.1:9/"),
            *("--baseline", "latest"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "no stored run" in done.stderr
