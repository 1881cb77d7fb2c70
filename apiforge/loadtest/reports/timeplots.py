"""The plots over time: latency, rate, errors, requests in flight, lag of the schedule."""

from collections.abc import Mapping
from typing import Any

from apiforge.loadtest.reports import figures, scales, trust
from apiforge.loadtest.reports.charts import (
    Chart,
    Tick,
    Trace,
    area,
    place,
    short_milliseconds,
    y_ticks,
)
from apiforge.loadtest.reports.columns import Columns, filled, present
from apiforge.loadtest.reports.scales import Scale
from apiforge.loadtest.reports.serverplots import server_charts
from apiforge.loadtest.reports.timeaxis import LATENCIES, TimeAxis, make_axis


def time_charts(document: Mapping[str, Any], columns: Columns) -> list[Chart]:
    """All plots over time; none where not one second was measured."""
    time = make_axis(document, columns)
    if time is None:
        return []
    return [
        *server_charts(time),
        _latency(document, time),
        _rate(document, time),
        _errors(document, time),
        _in_flight(time),
        _lag(document, time),
    ]


def _latency(document: Mapping[str, Any], time: TimeAxis) -> Chart:
    summary = document["summary"].get("latency_ms") or {}
    before = ["baseline_p95"] if "baseline_p95" in time.columns else []
    values = present(time.columns, [*LATENCIES, *before])
    limits = trust.overall_limits(document)
    near = [limit.milliseconds for limit in limits if limit.milliseconds <= 4 * max(values or [0])]
    scale = scales.fitting([*values, *near])
    worst = max(present(time.columns, ["p99"]), default=None)
    return Chart(
        key="latency",
        title="Latency over time",
        note=scales.named("Per second, from the moment each request was due", scale),
        summary=f"p99 of the whole run {figures.milliseconds(summary.get('p99'))}, "
        f"of its worst second {figures.milliseconds(worst)}.",
        data="time",
        end=time.end,
        x_ticks=time.ticks(),
        y_ticks=y_ticks(scale, short_milliseconds),
        traces=[
            *(
                time.line(key, key, figures.milliseconds(summary.get(key)), scale)
                for key in LATENCIES
            ),
            *(
                time.line(key, "baseline p95", _before(document), scale, unit="ms")
                for key in before
            ),
        ],
        limits=[
            Tick(place=place(1 - scale.share(limit.milliseconds)), label=limit.text)
            for limit in limits
            if limit.milliseconds in near
        ],
    )


def _before(document: Mapping[str, Any]) -> str:
    """The p95 of the whole earlier run."""
    rows = (document.get("baseline") or {}).get("metrics") or ()
    return figures.milliseconds(
        next((row.get("baseline") for row in rows if row.get("metric") == "p95"), None)
    )


def _rate(document: Mapping[str, Any], time: TimeAxis) -> Chart:
    summary = document["summary"]
    due = filled(time.columns["due"])
    stacked = _stack(time.columns)
    scale = scales.linear([*due, *stacked[-1]])
    # Users who wait for answers ask for no rate.
    is_open = summary.get("asked_rate") is not None
    against = f" of {figures.rate(summary['asked_rate'])} asked for" if is_open else ""
    asked = [time.line("due", "asked for", figures.count(sum(due)), scale)] if is_open else []
    return Chart(
        key="rate",
        title="Asked against achieved rate" if is_open else "Achieved rate",
        note=f"Requests per second, by the second they were {'due' if is_open else 'sent'}",
        summary=f"{figures.rate(summary.get('achieved_rate'))} answered successfully{against}, "
        f"{figures.count(summary.get('dropped'))} never sent.",
        data="time",
        end=time.end,
        x_ticks=time.ticks(),
        y_ticks=y_ticks(scale, lambda value: f"{value:,g}"),
        traces=[*asked, *_outcomes(document, time.columns["x"], stacked, scale)],
    )


def _stack(columns: Columns) -> list[list[float]]:
    """What became of the requests of each second, one upon the other, from zero."""
    levels = [[0.0] * len(columns["x"])]
    for key in ("succeeded", "failures", "dropped"):
        below = levels[-1]
        levels.append([low + more for low, more in zip(below, filled(columns[key]), strict=True)])
    return levels


def _outcomes(
    document: Mapping[str, Any], xs: list[int], levels: list[list[float]], scale: Scale
) -> list[Trace]:
    summary = document["summary"]
    sent, failed = (figures.number(summary.get(key)) or 0 for key in ("requests", "failures"))
    shares = (
        ("succeeded", "succeeded", sent - failed),
        ("failures", "failed", failed),
        ("dropped", "never sent", summary.get("dropped")),
    )
    return [
        Trace(
            key=key,
            label=label,
            unit="count",
            overall=figures.count(total),
            path=area(xs, levels[index], levels[index + 1], scale),
            filled=True,
        )
        for index, (key, label, total) in enumerate(shares)
    ]


def _errors(document: Mapping[str, Any], time: TimeAxis) -> Chart:
    failed, dropped = (
        figures.count(document["summary"].get(key)) for key in ("failures", "dropped")
    )
    scale = scales.linear(present(time.columns, ["failures", "dropped"]), whole=True)
    return Chart(
        key="errors",
        title="Errors over time",
        note="Per second: requests that failed, and requests that were due but never sent",
        summary=f"{failed} failed, {dropped} never sent.",
        data="time",
        end=time.end,
        x_ticks=time.ticks(),
        y_ticks=y_ticks(scale, figures.count),
        traces=[
            time.line("failures", "failed", failed, scale),
            time.line("dropped", "never sent", dropped, scale),
        ],
    )


def _in_flight(time: TimeAxis) -> Chart:
    values = present(time.columns, ["in_flight"])
    highest = figures.count(max(values, default=None))
    scale = scales.linear(values, whole=True)
    return Chart(
        key="in-flight",
        title="Requests in flight",
        note="Sent and not yet answered; a growing number means the service falls behind",
        summary=f"At most {highest} at once.",
        data="time",
        end=time.end,
        x_ticks=time.ticks(),
        y_ticks=y_ticks(scale, figures.count),
        traces=[time.line("in_flight", "in flight, at most", highest, scale)],
    )


def _lag(document: Mapping[str, Any], time: TimeAxis) -> Chart:
    limit = trust.lag_limit_ms(document)
    values = present(time.columns, ["lag_ms"])
    worst = max(values, default=0.0)
    is_near = limit <= 4 * worst
    scale = scales.fitting([*values, *([limit] if is_near else [])])
    whole = figures.milliseconds(document["generator"].get("lag_p99_ms"))
    trace = time.line("lag_ms", "latest request", figures.milliseconds(worst), scale)
    limits = [Tick(place=place(1 - scale.share(limit)), label="limit of the p99")]
    return Chart(
        key="lag",
        title="Schedule lag of the generator",
        note=scales.named("How late the latest request of each second was sent", scale),
        summary=f"p99 {whole}; above {limit:g} ms the test is invalid.",
        data="time",
        end=time.end,
        x_ticks=time.ticks(),
        y_ticks=y_ticks(scale, short_milliseconds),
        traces=[trace],
        limits=limits if is_near else [],
    )
