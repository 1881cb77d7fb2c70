"""What is printed of a result, in the colours of the console it is printed on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from apiforge.loadtest.reports import console as summary

_STYLES: Mapping[summary.Style, str] = {
    "plain": "",
    "strong": "bold",
    "dim": "dim",
    "good": "bold green",
    "bad": "bold red",
    "warn": "bold yellow",
}


def print_summary(
    console: Console, document: Mapping[str, Any], report: Path | str | None = None
) -> None:
    """The summary of a finished load test, and where its report is."""
    _print_lines(console, summary.lines(document, report=_text(report)))


def print_comparison(
    console: Console, document: Mapping[str, Any], report: Path | str | None = None
) -> None:
    """The table of a comparison and what follows from it, and where its report is."""
    from apiforge.compare.reports.console import lines

    _print_lines(console, lines(document, report=_text(report)))


def _text(report: Path | str | None) -> str | None:
    return None if report is None else str(report)


def _print_lines(console: Console, lines: Sequence[summary.Line]) -> None:
    for line in lines:
        text = Text.assemble(*((part.text, _STYLES[part.style]) for part in line))
        text.rstrip()
        console.print(text, soft_wrap=True)
