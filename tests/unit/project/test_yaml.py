"""Writing YAML."""

import pytest
import yaml as reader

from apiforge.project import yaml


@pytest.mark.parametrize(
    "text",
    [
        *("plain", "with space", "yes", "No", "null", "~", "", "1", "1.5", "1e3", "0x1f", "1:30"),
        *("2026-01-31", "a: b", "# no comment", "- item", "'", '"', "\\", "${NAME:-x}", "*", "&a"),
        *("{a}", "[a]", "ü", "🦊", "line\nbreak", "\t", ".", "/path", "5s", "0.0.0.0", "@", "%"),
        *("127.0.0.1:5432:5432", "true", "ON", "a#b", "a #b", "trailing ", " leading", "=", "!x"),
    ],
)
def test_a_string_stays_a_string(text: str) -> None:
    assert reader.safe_load(yaml.document({"key": text, text: "value"})) == {
        "key": text,
        text: "value",
    }


def test_mappings_and_lists_are_nested() -> None:
    document = {"a": {"b": ["c", 1], "d": {"e": None, "f": {}, "g": []}}, "h": True, "i": 1.5}

    assert reader.safe_load(yaml.document(document)) == document
