"""How the fields of a resource are written in its table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apiforge.project.fields import Field
from apiforge.project.names import shorten
from apiforge.project.resources import Resource
from apiforge.project.views.attributes import columns
from apiforge.project.views.documents import documents
from apiforge.project.views.imports import statements
from apiforge.project.views.layout import INDENT, Group, Piece, before, call, laid_out, quoted
from apiforge.project.views.schemas import is_listed
from apiforge.project.views.types import type_of

_MOMENTS = ("created_at", "updated_at")
_ALWAYS_THERE: tuple[Piece, ...] = (
    'Column("id", types.Uuid(), primary_key=True)',
    *(f'Column("{name}", types.Moment(), nullable=False)' for name in _MOMENTS),
    'Column("version", types.Integer(), nullable=False)',
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """The texts of `table.py`, `repository.py` and the first migration."""

    table_imports: str
    repository_imports: str
    elements: tuple[str, ...]
    """What stands in its `Table(…)`: columns, constraints, indexes."""
    sa_elements: tuple[str, ...]
    """The same where SQLAlchemy is imported as `sa`."""
    documents: tuple[str, ...]
    """The fields, for a database of documents."""


def storage(resource: Resource, module: str, ordered: Sequence[Resource]) -> Storage:
    """The texts for `resource` in the package `module`; `ordered` are all, in dependency order."""
    return Storage(
        table_imports=statements({"sqlalchemy": _imported(resource)}),
        repository_imports=statements(
            {"app.database.rows": ["Rows"], f"{module}.table": ["TABLE"]}
        ),
        elements=_elements(resource, ordered, ""),
        sa_elements=_elements(resource, ordered, "sa."),
        documents=documents(resource, ordered),
    )


def _elements(resource: Resource, ordered: Sequence[Resource], prefix: str) -> tuple[str, ...]:
    pieces = (*_ALWAYS_THERE, *_columns(resource, ordered, prefix), *_constraints(resource))
    return tuple(laid_out(before(prefix, piece), indent=INDENT, suffix=",") for piece in pieces)


def _imported(resource: Resource) -> list[str]:
    needed = {
        "Column": True,
        "ForeignKey": bool(resource.references),
        "Index": True,
        "Table": True,
        "UniqueConstraint": any(field.unique for field in resource.fields),
    }
    return [name for name, is_needed in needed.items() if is_needed]


def _columns(resource: Resource, ordered: Sequence[Resource], prefix: str) -> Iterator[Piece]:
    names = columns(resource.fields)
    for field in resource.fields:
        arguments: list[Piece] = [quoted(names[field.key]), type_of(field)]
        if field.type.kind == "ref":
            arguments.append(before(prefix, _foreign_key(field, resource, ordered)))
        if names[field.key] != field.key:
            arguments.append(f"key={quoted(field.key)}")
        yield call("Column", *arguments, f"nullable={field.optional}")


def _foreign_key(field: Field, resource: Resource, ordered: Sequence[Resource]) -> Group:
    names = [one.name for one in ordered]
    target = names.index(field.type.target or "")
    arguments = [
        quoted(f"{ordered[target].table_name}.id"),
        f"name={quoted(_name('fk', resource, field.key))}",
    ]
    if target > names.index(resource.name):
        # It closes a circle: added once both tables are there.
        arguments.append("use_alter=True")
    return call("ForeignKey", *arguments)


def _constraints(resource: Resource) -> Iterator[Group]:
    for field in resource.fields:
        if field.unique:
            name = _name("uq", resource, field.key)
            yield call("UniqueConstraint", quoted(field.key), f"name={quoted(name)}")
    indexed = [field.key for field in resource.fields if is_listed(field) and not field.unique]
    for key in (*_MOMENTS, *indexed):
        yield call("Index", quoted(_name("ix", resource, key)), quoted(key), '"id"')


def _name(prefix: str, resource: Resource, key: str) -> str:
    """Two underscores, so that no two tables and fields share a name: no name of theirs has two."""
    return shorten(f"{prefix}_{resource.table_name}__{key}")
