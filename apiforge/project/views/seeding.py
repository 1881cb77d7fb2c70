"""How made-up rows of a resource are written, and how many there can be."""

from collections.abc import Sequence
from dataclasses import dataclass

from apiforge.project.fields import Field
from apiforge.project.resources import Resource
from apiforge.project.views.imports import statements
from apiforge.project.views.labels import Labels
from apiforge.project.views.layout import (
    INDENT,
    Piece,
    Text,
    after,
    assignment,
    before,
    call,
    laid_out,
    quoted,
)

_LETTERS = 36
_PLENTY = 1_000_000
"""Of rows: what has as many different values has enough."""
_PLAIN = {
    "integer": "integer",
    "bigint": "integer",
    "float": "float",
    "date": "date",
    "datetime": "moment",
    "email": "email",
    "url": "url",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeding:
    """The texts of `seed.py`: the lines of a made-up row, and `SEED = …`."""

    imports: str
    lines: tuple[str, ...]
    seed: str


def seeding(resource: Resource, module: str, names: Labels, ordered: Sequence[Resource]) -> Seeding:
    """The texts for `resource`; `ordered` are all of them, each after those it needs."""
    schema = f"{names.class_name}Create"
    modules = {
        f"{module}.repository": ["ROWS"],
        f"{module}.schemas": [schema],
        "app.sample": ["Sample"],
        "app.seeding": ["Seed"],
    }
    arguments: list[Piece] = [
        before("plural=", Text(resource.plural)),
        "rows=ROWS",
        f"schema={schema}",
        f"sample=sample_{names.one}",
    ]
    limit = at_most(resource, ordered)
    if limit is not None:
        arguments.append(f"at_most={limit}")
    return Seeding(
        imports=statements(modules),
        lines=tuple(_line(field, resource, ordered) for field in resource.fields),
        seed=assignment("SEED", call("Seed", *arguments)),
    )


def _line(field: Field, resource: Resource, ordered: Sequence[Resource]) -> str:
    value = before(f"{quoted(field.key)}: ", _value(field, resource, ordered))
    return laid_out(value, indent=2 * INDENT, suffix=",")


def is_never_null(field: Field, resource: Resource, ordered: Sequence[Resource]) -> bool:
    """Whether each of its first made-up values is one."""
    if field.type.kind != "ref":
        return True
    return not field.optional or _is_sure(field, resource, ordered)


def at_most(resource: Resource, ordered: Sequence[Resource]) -> int | None:
    """How many rows there can be; None where there can be plenty."""
    limits = [_PLENTY]
    for field in resource.fields:
        if field.unique and not field.optional:
            limits.append(_values(field, ordered))
    fewest = min(limits)
    return None if fewest >= _PLENTY else fewest


def _values(field: Field, ordered: Sequence[Resource]) -> int:
    """How many different values the field can have."""
    match field.type.kind:
        case "string":
            return int(_LETTERS ** min(field.type.max_length, 9))
        case "decimal":
            return int(10**field.type.precision)
        case "boolean":
            return 2
        case "enum":
            return len(field.type.members)
        case "ref":
            target = next(one for one in ordered if one.name == field.type.target)
            return at_most(target, ordered) or _PLENTY
        case _:
            return _PLENTY


def _value(field: Field, resource: Resource, ordered: Sequence[Resource]) -> Piece:
    if field.type.kind == "ref":
        return _reference(field, resource, ordered)
    value = _made(field)
    limit = _values(field, ordered)
    if field.unique and field.optional and limit < _PLENTY:
        return after(value, f" if sample.number < {limit} else None")
    return value


def _reference(field: Field, resource: Resource, ordered: Sequence[Resource]) -> Piece:
    target = next(one for one in ordered if one.name == field.type.target)
    plural = quoted(target.plural)
    if not field.unique:
        return call("sample.optional_ref" if field.optional else "sample.ref", plural)
    if field.optional and not _is_sure(field, resource, ordered):
        return "None"
    return call("sample.unique_ref", plural)


def _is_sure(field: Field, resource: Resource, ordered: Sequence[Resource]) -> bool:
    """Whether every row finds a row of its own to refer to."""
    names = [one.name for one in ordered]
    target = names.index(field.type.target or "")
    if target >= names.index(resource.name):
        return False
    return not field.unique or at_most(ordered[target], ordered) is None


def _made(field: Field) -> Piece:
    kind, unique = field.type.kind, "unique_" * field.unique
    match kind:
        case "text" | "json" | "uuid":
            return f"sample.{kind}()"
        case "boolean":
            return "sample.number % 2 == 0" if field.unique else "sample.boolean()"
        case "enum":
            members = [quoted(member) for member in field.type.members]
            return call("sample.nth_choice" if field.unique else "sample.choice", *members)
        case "string":
            return f"sample.{unique}string({field.type.max_length})"
        case "decimal":
            digits = f"{field.type.precision}, {field.type.scale}"
            return f"sample.{unique}decimal({digits})"
        case _:
            return f"sample.{unique}{_PLAIN[kind]}()"
