"""Plots show every value, break where there is none, and stay within their frame."""

import re

import pytest

from apiforge.loadtest.reports import scales
from apiforge.loadtest.reports.charts import area, line
from apiforge.loadtest.reports.columns import curve_columns, time_columns
from apiforge.loadtest.reports.curveplot import curve_chart
from apiforge.loadtest.reports.timeplots import time_charts
from tests.unit.reports import documents


def test_line_is_broken_where_a_value_is_missing() -> None:
    scale = scales.Linear(top=10, step=5)
    path = line([0, 1, 2, 3, 4], [10, 5, None, 0, None], scale)
    assert path == "M0 0L1 500M3 1000h0"


def test_area_between_equal_lines_is_not_drawn() -> None:
    assert area([0, 1], [2, 2], [2, 2], scales.Linear(top=10, step=5)) == ""


@pytest.mark.parametrize("highest", [0.003, 0.9, 1, 7, 99, 101, 12345])
def test_linear_axis_has_room_for_the_highest_in_few_steps(highest: float) -> None:
    scale = scales.linear([highest])
    assert 0.5 < scale.share(highest) <= 1
    assert 3 <= len(scale.ticks()) <= 6


@pytest.mark.parametrize("values", [[0.4, 9000.0], [2.0, 200.0], [1.0, 100.0]])
def test_wide_values_get_a_logarithmic_axis_that_holds_them(values: list[float]) -> None:
    scale = scales.fitting(values)
    assert isinstance(scale, scales.Logarithmic)
    assert scale.bottom <= values[0]
    assert scale.top >= values[1]
    assert len(scale.ticks()) >= 3


@pytest.mark.parametrize("end", [1, 29, 59, 600, 3599, 86400])
def test_time_has_at_most_seven_ticks(end: int) -> None:
    assert 2 <= len(scales.time_ticks(end)) <= 7


@pytest.mark.parametrize(("percent", "place"), [(0, 0), (90, 1), (99, 2), (99.9, 3)])
def test_each_nine_has_the_same_width(percent: float, place: float) -> None:
    assert scales.nines(percent) == pytest.approx(place)


def test_every_second_is_a_point() -> None:
    document = documents.passing(seconds=30)
    charts = {chart.key: chart for chart in time_charts(document, time_columns(document))}
    points = {trace.key: len(re.findall("[ML]", trace.path)) for trace in charts["latency"].traces}
    assert points == {"max": 30, "p99": 30, "p95": 30, "p50": 30}


def test_interrupted_run_keeps_the_room_of_what_was_planned() -> None:
    document = documents.interrupted()
    charts = time_charts(document, time_columns(document))
    assert {chart.end for chart in charts} == {59}


def test_curve_ends_where_one_request_is_left() -> None:
    columns = curve_columns(documents.passing(seconds=30, rate=50))
    assert columns["percent"][-1] == 99.9


def test_curve_shows_the_targets_it_must_stay_under() -> None:
    document = documents.failing()
    chart = curve_chart(document, curve_columns(document))
    assert chart is not None
    assert [mark.label for mark in chart.marks] == ["p95<200ms", "p99<500ms"]


def test_nothing_measured_has_no_plots() -> None:
    document = documents.empty()
    assert time_charts(document, time_columns(document)) == []
    assert curve_chart(document, curve_columns(document)) is None
