"""How many bytes a row takes, estimated from the types of its fields."""

from collections.abc import Sequence

from apiforge.project.fields import Field
from apiforge.project.resources import Resource

_OVERHEAD = 24 + 16 + 8 + 8 + 8
"""A row's header, its id, created_at, updated_at and version."""
_SIZES = {
    "integer": 4,
    "bigint": 8,
    "float": 8,
    "decimal": 10,
    "boolean": 1,
    "date": 4,
    "datetime": 8,
    "uuid": 16,
    "ref": 16,
    "email": 30,
    "url": 60,
    "enum": 10,
    "text": 400,
    "json": 400,
}
_FILLED = 0.5
"""Of a string's length: names and titles fill less of it, codes more."""


def row_bytes(resources: Sequence[Resource]) -> float:
    """Bytes of a row, on average over the resources; without indexes."""
    return sum(_of(resource) for resource in resources) / len(resources)


def _of(resource: Resource) -> float:
    return _OVERHEAD + sum(_of_field(field) for field in resource.fields)


def _of_field(field: Field) -> float:
    if field.type.kind == "string":
        return _FILLED * field.type.max_length
    return _SIZES[field.type.kind]
