"""Made-up values are valid ones."""

from collections.abc import Callable
from random import Random
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter

from app import fields
from app.sample import Sample

CASES: dict[str, tuple[Any, Callable[[Sample], Any]]] = {
    "string": (Annotated[str, fields.string(5)], lambda it: it.string(5)),
    "unique_string": (Annotated[str, fields.string(3)], lambda it: it.unique_string(3)),
    "text": (fields.Text, Sample.text),
    "integer": (fields.Integer, Sample.integer),
    "unique_integer": (fields.BigInteger, Sample.unique_integer),
    "float": (fields.Float, Sample.float),
    "unique_float": (fields.Float, Sample.unique_float),
    "decimal": (Annotated[Any, fields.decimal(4, 2)], lambda it: it.decimal(4, 2)),
    "unique_decimal": (Annotated[Any, fields.decimal(5, 0)], lambda it: it.unique_decimal(5, 0)),
    "boolean": (fields.Boolean, Sample.boolean),
    "date": (fields.Date, Sample.date),
    "unique_date": (fields.Date, Sample.unique_date),
    "moment": (fields.Moment, Sample.moment),
    "unique_moment": (fields.Moment, Sample.unique_moment),
    "uuid": (fields.Uuid, Sample.uuid),
    "json": (fields.Json, Sample.json),
    "email": (fields.Email, Sample.email),
    "unique_email": (fields.Email, Sample.unique_email),
    "url": (fields.Url, Sample.url),
    "unique_url": (fields.Url, Sample.unique_url),
}


def sample(number: int) -> Sample:
    """Values for this row."""
    return Sample(random=Random(number), number=number, ids={"things": ["a", "b"]})


@pytest.mark.parametrize(("kind", "make"), CASES.values(), ids=CASES)
def test_values_are_valid(kind: Any, make: Callable[[Sample], Any]) -> None:
    adapter = TypeAdapter(kind)

    assert [adapter.validate_python(make(sample(number))) for number in range(100)]


@pytest.mark.parametrize(
    "make",
    [case[1] for name, case in CASES.items() if name.startswith("unique")],
    ids=[name for name in CASES if name.startswith("unique")],
)
def test_unique_values_differ(make: Callable[[Sample], Any]) -> None:
    assert len({make(sample(number)) for number in range(1000)}) == 1000


def test_references_are_to_rows_that_exist() -> None:
    assert sample(1).ref("things") in ("a", "b")
    assert sample(3).unique_ref("things") == "b"
    assert sample(1).optional_ref("others") is None
    assert sample(2).nth_choice("x", "y") == "x"
