"""What a merge request of GitLab shows: a code quality report.

Its format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from apiforge.loadtest.reports.findings import Finding, find
from apiforge.loadtest.reports.headline import make_headline

_TARGETS = "apiforge.toml"
"""Where targets stand: a finding has to be in a file of the repository."""
_SEVERITIES = {"error": "major", "warning": "minor"}


def gitlab(document: Mapping[str, Any]) -> str:
    """A JSON list of what made the run fail, major, and of what to look at, minor.

    A finding keeps its fingerprint from run to run, whatever was observed: so a merge request
    tells those that it brings from those that were there, and from those that are gone.
    """
    subject = make_headline(document).subject
    issues = [_issue(subject, finding) for finding in find(document)]
    return f"{json.dumps(issues, indent=2, ensure_ascii=False)}\n"


def _issue(subject: str, finding: Finding) -> dict[str, Any]:
    identity = "\0".join(("apiforge", subject, finding.level, finding.check, finding.key))
    return {
        "description": f"{subject}: {finding.title}: {finding.text}",
        "check_name": f"load-test-{finding.check}",
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
        "severity": _SEVERITIES[finding.level],
        "location": {"path": _TARGETS, "lines": {"begin": 1}},
    }
