"""How the fields of a resource are written in its pydantic models."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apiforge.project.fields import Field
from apiforge.project.views.attributes import attributes
from apiforge.project.views.imports import Names, sections, used
from apiforge.project.views.layout import (
    INDENT,
    Group,
    Piece,
    after,
    assignment,
    before,
    call,
    laid_out,
    literal,
    quoted,
)

_IMPORTS: tuple[Names, ...] = (
    {"datetime": ["date"], "decimal": ["Decimal"], "typing": ["Annotated", "Literal"]},
    {"pydantic": ["Field"]},
)
_OURS: Names = {"app": ["fields"], "app.listing": ["Listing"], "app.schema": ["Schema"]}
_UNSET = "fields.UNSET"
_NAMED = {
    "integer": "fields.Integer",
    "bigint": "fields.BigInteger",
    "float": "fields.Float",
    "boolean": "fields.Boolean",
    "date": "fields.Date",
    "datetime": "fields.Moment",
    "uuid": "fields.Uuid",
    "ref": "fields.Uuid",
}
_TEXTS = {"text": "Text", "email": "Email", "url": "Url"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schemas:
    """The texts of `schemas.py`: lines of its models, what lists can be filtered by."""

    imports: str
    created: tuple[str, ...]
    changed: tuple[str, ...]
    read: tuple[str, ...]
    listing: str


def schemas(fields: Sequence[Field]) -> Schemas:
    """The texts for these fields."""
    declared = tuple(_declared(fields))
    created = tuple(_created(field, target) for field, target in declared)
    listing = _listing(fields)
    needed = [used(names, "\n".join((*created, listing))) for names in _IMPORTS]
    return Schemas(
        imports=sections(*needed, _OURS),
        created=created,
        changed=tuple(assignment(target, _UNSET, indent=INDENT) for _, target in declared),
        read=tuple(laid_out(target, indent=INDENT) for _, target in declared),
        listing=listing,
    )


def _created(field: Field, target: Piece) -> str:
    if field.default is not None:
        return assignment(target, _default(field), indent=INDENT)
    if field.optional:
        return assignment(target, "None", indent=INDENT)
    return laid_out(target, indent=INDENT)


def _listing(fields: Sequence[Field]) -> str:
    chosen = [field for field in fields if is_listed(field)]
    types: list[Piece] = ['"created_at": fields.Moment', '"updated_at": fields.Moment']
    types += [before(f"{quoted(one.key)}: ", _type(one, optional=False)) for one in chosen]
    arguments: list[Piece] = [Group("{", types, "}")]
    nullable = [quoted(field.key) for field in chosen if field.optional]
    if nullable:
        arguments.append(Group("nullable={", nullable, "}"))
    return assignment("LISTING", call("Listing", *arguments))


def is_listed(field: Field) -> bool:
    """Whether lists can be filtered and sorted by it."""
    always = ("ref", "enum", "boolean", "datetime")
    return field.indexed or field.unique or field.type.kind in always


def _declared(fields: Sequence[Field]) -> Iterator[tuple[Field, Piece]]:
    names = attributes(fields)
    for field in fields:
        kind = _type(field, optional=field.optional)
        if names[field.key] != field.key:
            kind = _aliased(kind, field.key)
        yield field, before(f"{names[field.key]}: ", kind)


def _type(field: Field, *, optional: bool) -> Piece:
    kind = field.type.kind
    if kind == "string":
        return _string(field.type.max_length, optional=optional)
    if kind == "json":
        return "fields.Json"
    if kind in _TEXTS:
        return f"fields.{'Optional' * optional}{_TEXTS[kind]}"
    return after(_plain(field), " | None" * optional)


def _string(length: int, *, optional: bool) -> Group:
    if optional:
        return Group("Annotated[", ["str | None", f"fields.optional_string({length})"], "]")
    return Group("Annotated[", ["str", f"fields.string({length})"], "]")


def _plain(field: Field) -> Piece:
    if field.type.kind == "decimal":
        digits = f"fields.decimal({field.type.precision}, {field.type.scale})"
        return Group("Annotated[", ["Decimal", digits], "]")
    if field.type.kind == "enum":
        return Group("Literal[", [quoted(member) for member in field.type.members], "]")
    return _NAMED[field.type.kind]


def _aliased(kind: Piece, key: str) -> Group:
    alias = f"Field(alias={quoted(key)})"
    if isinstance(kind, Group) and kind.opening == "Annotated[" and kind.closing == "]":
        return kind._replace(items=[*kind.items, alias])
    return Group("Annotated[", [kind, alias], "]")


def _default(field: Field) -> Piece:
    value = field.default_value
    if isinstance(value, datetime):
        return quoted(value.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    if isinstance(value, Decimal):
        return f'Decimal("{value:f}")'
    if isinstance(value, dict | list):
        # A model copies it for every row; its own class must not hold something mutable.
        factory = before("default_factory=lambda: ", literal(value))
        return call("Field", factory)
    return literal(value) if isinstance(value, str | int | float) else quoted(str(value))
