"""Values that fit a JSON Schema, for calling a live server by its own description."""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

_numbers = itertools.count(1)
_FORMATS = {
    "date": "2024-02-29",
    "date-time": "2024-02-29T12:34:56.789Z",
}
_DECIMALS = ("12.5", "1.5", "0.5", "1", "0")

Schema = Mapping[str, Any]


class Sampler:
    """Makes values for the schemas of one OpenAPI description."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self._description = description

    def resolve(self, schema: Schema) -> Schema:
        """The schema behind `$ref`, the one that is not null of `anyOf`, the first of `allOf`."""
        while not schema.keys().isdisjoint(("$ref", "anyOf", "allOf")):
            if "allOf" in schema:
                schema = schema["allOf"][0]
            elif "$ref" in schema:
                target: Any = self._description
                for part in schema["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
                schema = target
            else:
                schema = next(one for one in schema["anyOf"] if one.get("type") != "null")
        return schema

    def value(self, schema: Schema) -> Any:
        """A value that fits; strings differ from call to call wherever their length allows."""
        schema = self.resolve(schema)
        if "enum" in schema:
            return schema["enum"][0]
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type", "object")
        makers = {
            "string": self._string,
            "integer": self._number,
            "number": self._number,
            "object": self._object,
            "boolean": lambda _: True,
            "array": lambda _: [],
        }
        return makers[kind](schema)

    def body(self, schema: Schema, known: Mapping[str, str]) -> dict[str, Any]:
        """An object with every property; `known` gives those that must name an existing row."""
        properties = self.resolve(schema).get("properties", {})
        return {name: known.get(name) or self.value(one) for name, one in properties.items()}

    def required(self, schema: Schema) -> Sequence[str]:
        """The properties that a body must have."""
        return list(self.resolve(schema).get("required", ()))

    def _object(self, schema: Schema) -> dict[str, Any]:
        return {name: self.value(one) for name, one in schema.get("properties", {}).items()}

    def _number(self, schema: Schema) -> int:
        lowest = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
        return max(int(lowest), 1)

    def _string(self, schema: Schema) -> str:
        if schema.get("format") == "uuid":
            return str(uuid4())
        if schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        number = next(_numbers)
        candidates = (
            f"{number:x} a word"[: schema.get("maxLength", 40)].rstrip(),
            f"someone{number}@example.com",
            f"https://example.com/{number}",
            *_DECIMALS,
        )
        pattern = schema.get("pattern", "")
        return next(one for one in candidates if re.search(pattern, one))
