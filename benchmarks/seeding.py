"""How fast a project fills its tables on PostgreSQL: `python -m app seed`.

Making the rows up and checking them is part of it, as is the start of the service. Each round
begins with an empty table.
"""

import os
import re
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from apiforge.servers import postgresql
from apiforge.servers.directory import throw_away_directory
from benchmarks.measuring.serving import make_project

ROUNDS = 5
ROWS = 50_000
LIMIT = 20_000
THING = "thing: name:string(120) price:decimal(10,2) stock:integer=0 note:text?"
SAID = re.compile(r"(\d+) rows made in ([\d.]+) s")
EMPTY = """
import asyncio, asyncpg, os
async def empty():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    await connection.execute("TRUNCATE things")
asyncio.run(empty())
"""


def rates() -> list[float]:
    """Rows per second of each round."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data = stack.enter_context(throw_away_directory())
        at = stack.enter_context(postgresql.run_private(postgresql.find(), data))
        url = f"postgresql://{at.user}:{at.password}@{at.host}:{at.port}/{at.database}"
        flags = ["--auth", "none", "--cache", "none", "--database", "postgresql"]
        project = make_project(folder / "project", *flags, "--resource", THING)

        def run(*arguments: str) -> str:
            return subprocess.run(
                [str(project / ".venv/bin/python"), *arguments],
                cwd=project,
                env={**os.environ, "DATABASE_URL": url},
                check=True,
                capture_output=True,
                text=True,
            ).stdout

        run("-m", "app", "migrate")
        return [one_round(run) for _ in range(ROUNDS)]


def one_round(run: Callable[..., str]) -> float:
    """Rows per second, as the command says it."""
    run("-c", EMPTY)
    said = SAID.match(run("-m", "app", "seed", "--rows", str(ROWS)))
    assert said is not None
    return int(said[1]) / float(said[2])


def main() -> int:
    """Print the rate; 1 when the limit is not kept."""
    measured = rates()
    rate = statistics.median(measured)
    print(f"seeding PostgreSQL with {ROWS} rows, median of {ROUNDS} rounds")
    spread = f"({min(measured):,.0f} to {max(measured):,.0f})"
    print(f"{rate:,.0f} rows/s {spread}, at least {LIMIT:,}")
    return 0 if rate >= LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
