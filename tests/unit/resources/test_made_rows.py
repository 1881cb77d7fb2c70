"""Rows that are made up for tests, and which tests a resource gets."""

import pytest

from tests.unit.resources.test_views import thing, view_of


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("a:string(9)", '"a": sample.string(9),'),
        ("a:string(9)!", '"a": sample.unique_string(9),'),
        ("a:string(2)?!", '"a": sample.unique_string(2) if sample.number < 1296 else None,'),
        ("a:boolean!", '"a": sample.number % 2 == 0,'),
        ("a:enum(x|y)", '"a": sample.choice("x", "y"),'),
        ("a:enum(x|y)!", '"a": sample.nth_choice("x", "y"),'),
        ("a:datetime!", '"a": sample.unique_moment(),'),
        ("a:bigint", '"a": sample.integer(),'),
        ("a:ref(other)", '"a_id": sample.ref("others"),'),
        ("a:ref(other)!", '"a_id": sample.unique_ref("others"),'),
        ("a:ref(other)?!", '"a_id": sample.unique_ref("others"),'),
        ("a:ref(thing)?", '"a_id": sample.optional_ref("things"),'),
        ("a:ref(thing)?!", '"a_id": None,'),
    ],
)
def test_row_is_made_up(field: str, line: str) -> None:
    assert thing(field).seeding.lines == (line,)


@pytest.mark.parametrize(
    ("texts", "limit"),
    [
        (["a: x:text"], ""),
        (["a: x:boolean!"], "at_most=2"),
        (["a: x:enum(p|q|r)! y:boolean!"], "at_most=2"),
        (["a: x:string(1)!"], "at_most=36"),
        (["a: x:decimal(2,1)!"], "at_most=100"),
        (["a: x:boolean?!"], ""),
        (["b: x:boolean!", "a: b:ref(b)!"], "at_most=2"),
        (["b: x:boolean!", "a: b:ref(b)"], ""),
    ],
)
def test_rows_are_no_more_than_can_be_different(texts: list[str], limit: str) -> None:
    _, _, found = view_of(*texts).seeding.seed.partition("at_most=")

    assert (found and f"at_most={found.rstrip(')')}") == limit


def test_tests_are_repeated_for_the_fields_they_fit() -> None:
    cases = thing("a:string(9)! b:boolean=true limit:integer?# c:ref(thing)?! d:ref(other)").tests

    assert [case.name for case in cases.required] == ["a", "d_id"]
    assert [case.name for case in cases.unique] == ["a"]
    assert [case.name for case in cases.references] == ["c_id", "d_id"]
    assert [case.parameter for case in cases.filtered] == [
        *('parameter = "a"', 'parameter = "b"', 'parameter = "limit__in"', 'parameter = "d_id"')
    ]
