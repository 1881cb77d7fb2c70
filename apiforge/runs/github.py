"""A run inside a job of GitHub Actions: its summary, and the annotations beside its log."""

from collections.abc import Callable, Mapping
from typing import Any

from apiforge.loadtest.reports.github import annotations
from apiforge.loadtest.reports.markdown import markdown

SUMMARY = "GITHUB_STEP_SUMMARY"
ACTIONS = "GITHUB_ACTIONS"


def tell_github(
    document: Mapping[str, Any], environment: Mapping[str, str], *, warn: Callable[[str], None]
) -> list[str]:
    """Adds to the step's summary where the environment names its file; the lines to print so that
    GitHub annotates the run, none outside of GitHub. A summary that cannot be written is no reason
    to lose a verdict: it is a warning."""
    file = environment.get(SUMMARY)
    if file:
        try:
            with open(file, "a", encoding="utf-8") as summary:
                summary.write(f"{markdown(document)}\n")
        except OSError as error:
            warn(f"cannot write {SUMMARY} {file}: {error.strerror}")
    return annotations(document) if environment.get(ACTIONS) == "true" else []
