"""The report as one self-contained HTML page: no network, no inline style, its own script only."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apiforge.loadtest.reports import figures, settings, tables, trust
from apiforge.loadtest.reports.columns import Columns, curve_columns, time_columns
from apiforge.loadtest.reports.curveplot import curve_chart
from apiforge.loadtest.reports.headline import make_headline
from apiforge.loadtest.reports.heatplot import heat_chart
from apiforge.loadtest.reports.timeaxis import make_axis
from apiforge.loadtest.reports.timeplots import time_charts

if TYPE_CHECKING:
    from jinja2 import Template

_PAGE = Path(__file__).parent / "page"
_EN_DASH = "\N{EN DASH}"


def html(document: Mapping[str, Any]) -> str:
    """The whole page; everything the document says is escaped."""
    time, curve = time_columns(document), curve_columns(document)
    charts = {chart.key: chart for chart in time_charts(document, time)}
    percentiles = curve_chart(document, curve)
    if percentiles:
        charts[percentiles.key] = percentiles
    summary = document["summary"]
    style, script = _asset("page.css"), _asset("page.js")
    return _template("page.html.j2").render(
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
        breakpoint=tables.breakpoint_table(document),
        over_time=tables.time_table(time),
        percentiles=tables.curve_table(curve),
        settings=settings.settings(document),
        machine=settings.machine(document),
        data=_data(time, curve),
        style=style,
        script=script,
        policy=_policy(style, script),
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


def _data(time: Columns, curve: Columns) -> str:
    """What the cursor reads, as JSON that cannot end the element it stands in."""
    text = json.dumps({"time": time, "curve": curve}, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy under which only this style and this script do anything."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _asset(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


@cache
def _template(name: str) -> "Template":
    """Imported late: listing runs must not wait for a template engine."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _EN_DASH if value == figures.NOTHING else value,
    )
    return environment.get_template(name)
