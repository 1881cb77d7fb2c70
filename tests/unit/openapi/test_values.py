"""A value for any schema: made by our placeholders, checked by jsonschema itself."""

import json
from random import Random
from typing import Any

import jsonschema
import pytest
from fillers import json_filler

from apiforge.openapi.description import Description
from apiforge.openapi.texts import Unmakeable
from apiforge.openapi.values import Making, value_of

ROOT = {
    "components": {
        "schemas": {
            "Tree": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "child": {"$ref": "#/components/schemas/Tree"},
                },
            },
            "Endless": {
                "type": "object",
                "required": ["next"],
                "properties": {"next": {"$ref": "#/components/schemas/Endless"}},
            },
        }
    }
}
MAKING = Making(description=Description(ROOT))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": -5, "maximum": -2},
        {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5},
        {"type": "integer", "multipleOf": 7, "minimum": 10},
        {"type": "number", "maximum": 0.25},
        {"type": ["null", "boolean"]},
        {"type": "string", "minLength": 20, "maxLength": 22},
        {"type": "string", "maxLength": 2},
        {"type": "string", "pattern": "^[^\\u0000]*$", "minLength": 1, "maxLength": 9},
        {"type": "string", "pattern": "^[a-f]{2}:[0-9]+$"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "date-time"},
        {"enum": ["{a}", "b|c"]},
        {"enum": [3, 4]},
        {"const": {"a": ["{b}"]}},
        {"type": "array", "items": {"type": "integer"}, "minItems": 3},
        {"type": "array", "items": {}, "maxItems": 0},
        {"anyOf": [{"type": "null"}, {"type": "string", "format": "email"}]},
        {"$ref": "#/components/schemas/Tree"},
        {
            "allOf": [
                {"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}},
                {"required": ["b"], "properties": {"b": {"type": "integer", "minimum": 4}}},
            ]
        },
        {"type": "object", "properties": {"a": {"type": "integer"}}, "minProperties": 1},
        {"type": "object", "additionalProperties": {"type": "string"}},
    ],
    ids=str,
)
def test_a_value_is_allowed_by_its_schema(schema: dict[str, Any]) -> None:
    value = json_filler(value_of(MAKING, schema), {}, {})(Random(1))

    jsonschema.validate(json.loads(value), {**schema, **ROOT})


def test_a_price_is_whole_since_nothing_tells_its_decimals() -> None:
    price = {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string"}]}

    assert value_of(MAKING, price) == "{integer:1,1000}"


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"$ref": "#/components/schemas/Endless"}, "without an end"),
        ({"$ref": "other.yaml#/A"}, "is in another file"),
        ({"$ref": "#/components/schemas/None"}, "leads nowhere"),
        (False, "allows nothing"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "no integer is from 5 to 4"),
        ({"type": "string", "format": "iban"}, "'iban' is not known"),
        ({"type": "string", "pattern": "["}, "is not understood"),
    ],
    ids=str,
)
def test_what_cannot_be_made_says_why(schema: Any, reason: str) -> None:
    with pytest.raises(Unmakeable, match=reason):
        value_of(MAKING, schema)
