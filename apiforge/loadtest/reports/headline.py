"""The verdict in words, the same at the top of every report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from apiforge.loadtest.reports import figures

State = Literal["pass", "fail", "invalid", "unknown"]

_WORDS: dict[str, tuple[State, str, str]] = {
    "pass": ("pass", "Pass", "Every target was met."),
    "fail": ("fail", "Fail", "The service did not meet its targets."),
    "invalid": (
        "invalid",
        "Invalid test",
        "The test itself went wrong, so it says nothing about the service.",
    ),
}
_UNKNOWN: tuple[State, str, str] = ("unknown", "No verdict", "The run was not judged.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What a reader must know when they read nothing else. `early` says how it ended before its
    time, in a word or two; empty where it did not."""

    state: State
    word: str
    meaning: str
    early: str
    subject: str
    load: str
    started: str
    reasons: tuple[str, ...]


def make_headline(document: Mapping[str, Any]) -> Headline:
    """What a report begins with, from the verdict and the run of a result."""
    verdict, run = document["verdict"], document["run"]
    state, word, meaning = _WORDS.get(str(verdict.get("status")), _UNKNOWN)
    target = str(document.get("target") or "unknown target")
    return Headline(
        state=state,
        word=word,
        meaning=meaning,
        early=_early(run),
        subject=str(run.get("name") or target),
        load=_load(document),
        started=moment(document.get("started")),
        reasons=tuple(_reason(state, str(reason)) for reason in verdict.get("reasons") or ()),
    )


def _reason(state: State, reason: str) -> str:
    """A sentence begins with a capital; a missed target begins with its own name."""
    return reason if state == "fail" else reason[:1].upper() + reason[1:]


def moment(stamp: object) -> str:
    """An RFC 3339 time to the second, for people: `2026-11-22 17:41:05 UTC`."""
    text = str(stamp or "")
    if len(text) < 19 or "T" not in text:
        return text or figures.NOTHING
    zone = text[19:].lstrip(".0123456789")
    return f"{text[:10]} {text[11:19]} {'UTC' if zone in ('Z', '+00:00') else zone}".rstrip()


def _early(run: Mapping[str, Any]) -> str:
    if run.get("interrupted"):
        return "interrupted"
    return "ended early" if run.get("aborted") else ""


def _load(document: Mapping[str, Any]) -> str:
    run = document["run"]
    asked = run.get("rate")
    if asked is None:
        asked = document["summary"].get("asked_rate")
    planned = figures.duration(run.get("duration_s"))
    measured = figures.number(run.get("measured_s"))
    if _early(run) and measured is not None:
        planned = f"{figures.duration(round(measured, 1))} of {planned}"
    users = figures.number(run.get("users"))
    load = figures.rate(asked) if users is None else f"{figures.count(users)} users"
    return f"{load} for {planned}"
