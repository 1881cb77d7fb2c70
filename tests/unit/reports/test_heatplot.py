"""The heat map shows every request, a single one beside thousands, too."""

import re

import pytest

from apiforge.loadtest.reports.columns import time_columns
from apiforge.loadtest.reports.heatplot import LEVELS, HeatChart, heat_chart
from apiforge.loadtest.reports.timeaxis import make_axis
from tests.unit.reports import documents


def chart(document: documents.Document) -> HeatChart | None:
    return heat_chart(document, make_axis(document, time_columns(document)))


def shown(*rows: list[int]) -> HeatChart:
    document = documents.passing(seconds=len(rows))
    document["heatmap"] = {"edges_ms": [1.0, 10.0, 100.0, 1000.0], "seconds": list(rows)}
    made = chart(document)
    assert made is not None
    return made


def test_cells_stand_where_their_second_and_time_are() -> None:
    made = shown([0, 5], [], [2, 5])
    assert [shade.path for shade in made.shades if shade.path] == [
        "M-1 667h2v333h-2zM3 0h2v333h-2z"
    ]


def test_fullest_cells_have_the_strongest_shade_and_single_ones_the_weakest() -> None:
    made = shown([0, 1, 700, 1], [0, 1000])
    labels = {shade.level: shade.label for shade in made.shades}
    assert labels[LEVELS] == "316 to 1,000"
    assert labels[1].startswith("1")
    assert made.shades[0].path.count("M") == 2


@pytest.mark.parametrize("most", [1, 2, 3, 7, 10_000])
def test_shades_leave_no_count_out(most: int) -> None:
    made = shown([0, most, 1])
    assert sum(shade.path.count("M") for shade in made.shades) == 2
    assert made.shades[-1].level == LEVELS


def test_long_run_is_drawn_in_few_columns() -> None:
    made = chart(documents.one_hour())
    assert made is not None
    columns = set(re.findall(r"M(-?\d+) ", "".join(shade.path for shade in made.shades)))
    assert len(columns) == 240
    assert "requests of 15 s" in made.note


@pytest.mark.parametrize("heatmap", [None, {"edges_ms": [], "seconds": []}])
def test_result_without_a_heat_map_has_none(heatmap: documents.Document | None) -> None:
    document = documents.passing() | {"heatmap": heatmap}
    assert chart(document) is None
