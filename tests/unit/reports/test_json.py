"""The JSON report is the document, readable and strict."""

import json
import math

import pytest

from apiforge.loadtest.reports.json import dumps
from tests.unit.reports import documents


@pytest.mark.parametrize("name", documents.EVERY)
def test_reading_it_gives_the_document_again(name: str) -> None:
    document = documents.EVERY[name]()
    assert json.loads(dumps(document)) == document


def test_each_second_stands_on_a_line_of_its_own() -> None:
    lines = dumps(documents.passing(seconds=30)).splitlines()
    assert len([line for line in lines if line.startswith('    {"second":')]) == 30


def test_nothing_makes_an_empty_object() -> None:
    assert dumps({}) == "{}\n"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_numbers_json_does_not_have_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        dumps({"summary": {"asked_rate": value}})
