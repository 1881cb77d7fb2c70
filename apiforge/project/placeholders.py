"""What a load test writes into a field: the placeholders of scenario.toml."""

from collections.abc import Callable, Mapping

from apiforge.project.fields import Field

_LONGEST_TEXT = 200
_SHORTEST_UNIQUE = 6
_DIGITS_FOR_UNIQUE = 9

# Rows are seeded with small numbers, and with texts that {unique:n} never makes.
_PLAIN: Mapping[str, str] = {
    "text": f"{{text:{_LONGEST_TEXT}}}",
    "integer": "{integer:0,1000000}",
    "bigint": "{integer:0,1000000000000}",
    "float": "{float:0,1000}",
    "boolean": "{boolean}",
    "date": "{date}",
    "datetime": "{datetime}",
    "uuid": "{uuid}",
    "json": "{json}",
    "email": "{email}",
    "url": "{url}",
}
_UNIQUE: Mapping[str, str] = {
    "integer": "{integer:-2147483648,-1}",
    "bigint": "{integer:-4611686018427387904,-1}",
    "float": "{float:1000000,1000000000}",
    "datetime": "{datetime}",
    "uuid": "{uuid}",
    "email": "{email}",
    "url": "{url}",
}


def placeholder(field: Field, pools: Mapping[str, str]) -> str | None:
    """What fills the field in a body; None where a load test would only meet conflicts.

    `pools` has the pool of ids of each resource.
    """
    if field.unique:
        return _unique(field)
    made = _MADE.get(field.type.kind)
    return made(field, pools) if made else _PLAIN[field.type.kind]


def _unique(field: Field) -> str | None:
    kind = field.type.kind
    if kind == "string" and field.type.max_length >= _SHORTEST_UNIQUE:
        return f"{{unique:{min(field.type.max_length, 16)}}}"
    if kind == "decimal" and field.type.precision >= _DIGITS_FOR_UNIQUE:
        return f"{{decimal:{field.type.precision},{field.type.scale}}}"
    return _UNIQUE.get(kind)


_MADE: Mapping[str, Callable[[Field, Mapping[str, str]], str]] = {
    "string": lambda field, pools: f"{{text:{min(field.type.max_length, _LONGEST_TEXT)}}}",
    "decimal": lambda field, pools: f"{{decimal:{field.type.precision},{field.type.scale}}}",
    "enum": lambda field, pools: f"{{choice:{'|'.join(field.type.members)}}}",
    "ref": lambda field, pools: f"{{{pools[field.type.target or '']}.id}}",
}
