"""The result as Markdown, for a pull request's comment and for the summary of a CI job."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from apiforge.loadtest.reports import figures, settings, tables, trust
from apiforge.loadtest.reports.comparison import make_comparison
from apiforge.loadtest.reports.headline import make_headline
from apiforge.loadtest.reports.tables import Table

_SIGNS = {"pass": "\u2705", "fail": "\u274c", "invalid": "\u26a0\ufe0f"}
# A comment of GitHub holds 65,536 characters.
_ENDPOINTS_SHOWN = 40
_ERRORS_SHOWN = 20
_LONGEST = 200
_SPECIAL = re.compile(r"[\\`*_{}\[\]()<>#+!|~&$^]")


def markdown(document: Mapping[str, Any]) -> str:
    """The verdict, targets and endpoints; all else folded away. What a service says is escaped."""
    blocks = [*_head(document), *_targets(document), *_comparison(document), *_numbers(document)]
    return "\n\n".join([*blocks, *_endpoints(document), *_details(document)]) + "\n"


def prose(text: str, longest: int = _LONGEST) -> str:
    """Foreign words as text: nothing in it is markup, mentions a person or links an issue."""
    flat = " ".join(text.split())
    short = flat if len(flat) <= longest else f"{flat[: longest - 3]}..."
    escaped = _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", short)
    # A comment parts the sign from the name, which entities do not: mentions are looked for later.
    return escaped.replace("@", "@<!-- -->")


def code(text: str) -> str:
    """The same, in the letters of code."""
    return f"<code>{prose(text)}</code>"


def _head(document: Mapping[str, Any]) -> Iterator[str]:
    headline = make_headline(document)
    sign = _SIGNS.get(headline.state, "\u2754")
    state = headline.word + (f", {headline.early}" if headline.early else "")
    yield f"## {sign} {state}: {prose(headline.subject)}, {headline.load}"
    if headline.state == "invalid" or not headline.reasons:
        yield headline.meaning
    if headline.reasons:
        yield "\n".join(f"- {prose(reason)}" for reason in headline.reasons)


def _targets(document: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        (code(str(target["text"])), figures.observed(target), _result(target))
        for target in document["targets"]
    ]
    if rows:
        yield grid(("Target", "Observed", "Result"), rows, right={1})


def _result(target: Mapping[str, Any]) -> str:
    signs = {"met": _SIGNS["pass"], "missed": _SIGNS["fail"], "not judged": _SIGNS["invalid"]}
    outcome = figures.outcome(target)
    return f"{signs[outcome]} {outcome}"


def _comparison(document: Mapping[str, Any]) -> Iterator[str]:
    found = make_comparison(document)
    if found is None:
        return
    signs = {"regressed": "fail", "improved": "pass", "not comparable": "invalid"}
    sign = _SIGNS.get(signs.get(found.answer, ""), "\u2796")
    yield f"### {sign} {prose(found.sentence)}"
    if found.reasons:
        yield "\n".join(f"- {prose(reason)}" for reason in found.reasons)
    if found.table.rows:
        yield table_of(found.table, write=prose)


def _numbers(document: Mapping[str, Any]) -> Iterator[str]:
    summary = document["summary"]
    latency = summary.get("latency_ms") or {}
    keys = ("p50", "p90", "p95", "p99", "max")
    head = (*keys, "Achieved", "Asked", "Requests", "Failed", "Unfinished", "Never sent")
    rates = [figures.rate(summary.get(key)) for key in ("achieved_rate", "asked_rate")]
    counted = ("requests", "failures", "unfinished", "dropped")
    counts = [figures.count(summary.get(key)) for key in counted]
    row = [*(figures.milliseconds(latency.get(key)) for key in keys), *rates, *counts]
    yield grid(head, [row], right=set(range(len(head))))


def _endpoints(document: Mapping[str, Any]) -> Iterator[str]:
    table = tables.endpoint_table(document)
    if table.rows:
        yield table_of(table, shown=_ENDPOINTS_SHOWN)
        yield f"{table.caption}."


def _details(document: Mapping[str, Any]) -> Iterator[str]:
    probes = tables.breakpoint_table(document)
    if probes:
        yield folded(probes.caption, table_of(probes, write=prose))
    errors = tables.error_table(document)
    if errors.rows:
        yield folded("Errors", table_of(errors, shown=_ERRORS_SHOWN))
    latency = tables.latency_table(document)
    yield folded("Latency in full", table_of(latency, write=prose))
    checks = [
        (check.name, prose(check.observed), check.limit, _held(check.holds))
        for check in trust.checks(document)
    ]
    yield folded(
        "Can this test be trusted?", grid(("Generator", "Observed", "Allowed", ""), checks)
    )
    facts = [*settings.settings(document), *settings.machine(document)]
    yield folded("Set-up", grid(("", ""), [(name, code(value)) for name, value in facts]))


def _held(holds: bool | None) -> str:
    return "" if holds is None else _SIGNS["pass" if holds else "fail"]


def folded(title: str, content: str) -> str:
    """Shown only when its title is clicked."""
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"


def table_of(table: Table, *, shown: int | None = None, write: Callable[[str], str] = code) -> str:
    """A table, of which `shown` rows at most; `write` puts its words into Markdown."""
    words = range(table.words)
    rows = [
        [write(cell.text) if index in words else cell.text for index, cell in enumerate(row)]
        for row in table.rows[:shown]
    ]
    left_out = len(table.rows) - len(rows)
    more = f"\n\nand {left_out:,} more, in the full report" if left_out else ""
    return grid(table.head, rows, right=set(range(table.words, len(table.head)))) + more


def grid(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, right: set[int] | None = None
) -> str:
    """Any table; the columns of `right` are numbers."""
    rules = ["---:" if index in (right or set()) else "---" for index in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rules, *rows))
