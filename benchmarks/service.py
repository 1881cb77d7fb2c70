"""The generated service against the common template, and against hardly any framework at all.

CPU per request: same work, same server. All run one worker on one PostgreSQL with the same rows,
write a log line, count metrics and add headers. Rounds are interleaved; a ratio is taken within its
round, and the median and range over the rounds are printed.
"""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from apiforge.servers import postgresql
from apiforge.servers.directory import throw_away_directory
from benchmarks.measuring.calling import request
from benchmarks.measuring.serving import Served, install, make_project, serve

ROUNDS = 7
ROWS = 10_000
THING = "thing: name:string(120) price:decimal(10,2) stock:integer=0 note:text?"
BODY = b'{"name": "A thing", "price": "12.50", "stock": 3, "note": "Some words."}'
COUNTS = {"one row": 500, "list of 50": 250, "insert": 300, "hot list": 250}
"""Requests in a round; four times as many to those that need little."""
TEMPLATE, BARE = "template", "bare"
LIMITS = {
    (TEMPLATE, "one row"): 7.0,
    (TEMPLATE, "list of 50"): 5.0,
    (TEMPLATE, "insert"): 7.0,
    (TEMPLATE, "hot list"): 15.0,
    (BARE, "one row"): 0.6,
    (BARE, "list of 50"): 0.5,
}
"""How many times cheaper than each rival ours must be."""
RIVALS = Path(__file__).parent / "rivals"


def requests_of(served: Served) -> Mapping[str, Callable[[int], bytes]]:
    """What is sent for each kind of work."""
    page = request("GET", "/api/v1/things?limit=50")
    insert = request("POST", "/api/v1/things", BODY)
    with urllib.request.urlopen(f"{served.url}/api/v1/things?limit=200") as answer:
        ids = [row["id"] for row in json.load(answer)["items"]]
    rows = [request("GET", f"/api/v1/things/{one}") for one in ids]
    return {
        "one row": lambda number: rows[number % len(rows)],
        "list of 50": lambda _: page,
        "insert": lambda _: insert,
        "hot list": lambda _: page,
    }


@contextmanager
def services() -> Iterator[dict[str, Served]]:
    """Ours without and with the cache, and the rivals, on one server with the same rows."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data = stack.enter_context(throw_away_directory())
        at = stack.enter_context(postgresql.run_private(postgresql.find(), data))
        url = f"postgresql://{at.user}:{at.password}@{at.host}:{at.port}/{at.database}"
        flags = ["--auth", "none", "--database", "postgresql", "--resource", THING]
        ours = make_project(folder / "plain", *flags, "--cache", "none")
        cached = make_project(folder / "cached", *flags, "--cache", "memory")
        python = str(ours / ".venv/bin/python")
        install(python, "greenlet")  # all that the rival needs besides
        environment = {"DATABASE_URL": url, "LOG_LEVEL": "INFO", "WORKERS": "1", "PORT": "{port}"}
        for task in (["migrate"], ["seed", "--rows", str(ROWS)]):
            command = [python, "-m", "app", *task]
            full = {**os.environ, **environment, "PORT": "0"}
            subprocess.run(command, cwd=ours, env=full, check=True, capture_output=True)
        rivals = shutil.copytree(RIVALS, folder / "rivals")
        rival_url = url.replace("postgresql://", "postgresql+asyncpg://")
        uvicorn = ["--port", "{port}", "--no-access-log"]
        running = {
            "ours": serve(ours, python, "-m", "app", "serve", environment=environment),
            "cached": serve(
                cached,
                *(str(cached / ".venv/bin/python"), "-m", "app", "serve"),
                environment=environment,
            ),
            TEMPLATE: serve(
                rivals,
                *(python, "-m", "uvicorn", "common_template:app", *uvicorn),
                environment={"DATABASE_URL": rival_url},
            ),
            BARE: serve(
                rivals,
                *(python, "-m", "uvicorn", "bare_starlette:app", *uvicorn),
                environment={"DATABASE_URL": url},
            ),
        }
        yield {name: stack.enter_context(one) for name, one in running.items()}


def main() -> int:
    """Print the table; 1 when a limit is not kept."""
    with services() as running:
        requests = {name: requests_of(one) for name, one in running.items()}
        rounds = [one_round(running, requests) for _ in range(ROUNDS + 1)][1:]  # one to warm up
        memory = {name: one.megabytes for name, one in running.items()}
    print(f"CPU microseconds per request on PostgreSQL, medians of {ROUNDS} interleaved rounds")
    print(f"{'':12}{'rival':>20}{'ours':>8}   ratio (range)")
    kept = True
    for (rival, kind), limit in LIMITS.items():
        ratios = [row[rival, kind] / row[_ours(kind), kind] for row in rounds]
        ratio = statistics.median(ratios)
        kept = kept and ratio >= limit
        its, ours = (
            statistics.median(row[name, kind] for row in rounds) for name in (rival, _ours(kind))
        )
        spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
        print(
            f"{kind:12}{rival:>12}{its:8.0f}{ours:8.0f}   {ratio:.2f}x {spread}, at least {limit}x"
        )
    print("memory of a worker: " + ", ".join(f"{name} {mb:.0f} MB" for name, mb in memory.items()))
    return 0 if kept else 1


def one_round(
    running: Mapping[str, Served], requests: Mapping[str, Mapping[str, Callable[[int], bytes]]]
) -> dict[tuple[str, str], float]:
    """The cost of every kind of work, on each side in turn."""
    return {
        (name, kind): running[name].cost(
            requests[name][kind], count if name == TEMPLATE else 4 * count
        )
        for kind, count in COUNTS.items()
        for name in (_ours(kind), *(rival for rival, work in LIMITS if work == kind))
    }


def _ours(kind: str) -> str:
    return "cached" if kind == "hot list" else "ours"


if __name__ == "__main__":
    raise SystemExit(main())
