"""The generated service against a project of `fastapi_template` on SQLite, each as generated.

Both are started with their defaults and one worker, on the same Python. What is read is smaller on
the rival's side: its table has an id and a name. It cannot read one row, so a list of one stands
for that; ours reads with the cache that a project gets by default, and without.
"""

import statistics
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.measuring.calling import request
from benchmarks.measuring.serving import PROGRAMS, Served, install, make_project, serve

ROUNDS = 7
ROWS = 200
LIMIT = 3.0
COUNTS = {"one row": 1000, "list of 50": 400}
CHOICES = [
    *("--quiet", "--api-type", "rest", "--db", "sqlite", "--orm", "sqlalchemy", "--dummy"),
    *("--routers", "--migrations", "--ci", "none"),
]


def make_rival(folder: Path) -> str:
    """The rival's project in `folder`/rival, installed and migrated; its Python."""
    tool, project = folder / "tool", folder / "rival"
    for environment in (tool, folder / "venv"):
        subprocess.run([str(PROGRAMS / "uv"), "venv", "-q", str(environment)], check=True)
    install(str(tool / "bin/python"), "fastapi_template")
    # Its last step, `uv sync`, fails without a network and is not needed.
    command = [str(tool / "bin/fastapi_template"), "-n", "rival", *CHOICES]
    subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    needs = tomllib.loads((project / "pyproject.toml").read_text())["project"]["dependencies"]
    python = str(folder / "venv/bin/python")
    install(python, *needs, "greenlet")
    alembic = [python, "-m", "alembic", "upgrade", "head"]
    subprocess.run(alembic, cwd=project, check=True, capture_output=True)
    return python


@contextmanager
def services() -> Iterator[dict[str, Served]]:
    """The rival, and ours as it comes and without a cache, each with its rows."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rival = make_rival(folder)
        settings = {"RIVAL_PORT": "{port}", "RIVAL_RELOAD": "False"}
        running = {
            "rival": serve(
                folder / "rival", rival, "-m", "rival", environment=settings, ready="/api/health"
            )
        }
        for cache in ("memory", "none"):
            flags = ["--auth", "none", "--cache", cache, "--resource", "dummy: name:string(200)"]
            ours = make_project(folder / cache, *flags)
            python = str(ours / ".venv/bin/python")
            for task in (["migrate"], ["seed", "--rows", str(ROWS)]):
                command = [python, "-m", "app", *task]
                subprocess.run(command, cwd=ours, check=True, capture_output=True)
            running[cache] = serve(
                ours, python, "-m", "app", "serve", environment={"PORT": "{port}"}
            )
        served = {name: stack.enter_context(one) for name, one in running.items()}
        fill = request("PUT", "/api/dummy/", b'{"name": "A name of some length"}')
        served["rival"].cost(lambda _: fill, ROWS)
        yield served


def requests_of(name: str) -> Mapping[str, Callable[[int], bytes]]:
    """What is sent for each kind of work."""
    path = "/api/dummy/" if name == "rival" else "/api/v1/dummies"
    one, page = (request("GET", f"{path}?limit={limit}") for limit in (1, 50))
    return {"one row": lambda _: one, "list of 50": lambda _: page}


def main() -> int:
    """Print the table; 1 when the limit is not kept."""
    with services() as running:
        rounds = [
            {
                (kind, name): one.cost(requests_of(name)[kind], count)
                for kind, count in COUNTS.items()
                for name, one in running.items()
            }
            for _ in range(ROUNDS + 1)
        ][1:]  # the first one warms up
    print(f"CPU microseconds per request on SQLite, medians of {ROUNDS} interleaved rounds")
    kept = True
    for kind in COUNTS:
        rival = statistics.median(row[kind, "rival"] for row in rounds)
        for name, told in (("memory", "ours"), ("none", "ours, no cache")):
            ratios = [row[kind, "rival"] / row[kind, name] for row in rounds]
            ratio = statistics.median(ratios)
            kept = kept and (ratio >= LIMIT or name == "none")
            ours = statistics.median(row[kind, name] for row in rounds)
            spread = f"{ratio:.1f}x ({min(ratios):.1f} to {max(ratios):.1f})"
            print(f"{kind:12} fastapi_template {rival:5.0f}  {told:15}{ours:5.0f}  {spread}")
    print(f"at least {LIMIT:.0f}x as generated")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
