"""Laid-out Python: on one line where it fits, one item a line where it does not."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiforge.project.views.layout import (
    Group,
    Text,
    assignment,
    call,
    laid_out,
    literal,
    quoted,
    width,
)

LONG = "a" * 60


def test_short_call_stays_on_its_line() -> None:
    assert laid_out(call("f", "a", "b=1")) == "f(a, b=1)"


def test_long_call_has_an_item_a_line_and_a_last_comma() -> None:
    assert laid_out(call("f", LONG, call("g", LONG)), indent=4, suffix=",") == (
        f"f(\n        {LONG},\n        g({LONG}),\n    ),"
    )


def test_line_of_a_hundred_columns_fits() -> None:
    piece = call("f", "a" * 48, "b" * 46)

    assert laid_out(piece, indent=1) == str(piece)
    assert "\n" in laid_out(piece, indent=2)


def test_long_value_is_broken_before_its_target() -> None:
    assert assignment("x: int", call("f", LONG, LONG)) == (
        f"x: int = f(\n    {LONG},\n    {LONG},\n)"
    )


def test_long_target_is_broken_where_its_value_cannot_be() -> None:
    target = Group("x: Literal[", [quoted(LONG), quoted("b" * 60)], "]")

    assert assignment(target, Text("a"), indent=4) == (
        f'x: Literal[\n        "{LONG}",\n        "{"b" * 60}",\n    ] = "a"'
    )


def test_long_text_becomes_several_literals_of_the_same_value() -> None:
    text = assignment("x", Text("word " * 50))

    assert max(map(len, text.splitlines())) <= 100
    assert ast.literal_eval(text.removeprefix("x = ")) == "word " * 50


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("商品", 4), ("é", 1), ("e\u0301", 1)])
def test_width_counts_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('say "so"', "'say \"so\"'"),
        ("back\\slash", '"back\\\\slash"'),
        ("\n", '"\\n"'),
        ("\u2028", '"\\u2028"'),
    ],
)
def test_quotes_are_those_of_the_formatter(text: str, expected: str) -> None:
    assert quoted(text) == expected


@given(st.text())
def test_quoted_text_is_itself(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=120),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_laid_out_json_is_itself(value: object) -> None:
    assert ast.literal_eval(laid_out(literal(value))) == value
