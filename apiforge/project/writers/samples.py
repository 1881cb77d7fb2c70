"""An example of a resource as JSON, for documentation."""

from collections.abc import Callable, Mapping

from apiforge.project.fields import Field
from apiforge.project.resources import Resource

_SAMPLES: Mapping[str, Callable[[Field], object]] = {
    "string": lambda field: f"A {field.name.replace('_', ' ')}"[: field.type.max_length],
    "text": lambda field: f"Some {field.name.replace('_', ' ')}",
    "integer": lambda field: 7,
    "bigint": lambda field: 7,
    "float": lambda field: 0.5,
    "decimal": lambda field: _decimal(field),
    "boolean": lambda field: True,
    "date": lambda field: "2026-01-31",
    "datetime": lambda field: "2026-01-31T12:00:00.000Z",
    "uuid": lambda field: "01890a5d-ac96-774b-bcce-b302099a8057",
    "json": lambda field: {"any": "thing"},
    "email": lambda field: "ada@example.org",
    "url": lambda field: "https://example.org/",
    "enum": lambda field: field.type.members[0],
    "ref": lambda field: f"(the id of a {field.type.target})",
}


def body(resource: Resource) -> dict[str, object]:
    """What has to be sent to make one: only what is required and has no default."""
    return {
        field.key: _SAMPLES[field.type.kind](field)
        for field in resource.fields
        if not field.optional and field.default is None
    }


def _decimal(field: Field) -> str:
    digits = "1" if field.type.precision > field.type.scale else "0"
    return f"{digits}.{'0' * field.type.scale}".rstrip(".")
