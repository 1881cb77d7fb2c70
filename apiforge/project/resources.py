"""What the API serves: resources with their fields, from the command line or a spec file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apiforge.errors import UsageError
from apiforge.project.fields import Field, parse_field, parse_fields
from apiforge.project.names import check_resource_name, class_name, shorten
from apiforge.project.plurals import pluralize
from apiforge.project.references import check_references

_EXAMPLE = (
    "category: name:string(60)! description:text?",
    "product: name:string(120) sku:string(32)! price:decimal(10,2) stock:integer=0 "
    "status:enum(draft|active|archived)=draft released:date? category:ref(category)",
)
_OURS = ("auth_", "alembic_", "sqlite_", "pg_")
_LONGEST_FOLDER = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A kind of row with its fields. `table` and `package` are given for a feature's own tables."""

    name: str
    fields: tuple[Field, ...]
    table: str | None = None
    package: str | None = None

    @property
    def plural(self) -> str:
        """What its path, folder and table are called."""
        return pluralize(self.name)

    @property
    def class_name(self) -> str:
        """What its classes are called."""
        return class_name(self.name)

    @property
    def table_name(self) -> str:
        """Its table, in at most 63 bytes; the prefixes of ours and of databases are avoided."""
        if self.table:
            return self.table
        prefix = "app_" if self.plural.casefold().startswith(_OURS) else ""
        return shorten(prefix + self.plural)

    @property
    def folder(self) -> str:
        """Its folder in the generated project, with slashes. `seeds` is a module of ours."""
        own = shorten(self.plural, limit=_LONGEST_FOLDER)
        return self.package or f"app/resources/{own + '_' * (own.casefold() == 'seeds')}"

    @property
    def internal(self) -> bool:
        """Whether it is a feature's own table and has no endpoints."""
        return self.package is not None

    @property
    def references(self) -> tuple[Field, ...]:
        """The fields that point to other resources."""
        return tuple(field for field in self.fields if field.type.kind == "ref")

    @property
    def text(self) -> str:
        """The resource as `--resource` takes it; reading it gives an equal resource."""
        return f"{self.name}: " + " ".join(f"{field.name}:{field.text}" for field in self.fields)


def parse_resource(text: str) -> Resource:
    """The resource that `name: field:type field:type …` describes. Raises UsageError."""
    name, colon, rest = text.partition(":")
    if not colon:
        raise UsageError(
            f"cannot read the resource {text.strip()!r}",
            hint='write --resource "product: name:string(120) price:decimal(10,2)"',
        )
    name = check_resource_name(name.strip())
    return _make(name, tuple(parse_fields(rest, resource=name)))


def parse_table(
    name: str, fields: Mapping[str, str], *, table: str | None = None, package: str | None = None
) -> Resource:
    """The resource of a spec file, or a feature's own table. Raises UsageError."""
    name = check_resource_name(name)
    parsed = []
    for key, text in fields.items():
        if not isinstance(text, str):
            raise UsageError(
                f"resource {name!r}: field {key!r} is described by {text!r}, which is no text",
                hint='write it as in name = "string(120)"',
            )
        parsed.append(parse_field(key, text, resource=name))
    return _make(name, tuple(parsed), table=table, package=package)


def example() -> tuple[Resource, ...]:
    """What a project without any resource of its own serves: products in categories."""
    return tuple(parse_resource(text) for text in _EXAMPLE)


def check(resources: Sequence[Resource]) -> None:
    """Fail where resources cannot stand beside each other; internal tables may be among them."""
    public = [resource for resource in resources if not resource.internal]
    internal = [resource for resource in resources if resource.internal]
    for group in (public, internal):
        _refuse_equal(group, "name", [resource.name for resource in group])
        check_references(group)
    _refuse_equal(public, "plural", [resource.plural for resource in public])
    _refuse_equal(public, "class name", [resource.class_name for resource in public])
    _refuse_equal(resources, "table", [resource.table_name for resource in resources])


def _make(
    name: str, fields: tuple[Field, ...], *, table: str | None = None, package: str | None = None
) -> Resource:
    if not fields:
        raise UsageError(
            f"resource {name!r} has no fields", hint=f'write "{name}: name:string(120)"'
        )
    taken: dict[str, Field] = {}
    for field in fields:
        other = taken.setdefault(field.key.casefold(), field)
        if other is not field:
            raise UsageError(
                f"resource {name!r}: field {field.name!r} is there already"
                + ("" if other.name == field.name else f", as {other.name!r}"),
                hint="names that differ only in case are one name to a database, and a "
                "reference called category is stored as category_id",
            )
    return Resource(name=name, fields=fields, table=table, package=package)


def _refuse_equal(resources: Sequence[Resource], what: str, names: Sequence[str]) -> None:
    taken: dict[str, Resource] = {}
    for resource, name in zip(resources, names, strict=True):
        other = taken.setdefault(name.casefold(), resource)
        if other is resource:
            continue
        if other.name == resource.name:
            raise UsageError(f"resource {other.name!r} is given twice", hint="give it once")
        raise UsageError(
            f"resource {resource.name!r} has the same {what} as {other.name!r}: {name!r}",
            hint="rename one of them",
        )
