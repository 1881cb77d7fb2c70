"""What a job of GitHub Actions shows beside its log: annotations of a run."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from apiforge.loadtest.reports import figures, trust
from apiforge.loadtest.reports.comparison import make_comparison
from apiforge.loadtest.reports.headline import make_headline

_SHOWN = 10
"""GitHub shows as many of each level for one step."""


def annotations(document: Mapping[str, Any]) -> list[str]:
    """Workflow commands: an error for what made the run fail, a warning for what to look at."""
    errors, warnings = list(_errors(document)), list(_warnings(document))
    return [
        *(_command("error", title, text) for title, text in errors[:_SHOWN]),
        *(_command("warning", title, text) for title, text in warnings[:_SHOWN]),
    ]


def _errors(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    headline = make_headline(document)
    subject = headline.subject
    if headline.state == "invalid":
        for reason in headline.reasons or (headline.meaning,):
            yield f"{subject}: the load test is invalid", reason
        return
    for target in document["targets"]:
        if not target.get("met"):
            yield f"{subject}: target missed", f"{target['text']}: {figures.observed(target)}"
    found = make_comparison(document)
    if found and found.required and found.answer == "regressed":
        yield f"{subject}: {found.sentence}", "; ".join(found.reasons)


def _warnings(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    headline, summary = make_headline(document), document["summary"]
    if headline.early:
        yield f"{headline.subject}: {headline.early}", f"The load test was stopped: {headline.load}"
    found = make_comparison(document)
    if found and found.answer in ("regressed", "not comparable") and not found.required:
        yield f"{headline.subject}: {found.sentence}", "; ".join(found.reasons)
    for warning in document["generator"].get("warnings") or ():
        yield f"{headline.subject}: load generator", str(warning)
    if headline.state == "invalid":
        return
    lost = (figures.number(summary.get("failures")) or 0) + (summary.get("dropped") or 0)
    if lost and headline.state == "pass":
        told = f"{figures.count(lost)} requests failed or were not sent; all targets were met"
        yield f"{headline.subject}: errors", told
    for check in trust.checks(document):
        if check.holds is False:
            told = f"{check.name}: {check.observed}, {check.limit}. {check.meaning}"
            yield f"{headline.subject}: load generator", told


def _command(level: Literal["error", "warning"], title: str, text: str) -> str:
    return f"::{level} title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
