"""The generated service against the common template: CPU per request, same work, same server.

Both run one worker on one PostgreSQL with the same rows, write a log line, count metrics and add
headers. Rounds are interleaved; a ratio is taken within its round, and the median and range over
the rounds are printed.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from apiforge.servers import postgresql
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.ports import free_port
from apiforge.servers.process import Command, start
from benchmarks.calling import measure, request

ROUNDS = 7
ROWS = 10_000
THING = "thing: name:string(120) price:decimal(10,2) stock:integer=0 note:text?"
BODY = b'{"name": "A thing", "price": "12.50", "stock": 3, "note": "Some words."}'
LIMITS = {"one row": 4.0, "list of 50": 3.0, "insert": 4.0, "hot list": 15.0}
COUNTS = {"one row": 1500, "list of 50": 400, "insert": 600, "hot list": 1500}
RIVAL = Path(__file__).parent / "rivals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service: the process that works, and where it answers."""

    name: str
    pid: int
    port: int
    ids: list[str]

    def request(self, kind: str) -> Callable[[int], bytes]:
        """What is sent for one kind of work."""
        page = request("GET", "/api/v1/things?limit=50")
        insert = request("POST", "/api/v1/things", BODY)
        rows = [request("GET", f"/api/v1/things/{one}") for one in self.ids]
        makers: Mapping[str, Callable[[int], bytes]] = {
            "one row": lambda number: rows[number % len(rows)],
            "list of 50": lambda _: page,
            "hot list": lambda _: page,
            "insert": lambda _: insert,
        }
        return makers[kind]


def make_project(folder: Path, *flags: str) -> Path:
    """A project with one resource, installed, and what the rival needs besides."""
    tool = str(Path(sys.executable).with_name("apiforge"))
    choices = ["--auth", "none", "--database", "postgresql", *flags]
    new = [tool, "new", "bench", "--yes", "--directory", str(folder), "--resource", THING]
    subprocess.run([*new, *choices], check=True, capture_output=True)
    subprocess.run(["make", "-s", "install"], cwd=folder, check=True, capture_output=True)
    return folder


@contextmanager
def serve(
    name: str, command: list[str], folder: Path, environment: dict[str, str]
) -> Iterator[Service]:
    """The service while the context lasts; its log goes to a file, as ours does."""
    port = free_port()
    full = {**os.environ, **environment, "PORT": str(port)}
    log = folder.parent / f"{name}.log"
    arguments = [word.replace("PORT", str(port)) for word in command]
    with start(Command(arguments=arguments, directory=folder, environment=full, log=log)) as guard:
        wait_ready(port)
        (worker,) = psutil.Process(guard.pid).children()
        yield Service(name=name, pid=worker.pid, port=port, ids=some_ids(port))


def wait_ready(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the service did not start")


def some_ids(port: int) -> list[str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/things?limit=200") as answer:
        return [row["id"] for row in json.load(answer)["items"]]


@contextmanager
def services() -> Iterator[dict[str, Service]]:
    """Ours without and with the cache, and the rival, on one server with the same rows."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data = stack.enter_context(throw_away_directory())
        at = stack.enter_context(postgresql.run_private(postgresql.find(), data))
        url = f"postgresql://{at.user}:{at.password}@{at.host}:{at.port}/{at.database}"
        ours = make_project(folder / "plain", "--cache", "none")
        cached = make_project(folder / "cached", "--cache", "memory")
        python = str(ours / ".venv/bin/python")
        install = ["uv", "pip", "install", "-q", "--python", python, "greenlet"]
        subprocess.run(install, check=True)
        environment = {"DATABASE_URL": url, "LOG_LEVEL": "INFO", "WORKERS": "1"}
        full = {**os.environ, **environment}
        for task in (["migrate"], ["seed", "--rows", str(ROWS)]):
            command = [python, "-m", "app", *task]
            subprocess.run(command, cwd=ours, env=full, check=True, capture_output=True)
        serving = ["-m", "app", "serve"]
        rival_url = url.replace("postgresql://", "postgresql+asyncpg://")
        rival = [
            python,
            "-m",
            "uvicorn",
            "common_template:app",
            "--port",
            "PORT",
            "--no-access-log",
        ]
        running = (
            serve("ours", [python, *serving], ours, environment),
            serve("cached", [str(cached / ".venv/bin/python"), *serving], cached, environment),
            serve("template", rival, RIVAL, {**environment, "DATABASE_URL": rival_url}),
        )
        yield {one.name: one for one in map(stack.enter_context, running)}


def main() -> int:
    """Print the table; 1 when a limit is not kept."""
    with services() as running:
        rounds = [one_round(running) for _ in range(ROUNDS + 1)][1:]  # the first one warms up
        memory = {name: memory_of(one) for name, one in running.items()}
    print(f"CPU microseconds per request on PostgreSQL, medians of {ROUNDS} interleaved rounds")
    print(f"{'':12}{'template':>10}{'ours':>8}   ratio (range)")
    kept = True
    for kind, limit in LIMITS.items():
        ratios = [row[kind]["template"] / row[kind]["ours"] for row in rounds]
        ratio = statistics.median(ratios)
        kept = kept and ratio >= limit
        template, ours = (
            statistics.median(row[kind][name] for row in rounds) for name in ("template", "ours")
        )
        spread = f"({min(ratios):.1f} to {max(ratios):.1f})"
        print(
            f"{kind:12}{template:10.0f}{ours:8.0f}   {ratio:.1f}x {spread}, at least {limit:.0f}x"
        )
    print("memory of a worker: " + ", ".join(f"{name} {mb:.0f} MB" for name, mb in memory.items()))
    return 0 if kept else 1


def one_round(running: Mapping[str, Service]) -> dict[str, dict[str, float]]:
    """The cost of every kind of work, on each side in turn."""
    costs: dict[str, dict[str, float]] = {}
    for kind, count in COUNTS.items():
        ours = running["cached" if kind == "hot list" else "ours"]
        costs[kind] = {
            name: measure(one.pid, one.port, one.request(kind), count).cpu
            for name, one in (("template", running["template"]), ("ours", ours))
        }
    return costs


def memory_of(service: Service) -> float:
    """Unique memory of the worker in MB."""
    return float(psutil.Process(service.pid).memory_full_info().uss) / 1e6


if __name__ == "__main__":
    raise SystemExit(main())
