"""Stored runs survive being written, found again, and neighbours that are none."""

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from apiforge.errors import ApiforgeError, UsageError
from apiforge.runs import store
from tests.unit.reports import documents

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def save(runs: Path, hour: int, token: str) -> store.StoredRun:
    folder = store.create_folder(runs, now=NOON.replace(hour=hour), token=iter([token]).__next__)
    document = documents.passing(seconds=3)
    document["run"]["id"] = folder.name
    return store.save_run(folder, document)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return store.runs_folder(tmp_path)


def test_id_is_the_start_in_utc() -> None:
    local = NOON.astimezone(timezone(timedelta(hours=5)))
    assert store.make_id(local, "ab12") == "20261122-120000-ab12"


def test_taken_id_takes_the_next_token(runs: Path) -> None:
    tokens = iter(["aaaa", "aaaa", "bbbb"])
    first = store.create_folder(runs, now=NOON, token=tokens.__next__)
    second = store.create_folder(runs, now=NOON, token=tokens.__next__)
    assert (first.name[-4:], second.name[-4:]) == ("aaaa", "bbbb")


def test_runs_are_ignored_by_git(runs: Path) -> None:
    store.create_folder(runs, now=NOON)
    assert (runs / ".gitignore").read_text() == "*\n"


def test_a_place_that_cannot_be_written_names_out(tmp_path: Path) -> None:
    (tmp_path / ".apiforge").write_text("a file where a folder must be")

    with pytest.raises(ApiforgeError, match="cannot write") as refused:
        store.create_folder(store.runs_folder(tmp_path), now=NOON)

    assert "--out" in str(refused.value.hint)


def test_saved_run_is_read_back(runs: Path) -> None:
    saved = save(runs, 12, "ab12")
    loaded = store.load_run(saved.id, runs)
    assert loaded == saved
    assert loaded.report.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_no_temporary_files_are_left(runs: Path) -> None:
    saved = save(runs, 12, "ab12")
    assert sorted(os.listdir(saved.folder)) == ["report.html", "result.json"]


def test_result_that_is_no_json_is_refused_and_leaves_nothing(runs: Path) -> None:
    folder = store.create_folder(runs, now=NOON)
    document = documents.passing(seconds=3)
    document["summary"]["asked_rate"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        store.save_run(folder, document)
    assert os.listdir(folder) == ["report.html"]


def test_list_is_newest_first(runs: Path) -> None:
    saved = [save(runs, hour, "ab12") for hour in (9, 23, 14)]
    found, broken = store.list_runs(runs)
    assert [run.id for run in found] == [saved[index].id for index in (1, 2, 0)]
    assert broken == []


def test_list_of_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert store.list_runs(tmp_path / "never") == ([], [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(None, "did not finish", id="missing"),
        pytest.param("{", "is not JSON", id="half"),
        pytest.param("[1]", "does not have the schema", id="list"),
        pytest.param('{"schema": "k6/1"}', "does not have the schema", id="foreign"),
        pytest.param(
            '{"schema": "apiforge.loadtest/1", "series": {}}', "`series` is not", id="shape"
        ),
        pytest.param(
            '{"schema": "apiforge.loadtest/1", "errors": [3]}', "`errors` is not", id="elements"
        ),
    ],
)
def test_broken_run_is_named_beside_the_others(
    runs: Path, content: str | None, reason: str
) -> None:
    good = save(runs, 12, "ab12")
    folder = runs / "20261122-130000-cd34"
    folder.mkdir()
    if content is not None:
        (folder / store.RESULT).write_text(content)
    found, broken = store.list_runs(runs)
    assert [run.id for run in found] == [good.id]
    assert [run.folder for run in broken] == [folder]
    assert reason in broken[0].reason
    assert store.load_run("latest", runs).id == good.id


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("latest", id="latest"),
        pytest.param("20261122-14", id="prefix"),
        pytest.param("20261122-140000-cd34", id="id"),
    ],
)
def test_run_is_found_by(runs: Path, reference: str) -> None:
    save(runs, 12, "ab12")
    wanted = save(runs, 14, "cd34")
    assert store.load_run(reference, runs).id == wanted.id


@pytest.mark.parametrize("name", [".", store.RESULT])
def test_run_is_found_by_path_from_anywhere(runs: Path, name: str, tmp_path: Path) -> None:
    saved = save(runs, 12, "ab12")
    assert store.load_run(saved.folder / name, tmp_path / "elsewhere").id == saved.id


def test_ambiguous_beginning_names_the_candidates(runs: Path) -> None:
    save(runs, 12, "ab12")
    save(runs, 14, "cd34")
    with pytest.raises(UsageError) as caught:
        store.load_run("2026", runs)
    assert caught.value.message == "2 stored runs begin with '2026'"
    assert "20261122-140000-cd34, 20261122-120000-ab12" in str(caught.value.hint)


def test_unknown_run_names_the_newest(runs: Path) -> None:
    saved = save(runs, 12, "ab12")
    with pytest.raises(UsageError) as caught:
        store.load_run("1999", runs)
    assert "no stored run '1999'" in caught.value.message
    assert saved.id in str(caught.value.hint)


@pytest.mark.parametrize("reference", ["latest", "", "x"])
def test_no_run_at_all_says_how_to_get_one(runs: Path, reference: str) -> None:
    with pytest.raises(UsageError) as caught:
        store.load_run(reference, runs)
    assert "apiforge loadtest" in str(caught.value.hint)


def test_run_asked_for_by_name_that_is_broken_says_why(runs: Path) -> None:
    folder = runs / "20261122-130000-cd34"
    folder.mkdir(parents=True)
    (folder / store.RESULT).write_text(json.dumps({"schema": "other"}))
    with pytest.raises(UsageError, match="does not have the schema"):
        store.load_run(folder.name, runs)
