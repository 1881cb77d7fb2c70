"""`apiforge list`, and what every command shares, as a user types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from apiforge import __version__, paths
from apiforge.cli.main import run
from tests.miniature import write_templates

LISTING = """\
database: Where is the data kept?
  sqlite      SQLite, one file (default)
  postgresql  PostgreSQL

cache: Where are answers cached?
  memory  Memory of the process (default)
  none    Every answer is made anew

auth: How do callers prove who they are? (may repeat)
  jwt   Log in with a password (default)
  none  nothing of the kind

deploy: What runs the service? (may repeat)
  compose  Docker Compose (default)
  none     nothing of the kind
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_templates(tmp_path)
    monkeypatch.setattr(paths, "templates", lambda: root)


def test_everything_is_listed(capsys: Captured) -> None:
    assert run(["list"]) == 0

    assert capsys.readouterr() == (LISTING, "")


def test_one_axis_is_listed(capsys: Captured) -> None:
    assert run(["list", "cache"]) == 0

    assert capsys.readouterr() == (LISTING.split("\n\n")[1] + "\n", "")


def test_the_list_as_json(capsys: Captured) -> None:
    assert run(["list", "database", "--json"]) == 0

    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "schema": "apiforge.list/1",
        "axes": [
            {
                "name": "database",
                "question": "Where is the data kept?",
                "many": False,
                "default": ["sqlite"],
                "values": [
                    {
                        "name": "sqlite",
                        "summary": "SQLite, one file",
                        "default": True,
                        "untested": None,
                    },
                    {
                        "name": "postgresql",
                        "summary": "PostgreSQL",
                        "default": False,
                        "untested": None,
                    },
                ],
            }
        ],
    }


def test_an_unknown_axis_lists_the_axes(capsys: Captured) -> None:
    assert run(["list", "databse"]) == 2

    assert capsys.readouterr() == (
        "",
        "error: no axis called 'databse'\n"
        "hint: did you mean database? choose one of: database, cache, auth, deploy\n",
    )


def test_the_version_is_one_line(capsys: Captured) -> None:
    assert run(["--version"]) == 0

    assert capsys.readouterr() == (f"apiforge {__version__}\n", "")


def test_the_version_of_the_program() -> None:
    command = [sys.executable, "-m", "apiforge", "--version"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, f"apiforge {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_names_every_command(capsys: Captured, arguments: list[str]) -> None:
    assert run(arguments) == (0 if arguments else 2)

    out, err = capsys.readouterr()
    listed = out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == [
        "new",
        "list",
        "up",
        "loadtest",
        "compare",
        "plan",
        "report",
        "doctor",
    ]
    assert err == ""


@pytest.mark.parametrize("command", ["new", "list", "up", "loadtest", "report", "doctor"])
def test_every_command_has_help(capsys: Captured, command: str) -> None:
    assert run([command, "--help"]) == 0

    out, err = capsys.readouterr()
    assert out.startswith(f"Usage: apiforge {command} ")
    assert err == ""


def test_an_unknown_command_is_refused(capsys: Captured) -> None:
    assert run(["nwe"]) == 2

    assert capsys.readouterr().err.startswith("error: no such command 'nwe'")


def test_a_reader_that_goes_away_is_no_error() -> None:
    """As `apiforge list --json | head -0` does."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "apiforge", "--help"]

    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)

    os.close(writing)
    assert done.stderr == b""


def test_a_bug_shows_no_trace(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "templates", lambda: 1 / 0)

    assert run(["list"]) == 1

    assert capsys.readouterr() == (
        "",
        "error: ZeroDivisionError: division by zero\n"
        "hint: this is a mistake of ours: please report what --debug shows\n",
    )


def test_a_bug_shows_its_trace_with_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "templates", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        run(["--debug", "list"])


def test_an_interrupt_exits_130(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(paths, "templates", interrupted)

    assert run(["list"]) == 130

    assert capsys.readouterr() == ("", "")
