"""Two sides in rounds: in which order they run, and what all rounds say together."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from apiforge.compare.against import Pair, Side, Sides, make_result, run_rounds
from apiforge.compare.checkout import checked_out
from apiforge.errors import UsageError
from tests.result_schema import follows_schema
from tests.unit.compare.test_baseline import measured, result

SIDES: Sides = (
    Side(key="a", label="shop", order=None),  # type: ignore[arg-type]
    Side(key="b", label="abc1234", order=None),  # type: ignore[arg-type]
)


def pair(number: int, factor: float, **run: Any) -> Pair:
    """A round in which the project takes so much longer than what it is compared with."""
    return {
        "a": result(measured(factor, seed=number), **run),
        "b": result(measured(seed=100 + number)),
    }


def rounds(count: int, factor: float) -> list[Pair]:
    return [pair(number, factor) for number in range(count)]


def test_rounds_are_interleaved_and_turned() -> None:
    ran: list[tuple[int, str]] = []

    def run(side: Side, number: int) -> dict[str, Any]:
        ran.append((number, side.key))
        return {"run": {"interrupted": False}}

    assert len(run_rounds(SIDES, 3, run)) == 3
    assert ran == [(1, "a"), (1, "b"), (2, "b"), (2, "a"), (3, "a"), (3, "b")]


def test_interruption_ends_the_rounds_and_keeps_the_whole_ones() -> None:
    calls = iter([False, False, True])

    def run(side: Side, number: int) -> dict[str, Any]:
        return {"run": {"interrupted": next(calls)}}

    found = run_rounds(SIDES, 3, run)

    assert [sorted(one) for one in found] == [["a", "b"], ["b"]]


@pytest.mark.parametrize(
    ("factor", "answer"), [(1.2, "regressed"), (0.8, "improved"), (1.0, "no difference shown")]
)
def test_five_rounds_show_what_one_cannot(factor: float, answer: str) -> None:
    found = make_result(rounds(5, factor), SIDES)

    assert follows_schema(found)
    assert (found["baseline"]["run"], found["baseline"]["answer"]) == ("abc1234", answer)
    assert [row["rounds"] for row in found["baseline"]["metrics"]] == [5] * 5
    assert len(found["baseline"]["rounds"]) == 5


def test_shown_is_the_median_run_beside_that_of_its_round() -> None:
    pairs = rounds(5, 1.2)
    found = make_result(pairs, SIDES)

    times = sorted(one["a"]["summary"]["latency_ms"]["p95"] for one in pairs)
    assert found["summary"]["latency_ms"]["p95"] == times[2]
    [p95] = [row for row in found["baseline"]["metrics"] if row["metric"] == "p95"]
    assert p95["observed"] == pytest.approx(times[2], abs=0.001)


def test_four_rounds_are_too_few() -> None:
    found = make_result(rounds(4, 2.0), SIDES)["baseline"]

    assert (found["answer"], found["reasons"]) == ("too few rounds", ["4 of 5 that are needed"])


def test_rounds_with_an_invalid_run_count_for_nothing() -> None:
    bad = dict(pair(9, 1.0))
    bad["b"] = {**bad["b"], "generator": {**bad["b"]["generator"], "faults": ["late"]}}
    found = make_result([*rounds(5, 1.2), bad], SIDES)["baseline"]

    assert found["answer"] == "regressed"
    assert found["reasons"][-1] == "1 of 6 rounds are left out: a run was not sound"


def test_interrupted_rounds_say_what_the_whole_ones_show() -> None:
    cut = {"a": result(measured(), interrupted=True)}
    found = make_result([*rounds(5, 1.2), cut], SIDES)

    assert found["run"]["interrupted"] is True
    assert found["baseline"]["answer"] == "regressed"


def test_nothing_is_said_of_no_sound_round() -> None:
    found = make_result([pair(1, 1.0, aborted="too slow")], SIDES)["baseline"]

    assert found["answer"] == "not comparable"
    assert found["reasons"] == ["no round has two sound runs", "a run of shop was ended early"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project in a folder of a repository, with two commits."""
    project = tmp_path / "all" / "shop"
    project.mkdir(parents=True)
    git(tmp_path / "all", "init", "-q")
    for text in ("old", "new"):
        (project / "file").write_text(text)
        git(project, "add", ".")
        git(project, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", text)
    return project


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def test_commit_is_checked_out_beside_the_project_and_gone_afterwards(repository: Path) -> None:
    (repository / "file").write_text("changed")

    with checked_out(repository, "HEAD~1") as (folder, commit):
        assert (folder / "file").read_text() == "old"
        assert folder.name == "shop"
        assert git(repository, "rev-parse", "HEAD~1").startswith(commit)

    assert not folder.exists()
    assert len(git(repository, "worktree", "list").splitlines()) == 1
    assert (repository / "file").read_text() == "changed"


def test_no_commit_is_refused(repository: Path) -> None:
    with pytest.raises(UsageError, match="neither a project's folder nor a commit"):
        checked_out(repository, "nonsense").__enter__()


def test_project_in_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="in no git repository"):
        checked_out(tmp_path, "HEAD").__enter__()
