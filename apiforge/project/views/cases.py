"""What the tests of a resource are repeated for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apiforge.project.fields import Field
from apiforge.project.names import shorten
from apiforge.project.resources import Resource
from apiforge.project.views.imports import statements
from apiforge.project.views.layout import INDENT, Text, assignment
from apiforge.project.views.schemas import is_listed
from apiforge.project.views.seeding import is_never_null

_OF_THE_LIST = ("limit", "cursor", "sort")
_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A field to test: an identifier, and the assignments of its key and its filter's name."""

    name: str
    key: str
    parameter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The fields that each kind of test is repeated for."""

    imports: str
    required: tuple[Case, ...]
    unique: tuple[Case, ...]
    references: tuple[Case, ...]
    filtered: tuple[Case, ...]


def cases(resource: Resource, module: str, ordered: Sequence[Resource]) -> Cases:
    """The cases of `resource`; `ordered` are all resources, each after those it needs."""

    def has_value(field: Field) -> bool:
        return is_never_null(field, resource, ordered)

    return Cases(
        imports=statements(
            {
                "app.ids": ["new_id"],
                f"{module}.endpoints": ["PATH"],
                f"{module}.seed": ["SEED"],
                "tests.resources.conftest": ["Bodies"],
            }
        ),
        required=_cases(resource, lambda field: not field.optional and field.default is None),
        unique=_cases(resource, lambda field: field.unique and has_value(field)),
        references=_cases(resource, lambda field: field.type.kind == "ref"),
        filtered=_cases(resource, lambda field: is_listed(field) and has_value(field)),
    )


def _cases(resource: Resource, is_chosen: Callable[[Field], bool]) -> tuple[Case, ...]:
    return tuple(_case(field) for field in resource.fields if is_chosen(field))


def _case(field: Field) -> Case:
    parameter = f"{field.key}__in" if field.key in _OF_THE_LIST else field.key
    return Case(
        name=shorten(field.key, limit=_LONGEST),
        key=assignment("key", Text(field.key), indent=INDENT),
        parameter=assignment("parameter", Text(parameter), indent=INDENT),
    )
