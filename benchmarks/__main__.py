"""`python -m benchmarks [NAME…]`: run the benchmarks and print their tables."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks that exist: one module each."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def main(wanted: list[str]) -> int:
    """Run the wanted benchmarks, or all, each in a process of its own; 2 for a wrong name."""
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        print(
            f"no benchmark called {unknown[0]!r}; there are: {', '.join(names())}", file=sys.stderr
        )
        return 2
    # Locust must be imported first in its process, so no two benchmarks share one.
    codes = [
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        for name in wanted or names()
    ]
    return max(codes, default=0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
