"""A value that has never met the real thing is called so wherever it can be chosen."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

UNTESTED = "never run against a live server"


def run(*arguments: str, folder: Path) -> str:
    command = [sys.executable, "-m", "apiforge", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout


@pytest.mark.parametrize("command", [["list", "database"], ["doctor"]], ids=["list", "doctor"])
def test_it_is_said_of_oracle_alone(command: list[str], tmp_path: Path) -> None:
    lines = [line for line in run(*command, folder=tmp_path).splitlines() if UNTESTED in line]

    assert len(lines) == 1
    assert "oracle" in lines[0]


def test_new_says_so_at_the_end(tmp_path: Path) -> None:
    told = run("new", "shop", "--yes", "--database", "oracle", folder=tmp_path)
    document = json.loads(
        run("new", "store", "--json", "--dry-run", "--database", "oracle", folder=tmp_path)
    )

    assert "beware: oracle has never been run against a live server: " in told
    assert document["untested"][0].startswith("oracle has never been run")
    page = (tmp_path / "shop" / "docs" / "database.md").read_text()
    assert "has not been run against a live Oracle Database" in page
