"""GitLab's code quality report: an issue for each missed target and each fault of the run."""

import json
import re
from typing import Any

import pytest

from apiforge.loadtest.reports.gitlab import gitlab
from tests.unit.reports import documents


def issues(document: documents.Document) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(gitlab(document))
    return found


@pytest.mark.parametrize("name", documents.EVERY)
def test_every_issue_has_what_gitlab_asks_for(name: str) -> None:
    found = issues(documents.EVERY[name]())

    for issue in found:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["description"] and issue["check_name"].startswith("load-test-")
        assert re.fullmatch("[0-9a-f]{64}", issue["fingerprint"])
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"] == {"path": "apiforge.toml", "lines": {"begin": 1}}
    assert len({issue["fingerprint"] for issue in found}) == len(found)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pass", []),
        ("fail", [("load-test-target", "major")] * 3),
        ("invalid", [("load-test-invalid", "major")] * 2),
        ("interrupted", [("load-test-stopped", "minor")]),
    ],
)
def test_issues_follow_the_verdict(name: str, expected: list[tuple[str, str]]) -> None:
    found = issues(documents.EVERY[name]())

    assert [(issue["check_name"], issue["severity"]) for issue in found] == expected


def test_missed_target_is_told_with_what_was_observed() -> None:
    assert issues(documents.failing())[1]["description"] == (
        "shop: target missed: errors<0.1%: 8.66%"
    )


def test_fingerprint_stays_when_something_else_was_observed() -> None:
    before, now = documents.failing(), documents.failing()
    for target in now["targets"]:
        target["observed"] = 9.99

    first, second = issues(before)[1], issues(now)[1]

    assert first["description"] != second["description"]
    assert first["fingerprint"] == second["fingerprint"]
