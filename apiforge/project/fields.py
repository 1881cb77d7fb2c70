"""One field of a resource, and its grammar: `string(32)?!#="a default"`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apiforge.errors import UsageError
from apiforge.project.defaults import parse_default
from apiforge.project.field_types import LONGEST_INDEXED_STRING, FieldType, parse_type
from apiforge.project.names import check_field_name, refuse_reserved

_FIELD = re.compile(
    r"(?P<kind>[^\s()?!#=:,]+)(?:\((?P<arguments>[^()]*)\))?(?P<marks>[?!#]*)"
    r"(?:=(?P<default>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s\"']\S*)?)?",
    re.S,
)
_NAME = re.compile(r"\s*(?P<name>[^\s:]+)\s*:\s*")
_FORM = "write name:type, such as price:decimal(10,2)?=9.99; a default with spaces is quoted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field as its owner described it. `default` is text; `default_value` what it means."""

    name: str
    type: FieldType
    optional: bool = False
    unique: bool = False
    indexed: bool = False
    default: str | None = None

    @property
    def key(self) -> str:
        """Its name in JSON and in the table: a reference `category` is `category_id`."""
        if self.type.kind != "ref" or self.name.endswith("_id"):
            return self.name
        return f"{self.name}_id"

    @property
    def text(self) -> str:
        """The field as the grammar writes it; reading it gives an equal field."""
        marks = "?" * self.optional + "!" * self.unique + "#" * self.indexed
        default = "" if self.default is None else f"={_quote(self.default)}"
        return f"{self.type.text}{marks}{default}"

    @property
    def default_value(self) -> object:
        """The value of the default; None where there is none."""
        return None if self.default is None else parse_default(self.default, self.type)


def parse_field(name: str, text: str, *, resource: str) -> Field:
    """The field that the grammar describes as `text`. Raises UsageError naming both."""
    checked = check_field_name(name, resource=resource)
    found = _FIELD.fullmatch(text.strip())
    if found is None:
        where = f"resource {resource!r}: field {checked!r}"
        raise UsageError(f"{where}: cannot read {text.strip()!r}", hint=_FORM)
    return _make_field(checked, found, resource=resource)


def parse_fields(text: str, *, resource: str) -> Iterator[Field]:
    """The fields of `name:type name:type …`, in order."""
    position = 0
    text = text.strip()
    while position < len(text):
        named = _NAME.match(text, position)
        found = named and _FIELD.match(text, named.end())
        if not named or not found or not _ends_a_word(text, found.end()):
            rest = text[position:].split()[0]
            raise UsageError(f"resource {resource!r}: cannot read the field {rest!r}", hint=_FORM)
        name = check_field_name(named["name"], resource=resource)
        yield _make_field(name, found, resource=resource)
        position = found.end() + len(text[found.end() :]) - len(text[found.end() :].lstrip())


def _ends_a_word(text: str, position: int) -> bool:
    return position == len(text) or text[position].isspace()


def _make_field(name: str, found: re.Match[str], *, resource: str) -> Field:
    where = f"resource {resource!r}: field {name!r}"
    marks, default = found["marks"], found["default"]
    if len(set(marks)) < len(marks):
        raise UsageError(f"{where}: {marks!r} repeats a mark", hint="give each of ? ! # once")
    field = Field(
        name=name,
        type=parse_type(found["kind"], found["arguments"], where=where),
        optional="?" in marks,
        unique="!" in marks,
        indexed="#" in marks,
        default=None if default is None else _unquote(default),
    )
    if found[0].endswith("=") and default is None:
        raise UsageError(f"{where}: nothing follows the =", hint="give a default, or leave = out")
    refuse_reserved(field.key, where=where)
    _check_marks(field, where=where)
    _check_values(field, where=where)
    _check_default(field, where=where)
    return field


def _check_marks(field: Field, *, where: str) -> None:
    if not field.unique and not field.indexed:
        return
    mark = "unique" if field.unique else "indexed"
    if field.type.kind in ("text", "json"):
        raise UsageError(
            f"{where}: {field.type.kind} cannot be {mark}",
            hint=f"use string(n) with at most {LONGEST_INDEXED_STRING} characters",
        )
    if field.type.kind == "string" and field.type.max_length > LONGEST_INDEXED_STRING:
        raise UsageError(
            f"{where}: {field.type.text} is too long to be {mark}",
            hint=f"databases index at most {LONGEST_INDEXED_STRING} characters",
        )


def _check_values(field: Field, *, where: str) -> None:
    if field.unique and len(field.type.members) == 1:
        raise UsageError(
            f"{where}: {field.type.text} cannot be unique: only one row could be made",
            hint="give it more values, or leave ! out",
        )


def _check_default(field: Field, *, where: str) -> None:
    if field.default is None:
        return
    try:
        parse_default(field.default, field.type)
    except ValueError as error:
        raise UsageError(
            f"{where}: {field.default!r} is no default for {field.type.text}", hint=f"give {error}"
        ) from None


def _quote(text: str) -> str:
    if text and not re.search(r"^[\"']|\s", text):
        return text
    return '"' + re.sub(r"([\"\\])", r"\\\1", text) + '"'


def _unquote(text: str) -> str:
    if text[:1] in ("'", '"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.S)
    return text
