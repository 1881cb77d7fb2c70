"""`apiforge compare` as it is typed: what is refused, and what needs no server."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from apiforge.cli.main import run
from apiforge.compare import store
from tests.unit.compare.comparisons import Likeness, compared, make_order_of

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


@pytest.fixture
def stored(elsewhere: Path) -> str:
    """The id of a comparison that was held here before."""
    order = make_order_of(["sqlite", "postgresql"])
    folder = store.comparisons_folder()
    notebook = store.begin(folder, order, now=datetime(2026, 11, 1, tzinfo=UTC))
    document = compared({"sqlite": Likeness(), "postgresql": Likeness()})
    store.save(notebook.folder, {**document, "id": notebook.id}, report="page")
    return notebook.id


def test_a_stored_comparison_is_listed(capsys: Captured, stored: str) -> None:
    assert run(["report"]) == 0

    told = f"{stored}  comparison of sqlite, postgresql: sqlite comes first"
    assert told in capsys.readouterr().out


def test_its_reports_are_made_again(capsys: Captured, stored: str, elsewhere: Path) -> None:
    assert run(["report", stored, "--html", "again.html", "--markdown", "again.md"]) == 0

    out, _ = capsys.readouterr()
    assert "sqlite comes first" in out and "no difference shown" in out
    assert out.rstrip().endswith("again.html")
    assert "<h2 id=" in (elsewhere / "again.html").read_text()
    assert (elsewhere / "again.md").read_text().startswith("## sqlite comes first")


def test_a_form_that_comparisons_do_not_have_is_refused(capsys: Captured, stored: str) -> None:
    assert run(["report", stored, "--junit", "-"]) == 2

    assert "json, html, markdown" in capsys.readouterr().err


def test_every_line_of_the_result_fits(capsys: Captured, stored: str) -> None:
    run(["report", stored])

    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > 80 and "report" not in line] == []
