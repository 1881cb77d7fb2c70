"""How long the command line takes, against importing the two libraries it cannot do without.

Each round times every command once, in turn, so that a slow moment of the machine hits all of them;
the ratio is taken within the round, and its median and range over the rounds are printed.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 15
LIMITS = {"--version": 1.5, "--help": 2.0, "new, 4 resources": 4.0}
RESOURCES = (
    "category: name:string(60)!",
    "supplier: name:string(80) email:email? rating:float?",
    "product: name:string(120) price:decimal(10,2) stock:integer=0 category:ref(category)",
    "review: stars:integer text:text? product:ref(product)",
)


def seconds(command: list[str]) -> float:
    """Wall time of one run of `command`, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def commands(directory: Path, number: int) -> dict[str, list[str]]:
    """The command of each row; `new` writes into a folder of this round."""
    tool = str(Path(sys.executable).with_name("apiforge"))
    resources = [word for text in RESOURCES for word in ("--resource", text)]
    project = str(directory / f"shop{number}")
    return {
        "import typer, rich.console": [sys.executable, "-c", "import typer, rich.console"],
        "--version": [tool, "--version"],
        "--help": [tool, "--help"],
        "new, 4 resources": [tool, "new", "shop", "--yes", "--directory", project, *resources],
    }


def main() -> int:
    """Print the table; 1 when a limit is not kept."""
    with tempfile.TemporaryDirectory() as directory:
        rounds = [
            {name: seconds(command) for name, command in commands(Path(directory), number).items()}
            for number in range(ROUNDS + 1)
        ][1:]  # the first round fills the file cache
    base = "import typer, rich.console"
    print(f"start-up, medians of {ROUNDS} interleaved rounds")
    print(f"{base:28} {statistics.median(row[base] for row in rounds) * 1000:7.0f} ms")
    kept = True
    for name, limit in LIMITS.items():
        ratios = [row[name] / row[base] for row in rounds]
        ratio = statistics.median(ratios)
        kept = kept and ratio <= limit
        print(
            f"{name:28} {statistics.median(row[name] for row in rounds) * 1000:7.0f} ms"
            f"  {ratio:5.2f}x ({min(ratios):.2f} to {max(ratios):.2f}), limit {limit}x"
        )
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
