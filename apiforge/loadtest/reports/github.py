"""What a job of GitHub Actions shows beside its log: annotations of a run."""

from collections.abc import Mapping
from typing import Any

from apiforge.loadtest.reports.findings import Finding, find
from apiforge.loadtest.reports.headline import make_headline

_SHOWN = 10
"""GitHub shows as many of each level for one step."""


def annotations(document: Mapping[str, Any]) -> list[str]:
    """Workflow commands: an error for what made the run fail, a warning for what to look at."""
    subject, found = make_headline(document).subject, find(document)
    errors = [one for one in found if one.level == "error"]
    warnings = [one for one in found if one.level == "warning"]
    return [_command(subject, one) for one in [*errors[:_SHOWN], *warnings[:_SHOWN]]]


def _command(subject: str, finding: Finding) -> str:
    title = _property(f"{subject}: {finding.title}")
    return f"::{finding.level} title={title}::{_data(finding.text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
