from pathlib import Path

from apiforge.runs.github import tell_github
from tests.unit.reports import documents


def refuse(text: str) -> None:
    raise AssertionError(text)


def test_outside_of_github_nothing_is_told() -> None:
    assert tell_github(documents.failing(), {}, warn=refuse) == []


def test_summary_is_added_to_what_the_step_wrote(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n")
    tell_github(documents.failing(), {"GITHUB_STEP_SUMMARY": str(summary)}, warn=refuse)
    assert summary.read_text().startswith("# Before\n## \u274c Fail: shop")


def test_annotations_are_for_actions_only() -> None:
    lines = tell_github(documents.failing(), {"GITHUB_ACTIONS": "true"}, warn=refuse)
    assert [line[:7] for line in lines] == ["::error"] * 3


def test_summary_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    told: list[str] = []
    tell_github(documents.failing(), {"GITHUB_STEP_SUMMARY": str(tmp_path)}, warn=told.append)
    assert told == [f"cannot write GITHUB_STEP_SUMMARY {tmp_path}: Is a directory"]
