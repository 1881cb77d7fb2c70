"""The published JSON Schema of a load test's result, for every test that has a result."""

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from apiforge.paths import result_schema

SCHEMA = json.loads(result_schema().read_text(encoding="utf-8"))
Draft202012Validator.check_schema(SCHEMA)
_VALIDATOR = Draft202012Validator(SCHEMA)


def follows_schema(document: Mapping[str, Any]) -> bool:
    """Raises for a document that does not; only what JSON keeps of it counts."""
    _VALIDATOR.validate(json.loads(json.dumps(document, allow_nan=False)))
    return True
