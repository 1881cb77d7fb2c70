"""Comparisons on disk: every finished visit at once, resumed by the same words only."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from apiforge.compare import store
from apiforge.compare.visit import Visit
from apiforge.errors import UsageError
from tests.unit.compare.comparisons import Likeness, compared, make_order_of, make_visit

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ORDER = make_order_of(["sqlite", "postgresql"])


def noted(place: Path, *visits: Visit) -> store.Notebook:
    notebook = store.begin(place, ORDER, now=NOW)
    for visit in visits:
        notebook.note_visit(visit)
    return notebook


def test_a_visit_is_read_as_it_was_noted(tmp_path: Path) -> None:
    visit = make_visit(ORDER, "sqlite", 2, Likeness())

    [found] = noted(tmp_path, visit).visits()

    assert found.to_json() == visit.to_json()
    assert found.whole.times.percentile(95) == visit.whole.times.percentile(95)


def test_a_line_that_was_cut_off_costs_itself_only(tmp_path: Path) -> None:
    notebook = noted(tmp_path, make_visit(ORDER, "sqlite", 0, Likeness()))
    with (notebook.folder / store.VISITS).open("a") as file:
        file.write('{"visit": {"round": 1, "lab')

    assert [it.round for it in notebook.visits()] == [0]


def test_setting_up_again_adds_to_the_time(tmp_path: Path) -> None:
    notebook = noted(tmp_path)
    notebook.note_setup(20.0)
    notebook.note_setup(12.5)

    assert notebook.setup() == 32.5


def test_the_same_comparison_is_resumed_with_its_seed(tmp_path: Path) -> None:
    notebook = noted(tmp_path)

    found = store.find_unfinished(tmp_path, ORDER)

    assert (found.folder, found.seed) == (notebook.folder, ORDER.seed)


def test_an_interrupted_one_is_resumed(tmp_path: Path) -> None:
    notebook = noted(tmp_path)
    document = {**compared({"sqlite": Likeness(), "postgresql": Likeness()}), "interrupted": True}
    store.save(notebook.folder, document, report="page")

    assert store.find_unfinished(tmp_path, ORDER).folder == notebook.folder


def test_a_finished_one_is_not_resumed(tmp_path: Path) -> None:
    notebook = noted(tmp_path)
    document = compared({"sqlite": Likeness(), "postgresql": Likeness()})
    store.save(notebook.folder, document, report="page")

    with pytest.raises(UsageError, match="nothing to resume"):
        store.find_unfinished(tmp_path, ORDER)


def test_another_one_is_not_resumed(tmp_path: Path) -> None:
    noted(tmp_path)

    with pytest.raises(UsageError, match="nothing to resume"):
        store.find_unfinished(tmp_path, make_order_of(["sqlite", "postgresql"], rounds=7))


def test_a_result_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    notebook = noted(tmp_path)
    document = compared({"sqlite": Likeness(), "postgresql": Likeness()})
    store.save(notebook.folder, document, report="page")

    found = store.load(notebook.id[:8], tmp_path)

    assert found is not None and found["variants"] == document["variants"]
    assert store.load("never", tmp_path) is None
    assert [it["schema"] for it in store.list_results(tmp_path)] == [store.SCHEMA]
