"""The generated service against the usual ORM or ODM way, on each database, each on its own server.

CPU per request, one worker, the same work around it (validation, log line, metrics, headers). The
rival has tables of its own, made by its ORM, on the same server or beside our file with the same
settings of SQLite. Rounds are interleaved; a ratio is taken within its round. What adds rows comes
last: until then both sides hold the same ones, whatever a server makes of more.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from apiforge import paths
from apiforge.errors import MissingServer
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.registry import SERVERS
from benchmarks.measuring.calling import request
from benchmarks.measuring.serving import Served, install, make_project, serve

ROUNDS = 5
ROWS = 200
LIMIT = 3.0
THING = "thing: name:string(120) price:decimal(10,2) stock:integer=0 note:text?"
BODY = b'{"name": "A thing", "price": "12.50", "stock": 3, "note": "Some words of a note."}'
COUNTS = {"one row": 300, "list of 50": 150, "insert": 150}
"""Requests in a round; three times as many to ours."""
RIVALS = Path(__file__).parent / "rivals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The usual way on one database: the application, the driver in its URL, what it needs."""

    application: str = "common_template"
    driver: str = ""
    needs: tuple[str, ...]


WAYS: Mapping[str, Way] = {
    "sqlite": Way(driver="sqlite+aiosqlite", needs=("greenlet", "aiosqlite")),
    "mysql": Way(driver="mysql+asyncmy", needs=("greenlet", "asyncmy")),
    "mariadb": Way(driver="mysql+asyncmy", needs=("greenlet", "asyncmy")),
    "mongodb": Way(application="odm_template", driver="mongodb", needs=("beanie>=2",)),
}
"""Those are measured that there is a server of here."""


@contextmanager
def services(database: str, way: Way) -> Iterator[dict[str, Served]]:
    """Ours and the rival, each with its rows."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, rival_url = stack.enter_context(urls(database, way, folder))
        flags = ["--auth", "none", "--cache", "none", "--database", database, "--resource", THING]
        project = make_project(folder / "ours", *flags)
        python = str(project / ".venv/bin/python")
        environment = {"DATABASE_URL": url, "LOG_LEVEL": "INFO", "WORKERS": "1", "PORT": "{port}"}
        migrate = [python, "-m", "app", "migrate"]
        full = {**os.environ, **environment, "PORT": "0"}
        subprocess.run(migrate, cwd=project, env=full, check=True, capture_output=True)
        install(python, *way.needs)
        rivals = shutil.copytree(RIVALS, folder / "rivals")
        uvicorn = ["-m", "uvicorn", f"{way.application}:app", "--port", "{port}", "--no-access-log"]
        theirs = {"DATABASE_URL": rival_url, "OWN_TABLE": "rival_things"}
        running = {
            "rival": stack.enter_context(serve(rivals, python, *uvicorn, environment=theirs)),
            "ours": stack.enter_context(
                serve(project, python, "-m", "app", "serve", environment=environment)
            ),
        }
        fill = request("POST", "/api/v1/things", BODY)
        for one in running.values():
            one.cost(lambda _: fill, ROWS)
        yield running


@contextmanager
def urls(database: str, way: Way, folder: Path) -> Iterator[tuple[str, str]]:
    """Where ours and the rival keep their rows."""
    if database == "sqlite":
        yield f"sqlite:///{folder}/ours.db", f"{way.driver}:///{folder}/rival.db"
        return
    manifest = paths.templates() / "features" / "database" / database / "feature.toml"
    url = tomllib.loads(manifest.read_text())["throwaway"]["DATABASE_URL"]
    server = SERVERS[database]
    with throw_away_directory() as data, server.run(server.find(), data) as at:
        ours = url.format(**at.placeholders())
        yield ours, f"{way.driver}:{ours.partition(':')[2]}"


def requests_of(served: Served) -> Mapping[str, Callable[[int], bytes]]:
    """What is sent for each kind of work."""
    with urllib.request.urlopen(f"{served.url}/api/v1/things?limit=200") as answer:
        ids = [row["id"] for row in json.load(answer)["items"]]
    rows = [request("GET", f"/api/v1/things/{one}") for one in ids]
    page = request("GET", "/api/v1/things?limit=50")
    insert = request("POST", "/api/v1/things", BODY)
    return {
        "one row": lambda number: rows[number % len(rows)],
        "list of 50": lambda _: page,
        "insert": lambda _: insert,
    }


def compare(database: str) -> bool:
    """Prints the rows of one database; whether the limit is kept."""
    with services(database, WAYS[database]) as running:
        requests = {name: requests_of(one) for name, one in running.items()}
        measured = {
            kind: [
                {
                    name: one.cost(requests[name][kind], count * (3 if name == "ours" else 1))
                    for name, one in running.items()
                }
                for _ in range(ROUNDS + 1)
            ][1:]  # one to warm up
            for kind, count in COUNTS.items()
        }
    kept = True
    for kind, rounds in measured.items():
        ratios = [row["rival"] / row["ours"] for row in rounds]
        ratio = statistics.median(ratios)
        kept = kept and ratio >= LIMIT
        rival, ours = (statistics.median(row[name] for row in rounds) for name in ("rival", "ours"))
        spread = f"({min(ratios):.1f} to {max(ratios):.1f})"
        print(
            f"{database:11} {kind:11}{rival:7.0f}{ours:7.0f}   {ratio:.1f}x {spread},"
            f" at least {LIMIT:.0f}x"
        )
    return kept


def is_here(database: str) -> bool:
    """Says how to get the server where there is none."""
    try:
        if database in SERVERS:
            SERVERS[database].find()
    except MissingServer as error:
        print(f"{database:11} not measured: {error}; {error.hint}")
        return False
    return True


def main(wanted: list[str]) -> int:
    """Print the table; 1 when a limit is not kept."""
    print(
        f"CPU microseconds per request, medians of {ROUNDS} interleaved rounds: the usual way, ours"
    )
    kept = [compare(database) for database in wanted or WAYS if is_here(database)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
