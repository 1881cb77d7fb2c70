"""`apiforge doctor` as a user types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def doctor(*arguments: str, path: str | None = None) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, **({} if path is None else {"PATH": path})}
    return subprocess.run(
        [sys.executable, "-m", "apiforge", "doctor", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_lists_what_is_here() -> None:
    done = doctor()
    assert done.returncode == 0, done.stderr
    words = [line.split()[:2] for line in done.stdout.splitlines()]
    assert ["ok", "python"] in words
    assert ["ok", "make"] in words
    assert "database sqlite" in done.stdout
    assert "database postgresql" in done.stdout


def test_json_is_one_document() -> None:
    document = json.loads(doctor("--json").stdout)
    assert document["schema"] == "apiforge.doctor/1"
    assert document["ok"] is True
    assert {"name", "status", "found", "advice", "essential"} == set(document["checks"][0])
    assert {check["status"] for check in document["checks"]} <= {"ok", "limited", "missing"}


def test_missing_optional_tools_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "make").write_text("#!/bin/sh\necho GNU Make 4.4\n")
    (tmp_path / "make").chmod(0o755)
    done = doctor(path=str(tmp_path))
    assert done.returncode == 0
    assert "missing  docker" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["--json"]], ids=["text", "json"])
def test_missing_make_exits_1(tmp_path: Path, arguments: list[str]) -> None:
    done = doctor(*arguments, path=str(tmp_path))
    assert done.returncode == 1
    assert "apt-get install make" in done.stdout
