"""The worked example of the README: from requirements to a plan and back, with the real commands.

    make example

Writes what was typed and what came out into docs/worked-example.md. It takes about six minutes,
on a machine that does nothing else.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from apiforge.servers.environment import read_environment

ROOT = Path(__file__).resolve().parent.parent
APIFORGE = Path(sys.executable).parent / "apiforge"
PAGE = ROOT / "docs/worked-example.md"
HEADING = """\
# From requirements to a plan, and back

`make example` typed these commands and wrote this page; no number was typed by hand. They are of
the machine it ran on last, where load generator, service and database shared the cores: measure
yours.
"""


class Page:
    """What was typed, and what it printed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts = [HEADING]

    def say(self, title: str, text: str) -> None:
        """What the next command is for."""
        self._parts.append(f"## {title}\n\n{text}\n")

    def type(self, *words: str, may_end_with: tuple[int, ...] = (0,), **environment: str) -> None:
        """Run one command in the folder; what it prints is part of the page."""
        shown = " ".join(
            [
                *(f"{name}={value}" for name, value in environment.items()),
                "apiforge",
                *map(_quoted, words),
            ]
        )
        print(f"$ {shown}", flush=True)
        done = subprocess.run(
            [str(APIFORGE), *words],
            cwd=self._folder,
            env={**os.environ, **environment, "COLUMNS": "110", "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        print(done.stdout, flush=True)
        if done.returncode not in may_end_with:
            raise SystemExit(f"it ended with {done.returncode}")
        self._parts.append(f"```text\n$ {shown}\n{done.stdout.rstrip()}\n```\n")

    def write(self) -> None:
        """The whole page."""
        PAGE.write_text("\n".join(self._parts), encoding="utf-8")


def _quoted(word: str) -> str:
    return f'"{word}"' if any(letter in word for letter in " <>()") else word


def main() -> int:
    """Types the whole example."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        page = Page(folder)
        _walk(page, folder)
        page.write()
    return 0


def _walk(page: Page, folder: Path) -> None:
    page.say("1. What it must bear", "A shop for 20,000 people, 100 requests a second at the peak.")
    page.type(
        *("new", "shop", "--yes", "--database", "postgresql", "--cache", "redis"),
        *("--expected-users", "20000", "--peak-rate", "100", "--growth", "2"),
    )
    page.say("2. Does it?", "The rate of the peak, on a throw-away database.")
    page.type("loadtest", "shop", "--duration", "20s")
    page.say("3. On which database?", "The same API and the same requests on each of them.")
    page.type(
        *("compare", "shop", "--databases", "sqlite,postgresql", "--rate", "100"),
        *("--duration", "5s", "--rounds", "5", "--rows", "1000"),
    )
    page.say("4. How much does it bear?", "The highest rate at which its targets hold.")
    page.type("loadtest", "shop", "--profile", "breakpoint", "--duration", "60s")
    page.say("5. So how much of everything?", "Each number with its formula and where it is from.")
    page.type("plan", "shop", "--write", "--accept-estimate")
    settings = read_environment(folder / "shop/deploy/plan.env")
    page.say(
        "6. And with that?", "The rate of a year from now, with the workers that were planned."
    )
    page.type(
        *("loadtest", "shop", "--rate", "200", "--duration", "20s"), WORKERS=settings["WORKERS"]
    )


if __name__ == "__main__":
    raise SystemExit(main())
