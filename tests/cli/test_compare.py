"""`apiforge compare` as it is typed: what is refused, and what needs no server."""

import json
from pathlib import Path

import pytest

from apiforge.cli.main import run

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        pytest.param([], "nothing to compare", "--databases sqlite,postgresql", id="nothing"),
        pytest.param(
            ["--databases", "sqlite"], "--databases sqlite is one value", "name two of", id="one"
        ),
        pytest.param(
            ["--databases", "sqlite,postgres"],
            "no database called 'postgres'",
            "did you mean postgresql?",
            id="unknown",
        ),
        pytest.param(
            ["--databases", "sqlite,postgresql", "--smallest", "some"],
            "--smallest 'some' is no percentage",
            "--smallest 5%",
            id="smallest",
        ),
        pytest.param(
            ["--databases", "sqlite,postgresql", "--duration", "0s"],
            "--duration 0s is too short",
            "at least 1s",
            id="duration",
        ),
        pytest.param(
            ["--databases", "sqlite,postgresql", "--json", "no/where.json"],
            "there is no",
            "a folder that exists",
            id="json",
        ),
        pytest.param(
            ["--databases", "sqlite,postgresql", "--resume"],
            "nothing to resume",
            "repeat the command as it was",
            id="resume",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    capsys: Captured, elsewhere: Path, arguments: list[str], error: str, hint: str
) -> None:
    code = run(["compare", *arguments])

    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    told = err.splitlines()
    assert len(told) == 2
    assert error in told[0] and hint in told[1]
    assert list(elsewhere.iterdir()) == []


def test_the_schema_is_printed(capsys: Captured) -> None:
    assert run(["compare", "--schema"]) == 0

    assert json.loads(capsys.readouterr().out)["title"] == "Result of apiforge compare"
