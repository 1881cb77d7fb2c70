"""The summary printed after a run, as lines of styled text that fit 80 columns."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from apiforge.loadtest.reports import figures, trust
from apiforge.loadtest.reports.comparison import make_comparison
from apiforge.loadtest.reports.headline import make_headline

Style = Literal["plain", "strong", "dim", "good", "bad", "warn"]

WIDTH = 80
_LABEL = 12
_ENDPOINTS_SHOWN = 20
_ERRORS_SHOWN = 8
_STATE_STYLES: dict[str, Style] = {"pass": "good", "fail": "bad", "invalid": "warn"}
_COLUMNS = ("requests", "failed", "p50 ms", "p95 ms", "p99 ms")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line; what the style looks like is up to who prints it."""

    text: str
    style: Style = "plain"


Line = tuple[Segment, ...]
_EMPTY: Line = ()


def lines(document: Mapping[str, Any], *, report: str | None = None) -> list[Line]:
    """The whole summary: the verdict first, and `report`, where to read more, last."""
    return [
        *_verdict(document),
        *_section(_targets(document)),
        *_section(_comparison(document)),
        *_section(_numbers(document)),
        *_section(_endpoints(document)),
        *_section(_errors(document)),
        *_section([_generator(document), *([_labelled("report", report)] if report else [])]),
    ]


def text(lines: Iterable[Line]) -> str:
    """The lines without their styles."""
    return "".join("".join(part.text for part in line).rstrip() + "\n" for line in lines)


def _section(content: Sequence[Line]) -> list[Line]:
    return [_EMPTY, *content] if content else []


def _verdict(document: Mapping[str, Any]) -> list[Line]:
    headline = make_headline(document)
    style = _STATE_STYLES.get(headline.state, "plain")
    word = headline.word.upper() + (f", {headline.early}" if headline.early else "")
    room = WIDTH - len(word) - len(headline.load) - 4
    first = (
        Segment(word, style),
        Segment("  "),
        Segment(shorten(headline.subject, room), "strong"),
        Segment(f", {headline.load}"),
    )
    reasons: list[Line] = [
        (Segment(piece),)
        for reason in headline.reasons
        for piece in textwrap.wrap(reason, WIDTH, initial_indent="  ", subsequent_indent="    ")
    ]
    meaning = [(Segment(f"  {headline.meaning}", "dim"),)] if headline.state == "invalid" else []
    return [first, *reasons, *meaning]


def _targets(document: Mapping[str, Any]) -> list[Line]:
    targets = document["targets"]
    width = max((len(str(target["text"])) for target in targets), default=0)
    width = min(width, WIDTH - 32)
    return [_target(target, width) for target in targets]


def _target(target: Mapping[str, Any], width: int) -> Line:
    word, style = _judged(target)
    mark = Segment(f"  {word:<{_LABEL - 2}}", style)
    name = shorten(str(target["text"]), width)
    return (mark, Segment(f"{name:<{width}}  "), Segment(figures.observed(target), "strong"))


def _judged(target: Mapping[str, Any]) -> tuple[str, Style]:
    if target.get("judged") is False:
        return "unjudged", "warn"
    return ("met", "good") if target.get("met") else ("missed", "bad")


def _comparison(document: Mapping[str, Any]) -> list[Line]:
    """The answer and, of each metric that has one, how much it changed."""
    found = make_comparison(document)
    if found is None:
        return []
    first = _labelled("baseline", found.sentence, _STATE_STYLES.get(found.state, "plain"))
    margin = " " * _LABEL
    reasons: list[Line] = [
        (Segment(piece),)
        for reason in found.reasons
        for piece in textwrap.wrap(
            reason, WIDTH, initial_indent=margin, subsequent_indent=f"{margin}  "
        )
    ]
    rows: list[Line] = [
        (
            Segment(margin + f"{metric.text:<11}", "dim"),
            Segment(f"{now.text:>9}, was {before.text:>9}  {change.text:>6}  {interval.text}"),
        )
        for metric, _, before, now, change, interval in found.table.rows
    ]
    return [first, *reasons, *rows]


