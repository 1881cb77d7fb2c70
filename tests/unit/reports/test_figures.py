"""Numbers are written with the digits a reader can use."""

import math

import pytest

from apiforge.loadtest.reports import figures


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "-"),
        (math.nan, "-"),
        (0, "0 ms"),
        (0.0421, "0.042 ms"),
        (3.14159, "3.14 ms"),
        (31.4159, "31.4 ms"),
        (1234.5, "1,234 ms"),
        (10004.0, "10.0 s"),
    ],
)
def test_milliseconds(value: float | None, written: str) -> None:
    assert figures.milliseconds(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0%"), (0.0004, "<0.01%"), (7.875, "7.88%"), (99.9999, ">99.99%"), (100.0, "100%")],
)
def test_percent_is_never_rounded_to_all_or_nothing(value: float, written: str) -> None:
    assert figures.percent(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [(50.0, "50/s"), (49.84, "49.8/s"), (3000.4, "3,000/s"), (None, "-")]
)
def test_rate(value: float | None, written: str) -> None:
    assert figures.rate(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0 s"), (30.0, "30 s"), (90, "1 min 30 s"), (3600, "1 h")]
)
def test_duration(value: float, written: str) -> None:
    assert figures.duration(value) == written


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        ("ms", 12.0, "12.0 ms"),
        ("%", 0.25, "0.25%"),
        ("/s", 49.9, "49.9/s"),
        (None, 49.9, "49.9"),
        ("ms", None, "nothing measured"),
    ],
)
def test_observed_value_has_the_unit_of_its_target(
    unit: str | None, value: float | None, written: str
) -> None:
    assert figures.observed({"text": "", "observed": value, "unit": unit}) == written
