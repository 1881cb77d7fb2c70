"""Writing TOML."""

import tomllib

import pytest

from apiforge.project import toml

DOCUMENT: dict[str, object] = {
    "plain": "first",
    "table": {
        "text": 'quotes " and \\ and \n, \x00 and \x7f, ü and 🦊',
        "whole": -3,
        "fraction": 0.1,
        "large": 1e300,
        "flag": True,
        "list": ["a", 1, [False]],
        "empty": [],
        "long": ["x" * 40, "y" * 40, "z" * 40],
        "größe mit leer": "quoted key",
        "inline": [{"a": 1}, "mixed"],
        "inner": {"deep": {"b": "c"}},
        "many": [{"a": 1}, {"a": 2, "b": {"c": "d"}}],
    },
    "": {"empty key": 1},
}


def test_what_is_written_reads_back_equal() -> None:
    assert tomllib.loads(toml.document(DOCUMENT)) == DOCUMENT


def test_a_long_list_has_one_item_a_line() -> None:
    assert toml.assignment("k", ["x" * 60, "y" * 60]) == (
        f'k = [\n    "{"x" * 60}",\n    "{"y" * 60}",\n]'
    )


def test_what_toml_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="NoneType cannot be written as TOML"):
        toml.value(None)
