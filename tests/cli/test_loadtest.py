"""`apiforge loadtest` refuses what it cannot do before anything is started."""

import subprocess
import sys
from pathlib import Path

import pytest


def loadtest(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "apiforge", "loadtest", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--duration", "30"], "--duration '30' is not a length of time"),
        (["--warmup", "soon"], "--warmup 'soon' is not a length of time"),
        (["--timeout", "0s"], "--timeout 0s is too short"),
        (["--rate", "0"], "--rate 0 is not a rate"),
        (["--arrivals", "bursts"], "no arrivals called 'bursts'"),
        (["--target", "p95<"], "--target: 'p95<' is not a target"),
        (["--rows", "5"], "--rows cannot be used with --url"),
        (["--json", "no/such/r.json"], "--json no/such/r.json cannot be"),
        (["--html", "."], "--html . is a folder"),
        (["--out", "file"], "--out file is not a folder"),
        (["nowhere"], "no project in nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_it_exits_2_with_one_line_and_a_hint(
    tmp_path: Path, arguments: list[str], error: str
) -> None:
    (tmp_path / "file").write_text("")
    done = loadtest(tmp_path, "--url", "http://127.0.0.1:1", *arguments)
    lines = done.stderr.splitlines()
    assert done.returncode == 2
    assert lines[0].startswith(f"error: {error}")
    assert [line.partition(" ")[0] for line in lines] == ["error:", "hint:"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("option", ["--openapi"])
def test_options_of_later_versions_do_not_exist(tmp_path: Path, option: str) -> None:
    done = loadtest(tmp_path, "--url", "http://127.0.0.1:1", option, "1")
    assert done.returncode == 2
    assert option in done.stderr
