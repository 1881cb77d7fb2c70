"""What fields are called in Python and in the database, where their own names cannot be."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from keyword import iskeyword

from apiforge.project.fields import Field
from apiforge.project.names import LONGEST_IN_DATABASE, shorten

_OF_PYDANTIC = frozenset(
    (
        *("construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw"),
        *("schema", "schema_json", "self", "update_forward_refs", "validate"),
    )
)
_OF_SCHEMAS = frozenset(
    (
        *("Annotated", "Any", "Decimal", "Field", "LISTING", "Listing", "Literal", "Schema"),
        *("date", "fields", "str"),
    )
)
_LONGEST_ATTRIBUTE = 40
"""In bytes: an attribute and its type have to fit into a line."""
_OF_POSTGRESQL = frozenset(("cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"))


def attributes(fields: Iterable[Field]) -> Mapping[str, str]:
    """The attribute of each key in a pydantic model: the key, or one that clashes with nothing."""
    return _chosen([field.key for field in fields], _is_attribute, limit=_LONGEST_ATTRIBUTE)


def columns(fields: Iterable[Field]) -> Mapping[str, str]:
    """The column of each key: the key where the database takes it, at most 63 bytes."""
    return _chosen([field.key for field in fields], _is_column, limit=LONGEST_IN_DATABASE)


def _chosen(
    keys: Sequence[str], is_possible: Callable[[str], bool], *, limit: int
) -> Mapping[str, str]:
    chosen = {key: key for key in keys if shorten(key, limit=limit) == key and is_possible(key)}
    taken = {key.casefold() for key in chosen}
    for key in keys:
        if key in chosen:
            continue
        name = shorten(key, limit=limit)
        while not is_possible(name) or name.casefold() in taken:
            name += "_"
        taken.add(name.casefold())
        chosen[key] = name
    return chosen


def _is_attribute(name: str) -> bool:
    if iskeyword(name) or name in _OF_PYDANTIC or name in _OF_SCHEMAS:
        return False
    return not name.startswith("model_") or name.endswith("_")


def _is_column(name: str) -> bool:
    return name.casefold() not in _OF_POSTGRESQL
