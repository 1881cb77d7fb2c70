"""The result document as JSON text."""

import json
from collections.abc import Mapping
from typing import Any


def dumps(document: Mapping[str, Any]) -> str:
    """One JSON document and a line end: objects over lines, a series' second on one line each.

    Numbers that JSON does not have (NaN, infinity) are refused, never written.
    """
    entries = [f"  {_text(key)}: {_value(value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(entries) + "\n}\n" if entries else "{}\n"


def _value(value: object) -> str:
    """A list of objects one a line: a run of an hour stays small, and a diff readable."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return "[\n" + ",\n".join(f"    {_text(item)}" for item in value) + "\n  ]"
    if isinstance(value, dict) and any(isinstance(item, dict | list) for item in value.values()):
        entries = [f"    {_text(key)}: {_text(item)}" for key, item in value.items()]
        return "{\n" + ",\n".join(entries) + "\n  }"
    return _text(value)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
