"""The report as one self-contained HTML page: no network, no inline style, its own script only."""

from collections.abc import Mapping
from typing import Any

from apiforge.loadtest.reports import figures, settings, tables, trust
from apiforge.loadtest.reports.columns import curve_columns, time_columns
from apiforge.loadtest.reports.comparison import make_comparison
from apiforge.loadtest.reports.curveplot import curve_chart
from apiforge.loadtest.reports.headline import make_headline
from apiforge.loadtest.reports.heatplot import heat_chart
from apiforge.loadtest.reports.pages import asset, embedded, policy, template
from apiforge.loadtest.reports.timeaxis import make_axis
from apiforge.loadtest.reports.timeplots import time_charts


def html(document: Mapping[str, Any]) -> str:
    """The whole page; everything the document says is escaped."""
    time, curve = time_columns(document), curve_columns(document)
    charts = {chart.key: chart for chart in time_charts(document, time)}
    percentiles = curve_chart(document, curve)
    if percentiles:
        charts[percentiles.key] = percentiles
    summary = document["summary"]
    style, script = asset("page.css"), asset("page.js")
    return template("page.html.j2").render(
        headline=make_headline(document),
        document=document,
        figures=figures,
        sent=summary.get("requests"),
        lost=summary.get("failures") or summary.get("dropped"),
        numbers=_numbers(document),
        charts=charts,
        heat=heat_chart(document, make_axis(document, time)),
        server=[chart for key, chart in charts.items() if key.startswith("server-")],
        checks=trust.checks(document),
        latency=tables.latency_table(document),
        endpoints=tables.endpoint_table(document),
        errors=tables.error_table(document),
        comparison=make_comparison(document),
        breakpoint=tables.breakpoint_table(document),
        over_time=tables.time_table(time),
        percentiles=tables.curve_table(curve),
        settings=settings.settings(document),
        machine=settings.machine(document),
        data=embedded({"time": time, "curve": curve}),
        style=style,
        script=script,
        policy=policy(style, script),
    )


def _numbers(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The headline numbers: label, value, and what puts it in proportion."""
    summary = document["summary"]
    latency = summary.get("latency_ms") or {}
    requests, failures = summary.get("requests"), summary.get("failures")
    failed, dropped, sent = (
        figures.number(value) or 0 for value in (failures, summary.get("dropped"), requests)
    )
    unsent = f", {figures.count(dropped)} never sent" if dropped else ""
    return [
        ("p50", figures.milliseconds(latency.get("p50")), "1 in 2 slower"),
        ("p95", figures.milliseconds(latency.get("p95")), "1 in 20 slower"),
        ("p99", figures.milliseconds(latency.get("p99")), "1 in 100 slower"),
        (
            "Achieved",
            figures.rate(summary.get("achieved_rate")),
            _asked(document),
        ),
        (
            "Errors",
            figures.share(failed + dropped, sent + dropped),
            f"{figures.count(failures)} failed{unsent}",
        ),
        (
            "Requests",
            figures.count(requests),
            f"{figures.count(summary.get('unfinished'))} unfinished",
        ),
    ]


def _asked(document: Mapping[str, Any]) -> str:
    """What the achieved rate is to be seen against; users who wait ask for no rate."""
    asked, users = document["summary"].get("asked_rate"), document["run"].get("users")
    if asked is None and users is not None:
        return f"by {figures.count(users)} users"
    return f"of {figures.rate(asked)} asked for"
