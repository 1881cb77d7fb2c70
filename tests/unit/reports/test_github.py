"""Annotations of GitHub Actions: what failed is an error, what to look at a warning."""

import pytest

from apiforge.loadtest.reports.github import annotations
from tests.unit.reports import documents


def levels(document: documents.Document) -> list[str]:
    return [line.split()[0] for line in annotations(document)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pass", []),
        ("fail", ["::error"] * 3),
        ("invalid", ["::error"] * 2),
        ("interrupted", ["::warning"]),
        ("hung", ["::error"] * 2),
        ("unjudged", ["::error", "::warning"]),
    ],
)
def test_levels_follow_the_verdict(name: str, expected: list[str]) -> None:
    assert levels(documents.EVERY[name]()) == expected


def test_missed_target_is_told_with_what_was_observed() -> None:
    assert annotations(documents.failing())[1] == (
        "::error title=shop%3A target missed::errors<0.1%25: 8.66%25"
    )


def test_errors_of_a_run_that_passed_are_a_warning() -> None:
    document = documents.passing()
    document["summary"]["failures"] = 3
    assert annotations(document) == [
        "::warning title=shop%3A errors::3 requests failed or were not sent; all targets were met"
    ]


def test_foreign_text_cannot_begin_a_command_of_its_own() -> None:
    document = documents.failing()
    document["run"]["name"] = "x\n::add-mask::y"
    document["targets"][0]["text"] = "a\r\n::set-env name=B::c"
    assert all(len(line.splitlines()) == 1 for line in annotations(document))


def test_no_more_than_github_shows() -> None:
    document = documents.failing()
    document["targets"] *= 10
    assert len(annotations(document)) == 10
