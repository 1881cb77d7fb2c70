"""What a hit costs, against the same service without a cache: CPU per request of the service.

On each database the services share one set of rows. Rounds are interleaved; a ratio is taken within
its round, and the median and range over the rounds are printed. Redis' own work is not counted.
"""

import json
import os
import statistics
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from apiforge.servers import postgresql, redis
from apiforge.servers.directory import throw_away_directory
from benchmarks.measuring.calling import request
from benchmarks.measuring.serving import Served, make_project, serve

ROUNDS = 7
ROWS = 2_000
THING = "thing: name:string(120) price:decimal(10,2) stock:integer=0 note:text?"
CACHES = ("none", "memory", "redis")
COUNT = 1600
LIMITS = {
    ("sqlite", "one row", "memory"): 3.0,
    ("sqlite", "list of 50", "memory"): 6.0,
    ("postgresql", "one row", "memory"): 4.0,
    ("postgresql", "list of 50", "memory"): 8.0,
    ("postgresql", "list of 50", "redis"): 2.5,
}
"""How many times cheaper a hit must be."""


def requests_of(served: Served) -> Mapping[str, Callable[[int], bytes]]:
    """A hot row and a hot list."""
    path = "/api/v1/things?limit=50"
    with urllib.request.urlopen(f"{served.url}{path}") as answer:
        row_id = json.load(answer)["items"][0]["id"]
    row, page = request("GET", f"/api/v1/things/{row_id}"), request("GET", path)
    return {"one row": lambda _: row, "list of 50": lambda _: page}


@contextmanager
def services(database: str) -> Iterator[dict[str, Served]]:
    """One for each cache."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data = stack.enter_context(throw_away_directory())
        url = f"sqlite:///{folder / 'bench.db'}"
        if database == "postgresql":
            at = stack.enter_context(postgresql.run_private(postgresql.find(), data))
            url = f"postgresql://{at.user}:{at.password}@{at.host}:{at.port}/{at.database}"
        kept = stack.enter_context(redis.run_private(redis.find(), data))
        environment = {
            **{"DATABASE_URL": url, "WORKERS": "1", "PORT": "{port}", "LOG_LEVEL": "INFO"},
            "CACHE_URL": f"redis://:{kept.password}@{kept.host}:{kept.port}/0",
            "CACHE_TTL_SECONDS": "600",
        }
        flags = ["--auth", "none", "--database", database, "--resource", THING]
        running = {}
        for cache in CACHES:
            project = make_project(folder / cache, *flags, "--cache", cache)
            python = str(project / ".venv/bin/python")
            if not running:
                prepare(project, python, environment)
            command = (python, "-m", "app", "serve")
            running[cache] = stack.enter_context(serve(project, *command, environment=environment))
        yield running


def prepare(project: Path, python: str, environment: Mapping[str, str]) -> None:
    """Makes the tables and their rows."""
    for task in (["migrate"], ["seed", "--rows", str(ROWS)]):
        command = [python, "-m", "app", *task]
        full = {**os.environ, **environment, "PORT": "0"}
        subprocess.run(command, cwd=project, env=full, check=True, capture_output=True)


def compare(database: str) -> bool:
    """Prints the rows of one database; whether every limit is kept."""
    with services(database) as running:
        requests = {cache: requests_of(one) for cache, one in running.items()}
        kinds = list(requests["none"])
        rounds = [
            {
                kind: {cache: running[cache].cost(requests[cache][kind], COUNT) for cache in CACHES}
                for kind in kinds
            }
            for _ in range(ROUNDS + 1)
        ][1:]  # one to warm up
    kept = True
    for kind in kinds:
        for cache in CACHES:
            costs = [row[kind][cache] for row in rounds]
            ratios = [row[kind]["none"] / row[kind][cache] for row in rounds]
            limit = LIMITS.get((database, kind, cache))
            ratio = statistics.median(ratios)
            kept = kept and (limit is None or ratio >= limit)
            told = "" if limit is None else f", at least {limit}x"
            print(
                f"{database:11} {kind:11} {cache:7}{statistics.median(costs):6.0f}"
                f"   {ratio:.1f}x ({min(ratios):.1f} to {max(ratios):.1f}){told}"
            )
    return kept


def main() -> int:
    """Print the table; 1 when a limit is not kept."""
    print(f"CPU microseconds per request, medians of {ROUNDS} interleaved rounds, against no cache")
    kept = [compare(database) for database in ("sqlite", "postgresql")]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
