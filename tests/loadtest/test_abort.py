"""`--abort-on-fail`: a lost test ends early, one that had an accident does not."""

import json
import math
import subprocess
import sys
from pathlib import Path

from apiforge.loadtest import verdict
from tests.loadtest.conftest import Serve, load_test


def test_lost_test_ends_early_and_says_so(serve: Serve, tmp_path: Path) -> None:
    address = serve("--hang-after", "1")

    done = subprocess.run(
        [
            *(sys.executable, "-m", "apiforge", "loadtest", "--url", f"{address}/"),
            *("--duration", "2m", "--warmup", "0s", "--timeout", "1s", "--workers", "2"),
            *("--target", "p50<60s", "--target", "GET /: errors<1%", "--json", "-"),
            *("--abort-on-fail", "--abort-after", "3s"),
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 3
    result = json.loads(done.stdout)
    run, figures = result["run"], result["summary"]
    assert result["verdict"]["status"] == "fail"
    assert result["verdict"]["reasons"][0] == run["aborted"]
    assert "of 120 s: GET /: errors<1% was out of reach" in run["aborted"]
    assert run["interrupted"] is False
    # 60 errors in 6,000 requests, so at about 3.2 s
    assert 3 <= run["measured_s"] < 8
    assert len(result["series"]) == math.ceil(run["measured_s"])
    answered = figures["requests"] - figures["failures"]
    assert abs(figures["achieved_rate"] - answered / run["measured_s"]) < 0.01


def test_stalls_end_no_test_that_bears_them(serve: Serve) -> None:
    address = serve("--stall", "0.5", "--period", "1.5")

    result = load_test(f"{address}/stall", "mean<600ms", duration=3.0, abort_after=0.0)

    assert result["run"]["aborted"] is None
    assert result["run"]["measured_s"] == 3.0
    assert verdict.exit_code(result) == 0
