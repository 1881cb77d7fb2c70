"""`apiforge report`: whole invocations against stored runs."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from apiforge.cli.main import run
from apiforge.loadtest.reports.formats import FORMATS
from apiforge.runs import store
from tests.unit.reports import documents

Captured = pytest.CaptureFixture[str]


def save(project: Path, name: str, hour: int) -> store.StoredRun:
    now = datetime(2026, 11, 22, hour, 41, 5, tzinfo=UTC)
    folder = store.create_folder(store.runs_folder(project), now=now, token=lambda: "ab12")
    document = documents.EVERY[name]()
    document["run"]["id"] = folder.name
    document["started"] = now.isoformat()
    return store.save_run(folder, document)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    save(tmp_path, "pass", 9)
    save(tmp_path, "fail", 11)
    save(tmp_path, "interrupted", 10)
    return tmp_path


def report(project: Path, *arguments: str) -> int:
    return run(["report", "--project", str(project), *arguments])


def test_list_is_a_table_newest_first(project: Path, capsys: Captured) -> None:
    assert report(project) == 0
    assert capsys.readouterr().out == (
        "run                   started           target   rate      p95  verdict\n"
        "20261122-114105-ab12  2026-11-22 11:41  shop    200/s   234 ms  fail\n"
        "20261122-104105-ab12  2026-11-22 10:41  shop     50/s  22.1 ms  fail, interrupted\n"
        "20261122-094105-ab12  2026-11-22 09:41  shop     50/s  18.4 ms  pass\n"
    )


def test_list_as_json_is_one_document(project: Path, capsys: Captured) -> None:
    assert report(project, "--json", "-") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["status"] for entry in listed] == ["fail", "fail", "pass"]
    assert listed[0] == {
        "id": "20261122-114105-ab12",
        "started": "2026-11-22T11:41:05+00:00",
        "name": "shop",
        "target": "http://127.0.0.1:18080",
        "rate": 200.0,
        "p95_ms": listed[0]["p95_ms"],
        "status": "fail",
        "interrupted": False,
        "result": str(store.runs_folder(project) / "20261122-114105-ab12" / "result.json"),
    }


def test_empty_list_says_so(tmp_path: Path, capsys: Captured) -> None:
    assert report(tmp_path) == 0
    assert capsys.readouterr().out == f"no stored runs in {store.runs_folder(tmp_path)}\n"


def test_empty_list_as_json_is_empty(tmp_path: Path, capsys: Captured) -> None:
    assert report(tmp_path, "--json", "-") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_broken_run_is_a_warning_beside_the_list(project: Path, capsys: Captured) -> None:
    (store.runs_folder(project) / "20261122-094105-ab12" / store.RESULT).write_text("{")
    assert report(project) == 0
    told = capsys.readouterr()
    assert "is left out: result.json is not JSON" in told.err
    assert len(told.out.splitlines()) == 3


def test_report_of_a_failed_run_exits_0(project: Path, capsys: Captured) -> None:
    assert report(project, "latest") == 0
    told = capsys.readouterr().out
    assert told.startswith("FAIL  shop, 200/s for 40 s\n")
    assert told.endswith("/20261122-114105-ab12/report.html\n")


def test_json_of_a_run_is_its_document_and_nothing_else(project: Path, capsys: Captured) -> None:
    assert report(project, "20261122-09", "--json", "-") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "apiforge.loadtest/1"
    assert document["run"]["id"] == "20261122-094105-ab12"


def test_reports_are_made_again_into_files(project: Path, capsys: Captured) -> None:
    page, result = project / "again.html", project / "again.json"
    assert report(project, "latest", "--html", str(page), "--json", str(result)) == 0
    stored = store.load_run("latest", store.runs_folder(project))
    assert page.read_text() == stored.report.read_text()
    assert result.read_text() == stored.result.read_text()
    assert capsys.readouterr().out.endswith(f"  report    {page}\n")


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_is_made_again_from_a_stored_run(
    project: Path, capsys: Captured, form: str
) -> None:
    assert report(project, "latest", f"--{form}", "-") == 0
    stored = store.load_run("latest", store.runs_folder(project))
    assert capsys.readouterr().out == FORMATS[form](stored.document)


def test_schema_of_results_is_printed(tmp_path: Path, capsys: Captured) -> None:
    assert run(["report", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["schema"] == {"const": "apiforge.loadtest/1"}


def test_github_is_told_where_there_is_one(
    project: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
    assert report(project, "latest", "--json", "-") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["verdict"]["status"] == "fail"
    assert told.err.startswith("::error title=shop%3A target missed::p95<200ms: 234 ms\n")
    assert (project / "summary.md").read_text().startswith("## \u274c Fail: shop")


def test_html_goes_to_stdout(project: Path, capsys: Captured) -> None:
    assert report(project, "latest", "--html", "-") == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        pytest.param(["1999"], 2, "error: no stored run '1999'", id="unknown"),
        pytest.param(["2026"], 2, "error: 3 stored runs begin with '2026'", id="ambiguous"),
        pytest.param(["--html", "x.html"], 2, "error: --html needs a run", id="html-without-run"),
        pytest.param(
            ["latest", "--json", "-", "--html", "-"], 2, "cannot both go to stdout", id="both"
        ),
        pytest.param(
            ["latest", "--html", "/nowhere/x.html"], 1, "No such file or directory", id="unwritable"
        ),
    ],
)
def test_wrong_use_is_one_clear_line_with_a_hint(
    project: Path, capsys: Captured, arguments: list[str], code: int, told: str
) -> None:
    assert report(project, *arguments) == code
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.out == ""


def test_project_that_is_not_there_exits_2(tmp_path: Path, capsys: Captured) -> None:
    assert report(tmp_path / "never") == 2
    assert "error: no directory" in capsys.readouterr().err
