"""The comparison printed: a table of the variants, the differences, the recommendation."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apiforge.compare.reports.tables import cost_table, difference_table, speed_table
from apiforge.loadtest.reports.console import WIDTH, Line, Segment, Style
from apiforge.loadtest.reports.tables import Table

_STYLES: Mapping[str, Style] = {
    **{"faster": "good", "slower": "bad", "met": "good", "missed": "bad"},
    **{"failed": "bad", "skipped": "warn", "too few rounds": "warn"},
}


def lines(document: Mapping[str, Any], *, report: str | None = None) -> list[Line]:
    """The whole of it: what to take first, then why."""
    return [
        *_head(document),
        (),
        *_grid(speed_table(document)),
        (),
        *_grid(cost_table(document)),
        *_differences(document),
        *_notes(document),
        *([(), (Segment("  report    ", "dim"), Segment(report))] if report else []),
    ]


def _head(document: Mapping[str, Any]) -> Iterator[Line]:
    recommended = document["recommendation"]
    value = recommended["value"]
    if value is None:
        yield (Segment("NO RECOMMENDATION", "warn"), Segment(f"  {_subject(document)}"))
    else:
        yield (
            Segment(value, "good"),
            Segment(recommended["headline"].removeprefix(value), "strong"),
        )
        yield (Segment(f"  {_subject(document)}"),)
    yield from _wrapped(recommended["reasons"])


def _differences(document: Mapping[str, Any]) -> Iterator[Line]:
    if document["differences"]:
        yield ()
        yield from _grid(difference_table(document))


def _subject(document: Mapping[str, Any]) -> str:
    asked = document["asked"]
    interrupted = ", interrupted" if document["interrupted"] else ""
    return (
        f"{asked['name']}, {asked['rounds']} rounds of {asked['duration_s']:g} s "
        f"at {asked['rate']:g}/s{interrupted}"
    )


def _grid(table: Table) -> Iterator[Line]:
    rows = [[cell.text for cell in row] for row in table.rows]
    widths = [max(map(len, column)) for column in zip(table.head, *rows, strict=True)]
    yield (Segment("  " + _row(table.head, widths, table.words), "dim"),)
    for row in rows:
        style = _STYLES.get(row[-1], "plain")
        rest = "  " + _row(row[:-1], widths[:-1], table.words) + "  "
        yield (Segment(rest), Segment(f"{row[-1]:>{widths[-1]}}", style))


def _row(cells: Sequence[str], widths: Sequence[int], words: int) -> str:
    return "  ".join(
        f"{cell:<{width}}" if index < words else f"{cell:>{width}}"
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )


def _notes(document: Mapping[str, Any]) -> Iterator[Line]:
    limits = document["recommendation"]["limits"]
    if limits:
        yield ()
        yield (Segment("  to be kept in mind", "dim"),)
        yield from _wrapped(limits)


def _wrapped(texts: Sequence[str]) -> Iterator[Line]:
    for text in texts:
        for piece in textwrap.wrap(
            text, WIDTH, initial_indent="  - ", subsequent_indent="    ", break_long_words=False
        ):
            yield (Segment(piece),)
