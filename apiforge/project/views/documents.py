"""How the fields of a resource are written for a database of documents."""

from collections.abc import Sequence

from apiforge.project.fields import Field
from apiforge.project.resources import Resource
from apiforge.project.views.layout import INDENT, Piece, call, laid_out, quoted
from apiforge.project.views.schemas import is_listed
from apiforge.project.views.types import type_of


def documents(resource: Resource, ordered: Sequence[Resource]) -> tuple[str, ...]:
    """The arguments after its name: `Field(…)` each; `ordered` are all resources."""
    tables = {one.name: one.table_name for one in ordered}
    return tuple(
        laid_out(_field(field, tables), indent=INDENT, suffix=",") for field in resource.fields
    )


def _field(field: Field, tables: dict[str, str]) -> Piece:
    arguments: list[Piece] = [quoted(field.key), type_of(field)]
    flags = {
        "optional": field.optional,
        "unique": field.unique,
        "indexed": is_listed(field) and not field.unique,
    }
    arguments += [f"{name}=True" for name, is_set in flags.items() if is_set]
    if field.type.kind == "ref":
        arguments.append(f"refers_to={quoted(tables[field.type.target or ''])}")
    return call("Field", *arguments)
