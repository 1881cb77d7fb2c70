"""The comparison as one self-contained HTML page, in the clothes of a load test's report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apiforge.compare.reports import tables
from apiforge.compare.reports.facts import fact_table, setup
from apiforge.compare.reports.intervals import interval_plots
from apiforge.compare.reports.plots import (
    measured,
    percentile_chart,
    percentile_columns,
    rate_chart,
    rate_columns,
)
from apiforge.loadtest.reports import figures
from apiforge.loadtest.reports.headline import moment
from apiforge.loadtest.reports.pages import asset, embedded, policy, template

_PAGE = Path(__file__).parent / "page"


def html(document: Mapping[str, Any]) -> str:
    """The whole page; everything the document says is escaped."""
    curve, rates = percentile_columns(document), rate_columns(document)
    style = asset("page.css") + asset("compare.css", _PAGE)
    script = asset("page.js")
    charts = [percentile_chart(document, curve), rate_chart(document, rates)]
    return template("compare.html.j2", _PAGE).render(
        document=document,
        asked=document["asked"],
        recommended=document["recommendation"],
        numbers=_numbers(document),
        started=moment(document["started"]),
        speed=tables.speed_table(document),
        cost=tables.cost_table(document),
        differences=tables.difference_table(document),
        exploratory=tables.exploratory_table(document),
        rounds=tables.round_table(document),
        endpoints=tables.endpoint_table(document),
        errors=tables.error_table(document),
        facts=fact_table(document),
        setup=setup(document),
        charts=[chart for chart in charts if chart is not None],
        intervals=interval_plots(document),
        data=embedded({"curve": curve, "rates": rates}),
        style=style,
        script=script,
        policy=policy(style, script),
    )


def _numbers(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The headline numbers: a variant each, its p95 and its highest rate."""
    return [
        (
            it["label"],
            figures.milliseconds(it["latency_ms"]["p95"]),
            f"p95; up to {tables.highest(it)}/s",
        )
        for _, it in measured(document)
    ]
