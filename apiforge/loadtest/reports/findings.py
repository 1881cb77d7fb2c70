"""What a run has to say to those who look at a change: what made it fail, and what to look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from apiforge.loadtest.reports import figures, trust
from apiforge.loadtest.reports.comparison import make_comparison
from apiforge.loadtest.reports.headline import make_headline

Check = Literal["target", "invalid", "regression", "stopped", "errors", "generator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An error made the run fail, a warning did not. `check` and `key` are the same in every run
    that finds this; `title` and `text` are for people."""

    level: Literal["error", "warning"]
    check: Check
    key: str
    title: str
    text: str


def find(document: Mapping[str, Any]) -> list[Finding]:
    """All of a run, errors first."""
    return [*_errors(document), *_warnings(document)]


def _errors(document: Mapping[str, Any]) -> Iterator[Finding]:
    headline = make_headline(document)
    if headline.state == "invalid":
        for number, reason in enumerate(headline.reasons or (headline.meaning,)):
            title = "the load test is invalid"
            yield _error("invalid", key=str(number), title=title, text=reason)
        return
    for target in document["targets"]:
        if not target.get("met"):
            text = str(target["text"])
            told = f"{text}: {figures.observed(target)}"
            yield _error("target", key=text, title="target missed", text=told)
    found = make_comparison(document)
    if found and found.required and found.answer == "regressed":
        yield _error("regression", key="", title=found.sentence, text="; ".join(found.reasons))


def _warnings(document: Mapping[str, Any]) -> Iterator[Finding]:
    headline, summary = make_headline(document), document["summary"]
    if headline.early:
        told = f"The load test was stopped: {headline.load}"
        yield _warning("stopped", key="", title=headline.early, text=told)
    found = make_comparison(document)
    if found and found.answer in ("regressed", "not comparable") and not found.required:
        yield _warning("regression", key="", title=found.sentence, text="; ".join(found.reasons))
    for number, warning in enumerate(document["generator"].get("warnings") or ()):
        yield _warning("generator", key=str(number), title="load generator", text=str(warning))
    if headline.state == "invalid":
        return
    lost = (figures.number(summary.get("failures")) or 0) + (summary.get("dropped") or 0)
    if lost and headline.state == "pass":
        told = f"{figures.count(lost)} requests failed or were not sent; all targets were met"
        yield _warning("errors", key="", title="errors", text=told)
    for check in trust.checks(document):
        if check.holds is False:
            told = f"{check.name}: {check.observed}, {check.limit}. {check.meaning}"
            yield _warning("generator", key=check.name, title="load generator", text=told)


def _error(check: Check, *, key: str, title: str, text: str) -> Finding:
    return Finding(level="error", check=check, key=key, title=title, text=text)


def _warning(check: Check, *, key: str, title: str, text: str) -> Finding:
    return Finding(level="warning", check=check, key=key, title=title, text=text)
