"""The comparison as Markdown, for a pull request's comment or a decision record."""

from collections.abc import Iterator, Mapping
from typing import Any

from apiforge.compare.reports import tables
from apiforge.compare.reports.facts import setup
from apiforge.loadtest.reports.markdown import folded, grid, prose, table_of

_LONGEST = 1000


def markdown(document: Mapping[str, Any]) -> str:
    """What to take and why, the tables, and all else folded away. What others say is escaped."""
    return "\n\n".join(_blocks(document)) + "\n"


def _blocks(document: Mapping[str, Any]) -> Iterator[str]:
    asked, recommended = document["asked"], document["recommendation"]
    state = ", interrupted" if document["interrupted"] else ""
    yield (
        f"## {prose(recommended['headline'])}: {prose(asked['name'])}, {asked['rounds']} rounds of "
        f"{asked['duration_s']:g} s at {asked['rate']:g}/s{state}"
    )
    yield _listed(recommended["reasons"])
    yield table_of(tables.speed_table(document), write=prose)
    yield table_of(tables.cost_table(document), write=prose)
    if document["differences"]:
        yield table_of(tables.difference_table(document), write=prose)
    yield "**To be kept in mind**"
    yield _listed(recommended["limits"])
    for table in (
        tables.exploratory_table(document),
        tables.round_table(document),
        tables.endpoint_table(document),
        tables.error_table(document),
    ):
        if table.rows:
            yield folded(table.caption, table_of(table, write=prose))
    yield folded("Set-up", grid(("", ""), [(name, prose(told)) for name, told in setup(document)]))


def _listed(texts: list[str]) -> str:
    return "\n".join(f"- {prose(text, longest=_LONGEST)}" for text in texts)
