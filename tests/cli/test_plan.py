"""`apiforge plan`: whole invocations on a project with a stored breakpoint."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from apiforge.cli.main import run
from apiforge.runs import store
from tests.unit.reports import documents

Captured = pytest.CaptureFixture[str]


def make(folder: Path, *flags: str) -> Path:
    assert run(["new", "shop", "--directory", str(folder), "--yes", *flags]) == 0
    return folder


def store_breakpoint(project: Path, *, workers: int | None = 1) -> None:
    now = datetime(2026, 11, 26, 10, tzinfo=UTC)
    folder = store.create_folder(store.runs_folder(project), now=now, token=lambda: "ab12")
    document = documents.searching()
    document["run"] |= {"id": folder.name, "service_workers": workers}
    store.save_run(folder, document)


@pytest.fixture
def project(tmp_path: Path, capsys: Captured) -> Path:
    folder = make(tmp_path / "shop", "--database", "postgresql", "--cache", "redis")
    store_breakpoint(folder)
    capsys.readouterr()
    return folder


def test_every_formula_is_shown_with_its_numbers(project: Path, capsys: Captured) -> None:
    assert run(["plan", str(project)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("FITS  shop, run 20261126-100000-ab12\n")
    assert "peak_rate * max(1, growth_per_year) = 50 * max(1, 2)" in told.out
    assert "a local estimate" in told.err


def test_json_is_one_document(project: Path, capsys: Captured) -> None:
    assert run(["plan", str(project), "--json", "--peak-rate", "500"]) == 0
    document = json.loads(capsys.readouterr().out)
    figures = {figure["key"]: figure["value"] for figure in document["figures"]}
    assert document["schema"] == "apiforge.plan/1"
    assert document["local_estimate"] is True
    assert figures["peak_rate"] == 500
    assert figures["design_rate"] == 1000


def test_choices_that_do_not_bear_it_exit_3(tmp_path: Path, capsys: Captured) -> None:
    folder = make(tmp_path / "small")
    store_breakpoint(folder)
    capsys.readouterr()
    assert run(["plan", str(folder), "--peak-rate", "500"]) == 3
    out = capsys.readouterr().out
    assert out.startswith("DOES NOT FIT")
    assert "database sqlite serves 1 replica(s)" in out
    assert "choose database" in out


def test_nothing_measured_says_how_to_measure(tmp_path: Path, capsys: Captured) -> None:
    folder = make(tmp_path / "shop")
    assert run(["plan", str(folder)]) == 2
    assert "--profile breakpoint" in capsys.readouterr().err


def test_an_estimate_is_not_written_unless_accepted(project: Path, capsys: Captured) -> None:
    assert run(["plan", str(project), "--write"]) == 2
    assert "--accept-estimate" in capsys.readouterr().err
    assert not (project / "deploy").exists()

    assert run(["plan", str(project), "--write", "--accept-estimate"]) == 0
    written = (project / "deploy/plan.env").read_text()
    assert "WORKERS=2\n" in written
    assert "local estimate" in written
    assert "deploy/plan.env" in (project / "compose.yaml").read_text()


def test_what_was_measured_elsewhere_is_written_as_it_is(tmp_path: Path, capsys: Captured) -> None:
    folder = make(tmp_path / "shop", "--database", "postgresql", "--cache", "redis")
    store_breakpoint(folder, workers=None)
    assert run(["plan", str(folder), "--write"]) == 0
    assert (folder / "deploy/plan.env").exists()


@pytest.mark.parametrize(
    ("flag", "value", "named"),
    [
        ("--peak-rate", "0", "--peak-rate"),
        ("--growth", "-1", "--growth"),
        ("--availability", "often", "--availability"),
        ("--utilisation", "2", "--utilisation"),
        ("--run", "nothing", "nothing"),
    ],
)
def test_wrong_values_exit_2_naming_them(
    project: Path, capsys: Captured, flag: str, value: str, named: str
) -> None:
    assert run(["plan", str(project), flag, value]) == 2
    assert named in capsys.readouterr().err