def _numbers(document: Mapping[str, Any]) -> list[Line]:
    summary, latency = document["summary"], document["summary"].get("latency_ms") or {}
    counts = [f"{figures.count(summary.get('requests'))} sent"]
    counts += [
        f"{figures.count(summary.get(key))} {word}"
        for key, word in (("failures", "failed"), ("unfinished", "unfinished"))
        if key == "failures" or summary.get(key)
    ]
    counts.append(f"{figures.count(summary.get('dropped'))} dropped")
    achieved = f"{figures.rate(summary.get('achieved_rate'))} answered successfully"
    if summary.get("asked_rate") is not None:
        achieved += f", {figures.rate(summary['asked_rate'])} asked for"
    keys = ("p50", "p90", "p95", "p99", "max")
    times = "  ".join(f"{key} {figures.milliseconds(latency.get(key))}" for key in keys)
    return [
        _labelled("requests", ", ".join(counts)),
        _labelled("rate", achieved),
        _labelled("latency", times),
    ]


def _endpoints(document: Mapping[str, Any]) -> list[Line]:
    endpoints = document["endpoints"]
    if not endpoints:
        return []
    shown = endpoints[:_ENDPOINTS_SHOWN]
    numbers = [_endpoint(endpoint) for endpoint in shown]
    columns = list(zip(_COLUMNS, *numbers, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    room = WIDTH - 2 - sum(width + 2 for width in widths)
    name = min(room, max(len("endpoint"), *(len(str(entry["name"])) for entry in shown)))
    head = (Segment("  " + _row("endpoint", _COLUMNS, name, widths), "dim"),)
    rows: list[Line] = [
        (Segment("  " + _row(str(entry["name"]), cells, name, widths)),)
        for entry, cells in zip(shown, numbers, strict=True)
    ]
    return [head, *rows, *_more(len(endpoints) - len(shown), "endpoints")]


def _endpoint(endpoint: Mapping[str, Any]) -> tuple[str, ...]:
    latency = endpoint.get("latency_ms") or {}
    counts = (figures.count(endpoint.get(key)) for key in ("requests", "failures"))
    return (*counts, *(figures.digits(latency.get(key)) for key in ("p50", "p95", "p99")))


def _row(name: str, cells: Sequence[str], name_width: int, widths: Sequence[int]) -> str:
    numbers = (f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
    return "  ".join((f"{shorten(name, name_width):<{name_width}}", *numbers))


def _errors(document: Mapping[str, Any]) -> list[Line]:
    errors = document["errors"]
    if not errors:
        return []
    shown = errors[:_ERRORS_SHOWN]
    width = max(len(figures.count(error["count"])) for error in shown)
    rows: list[Line] = []
    for error in shown:
        told = f"{error['endpoint']}: {error['error']}"
        number = f"  {figures.count(error['count']):>{width}}  "
        rows.append((Segment(number, "bad"), Segment(shorten(told, WIDTH - len(number)))))
    head: Line = (Segment("  errors", "dim"),)
    return [head, *rows, *_more(len(errors) - len(shown), "kinds of error")]


def _more(hidden: int, what: str) -> list[Line]:
    return [(Segment(f"  and {hidden} more {what}, in the report", "dim"),)] if hidden > 0 else []


def _generator(document: Mapping[str, Any]) -> Line:
    generator = document["generator"]
    health = (
        f"{trust.cpu(generator.get('cpu'))}, lag p99 "
        f"{figures.milliseconds(generator.get('lag_p99_ms'))}"
    )
    workers = figures.number(generator.get("workers")) or 1
    told = f"{figures.count(workers)} workers, {health}" if workers > 1 else health
    bad = any(check.holds is False for check in trust.checks(document)[:2])
    return _labelled("generator", told, "warn" if bad else "plain")


def _labelled(label: str, content: str, style: Style = "plain") -> Line:
    return (Segment(f"  {label:<{_LABEL - 2}}", "dim"), Segment(content, style))


def shorten(text: str, width: int) -> str:
    """The text on one line in at most `width` characters, the middle left out where it is long."""
    flat = " ".join(text.split())
    if len(flat) <= width:
        return flat
    tail = max(0, (width - 3) // 2)
    return f"{flat[: max(0, width - 3 - tail)]}...{flat[len(flat) - tail :]}"
