"""Reads the tables of reports, for tests that hold one form against another."""

import html
import re

_CELL = re.compile(r"<t[hd]([^>]*)>(.*?)</t[hd]>", re.S)


def html_rows(page: str, caption: str) -> list[list[str]]:
    """The cells of a table of the page: what is sorted by where there is such a number."""
    table = re.search(rf"<caption[^>]*>{caption}</caption>.*?</table>", page, re.S)
    assert table is not None
    rows = re.findall(r"<tr[^>]*><th scope=\"row\">.*?</tr>", table[0], re.S)
    return [[_cell(*found) for found in _CELL.findall(row)] for row in rows]


def markdown_rows(text: str, head: str) -> list[list[str]]:
    """The cells of the table whose first column is called so."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {head} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(line.strip("| ").split(" | "))
    return rows


def number(cell: str) -> float | None:
    """Of a cell; None where it says that there is nothing, in type or in plain text."""
    return None if cell in ("\N{EN DASH}", "-") else float(cell)


def _cell(attributes: str, content: str) -> str:
    value = re.search(r'data-value="([^"]*)"', attributes)
    return value[1] if value else html.unescape(re.sub(r"<[^>]*>", "", content)).strip()
