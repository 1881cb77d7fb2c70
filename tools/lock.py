"""Resolves what generated projects depend on: everything once, then each feature its closure.

    make lock

Writes `lock.txt` (to run) and `lock-dev.txt` (to work on it, what lock.txt lacks) into the base,
every feature and every shared layer. As all come from one resolution, any of them go together.
Needs uv and the network.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
OLDEST_PYTHON = "3.11"
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Wants:
    """What a manifest asks for."""

    folder: Path
    runtime: tuple[str, ...]
    dev: tuple[str, ...]


def main() -> int:
    """Writes every lock; returns the exit code."""
    manifests = [TEMPLATES / "base/feature.toml", *TEMPLATES.glob("features/*/*/feature.toml")]
    wanted = [_wants(manifest) for manifest in sorted(manifests)]
    requirements = {it for wants in wanted for it in (*wants.runtime, *wants.dev)}
    pins = _compile(requirements, constraints=[])
    for wants in wanted:
        runtime = _closure(wants.runtime, pins)
        everything = _closure((*wants.runtime, *wants.dev), pins)
        _write(wants.folder / "lock.txt", runtime)
        _write(wants.folder / "lock-dev.txt", [pin for pin in everything if pin not in runtime])
    print(f"{len(pins)} packages, {len(wanted)} manifests")
    return 0


def _wants(manifest: Path) -> Wants:
    table = tomllib.loads(manifest.read_text(encoding="utf-8"))
    runtime, dev = table.get("dependencies", ()), table.get("dev-dependencies", ())
    return Wants(manifest.parent, tuple(runtime), tuple(dev))


def _closure(requirements: Iterable[str], pins: list[str]) -> list[str]:
    """Those of `pins` that these requirements lead to, as the whole resolution states them."""
    needed = {_name(pin) for pin in _compile(requirements, constraints=pins)}
    return [pin for pin in pins if _name(pin) in needed]


def _compile(requirements: Iterable[str], constraints: list[str]) -> list[str]:
    text = "\n".join(sorted(requirements))
    if not text:
        return []
    command = [
        *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST_PYTHON),
        *("--no-emit-index-url", "--no-annotate", "--no-header", "-"),
    ]
    with TemporaryDirectory() as directory:
        # uv reads one standard input only, so constraints go through a file.
        limits = Path(directory) / "constraints.txt"
        limits.write_text("\n".join(constraints), encoding="utf-8")
        command += ["--constraints", str(limits)]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"error: uv could not resolve this\n{done.stderr}")
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def _name(pin: str) -> str:
    matched = _NAME.match(pin)
    if matched is None:
        sys.exit(f"error: uv printed {pin!r}, which is no pin")
    return re.sub(r"[-_.]+", "-", matched[0]).lower()


def _write(file: Path, pins: list[str]) -> None:
    if pins:
        file.write_text("".join(f"{pin}\n" for pin in pins), encoding="utf-8")
    else:
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
