"""What `jwt` costs on the read path: CPU per request against the same project without a log-in;
and the memory of a worker after a flood of log-ins, its cache being full.

Both run one worker on SQLite with the same rows and the cache in memory, and write a log line.
Rounds are interleaved; a ratio is taken within its round, and the median and range over the rounds
are printed.
"""

import base64
import json
import os
import secrets
import statistics
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.measuring.calling import request
from benchmarks.measuring.serving import Served, make_project, serve

ROUNDS = 15
LIMIT = 1.10
LONG_AGO = datetime(2020, 1, 1)
LOG_INS = 200
MEGABYTES = 90
THING = "thing: name:string(120) price:decimal(10,2) stock:integer=0 note:text?"
COUNTS = {"hot list of 50": 4000, "hot row": 4000, "list of 50": 800}
USER = {"LOAD_USER_EMAIL": "bench@example.com", "LOAD_USER_PASSWORD": secrets.token_urlsafe(18)}
Requests = Mapping[str, Callable[[int], bytes]]


def token(served: Served) -> str:
    """An access token of the seeded user."""
    body = {"email": USER["LOAD_USER_EMAIL"], "password": USER["LOAD_USER_PASSWORD"]}
    login = urllib.request.Request(
        f"{served.url}/api/v1/auth/login",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(login) as answer:
        return str(json.load(answer)["access_token"])


def requests_of(served: Served, headers: Mapping[str, str]) -> Requests:
    """What is sent for each kind of work; a filter that nobody has used is in no cache."""
    url = f"{served.url}/api/v1/things?limit=50"
    with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers))) as answer:
        row = json.load(answer)["items"][0]["id"]

    def get(path: str) -> bytes:
        plain = request("GET", path).removesuffix(b"\r\n")
        return plain + b"".join(f"{it}: {headers[it]}\r\n".encode() for it in headers) + b"\r\n"

    def moment() -> str:
        passed = LONG_AGO + timedelta(milliseconds=next(fresh))
        return f"{passed.isoformat(timespec='milliseconds')}Z"

    page, one = get("/api/v1/things?limit=50"), get(f"/api/v1/things/{row}")
    fresh = iter(range(1, 10**9))
    return {
        "hot list of 50": lambda _: page,
        "hot row": lambda _: one,
        "list of 50": lambda _: get(f"/api/v1/things?limit=50&created_at__gte={moment()}"),
    }


@contextmanager
def services() -> Iterator[dict[str, tuple[Served, Requests]]]:
    """The project with `jwt` and without, and what is sent to each."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = {}
        for value in ("none", "jwt"):
            flags = ["--database", "sqlite", "--cache", "memory", "--resource", THING]
            project = make_project(folder / value, *flags, "--auth", value)
            python = str(project / ".venv/bin/python")
            key = base64.b64encode(secrets.token_bytes(32)).decode()
            url = f"sqlite:///{folder}/{value}.db"
            environment = {**USER, "DATABASE_URL": url, "JWT_SIGNING_KEY": key, "WORKERS": "1"}
            for task in (["migrate"], ["seed", "--rows", "1000"]):
                command = [python, "-m", "app", *task]
                full = {**os.environ, **environment}
                subprocess.run(command, cwd=project, env=full, check=True, capture_output=True)
            settings = {**environment, "LOG_LEVEL": "INFO", "PORT": "{port}"}
            command = [python, "-m", "app", "serve"]
            served = stack.enter_context(serve(project, *command, environment=settings))
            headers = {"Authorization": f"Bearer {token(served)}"} if value == "jwt" else {}
            running[value] = served, requests_of(served, headers)
        yield running


def main() -> int:
    """Print the table; 1 when the limit is not kept."""
    with services() as running:
        rounds = [one_round(running) for _ in range(ROUNDS + 1)][1:]  # one to warm up
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: token(running["jwt"][0]), range(LOG_INS)))
        memory = running["jwt"][0].megabytes
    print(f"CPU microseconds per request on SQLite, medians of {ROUNDS} interleaved rounds")
    print(f"{'':16}{'auth none':>10}{'jwt':>8}   ratio (range)")
    kept = True
    for kind in COUNTS:
        ratios = [row[kind]["jwt"] / row[kind]["none"] for row in rounds]
        ratio = statistics.median(ratios)
        kept = kept and ratio <= LIMIT
        none, jwt = (statistics.median(row[kind][it] for row in rounds) for it in ("none", "jwt"))
        spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"{kind:16}{none:10.0f}{jwt:8.0f}   {ratio:.2f}x {spread}, at most {LIMIT:.2f}x")
    print(f"memory of a worker after {LOG_INS} log-ins: {memory:.0f} MB, at most {MEGABYTES} MB")
    return 0 if kept and memory <= MEGABYTES else 1


def one_round(running: Mapping[str, tuple[Served, Requests]]) -> dict[str, dict[str, float]]:
    """The cost of every kind of work, on each side in turn."""
    return {
        kind: {
            value: served.cost(requests[kind], count)
            for value, (served, requests) in running.items()
        }
        for kind, count in COUNTS.items()
    }


if __name__ == "__main__":
    raise SystemExit(main())
