"""The types a field can have: `string(120)`, `decimal(10,2)`, `enum(a|b)`, `ref(category)` …"""

import re
from dataclasses import dataclass
from unicodedata import normalize

from apiforge.errors import UsageError, choose_one_of

DEFAULT_LENGTH = 255
LONGEST_STRING = 10_000
LONGEST_INDEXED_STRING = 640
"""In characters: an index entry of PostgreSQL takes 2,704 bytes, one of MySQL 3,072."""
LONGEST_MEMBER = 60
MOST_DIGITS = 18
"""SQLite keeps decimals as scaled 64-bit integers."""

KINDS = (
    *("string", "text", "integer", "bigint", "float", "decimal", "boolean", "date", "datetime"),
    *("uuid", "json", "email", "url", "enum", "ref"),
)
_ARGUMENTS = {"decimal": "decimal(10,2)", "enum": "enum(draft|published)", "ref": "ref(category)"}
_SYNONYMS = {
    **dict.fromkeys(("str", "varchar", "char"), "string"),
    **dict.fromkeys(("int", "int4", "smallint", "serial"), "integer"),
    **dict.fromkeys(("long", "int8", "bigserial"), "bigint"),
    **dict.fromkeys(("money", "number", "numeric", "currency", "price"), "decimal"),
    **dict.fromkeys(("double", "real"), "float"),
    **dict.fromkeys(("timestamp", "timestamptz", "time"), "datetime"),
    **dict.fromkeys(("bool", "flag"), "boolean"),
    **dict.fromkeys(("jsonb", "object", "dict", "list", "array"), "json"),
    **dict.fromkeys(("reference", "foreign", "fk", "belongs_to"), "ref"),
    **{"guid": "uuid", "uri": "url", "link": "url", "choice": "enum", "mail": "email"},
}
_FORBIDDEN_IN_MEMBERS = re.compile(r"""[(){}|,"'\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]""")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
    """A type with its arguments; those that its kind does not take are empty."""

    kind: str
    length: int | None = None
    precision: int = 0
    scale: int = 0
    members: tuple[str, ...] = ()
    target: str | None = None

    @property
    def text(self) -> str:
        """The type as the grammar writes it."""
        if self.kind == "decimal":
            return f"decimal({self.precision},{self.scale})"
        arguments = self.target or "|".join(self.members) or self.length
        return f"{self.kind}({arguments})" if arguments else self.kind

    @property
    def max_length(self) -> int:
        """The most characters a `string` may have."""
        return self.length or DEFAULT_LENGTH


def parse_type(kind: str, arguments: str | None, *, where: str) -> FieldType:
    """The type called `kind`; `arguments` is what stands between its parentheses."""
    if kind not in KINDS:
        wrong = _SYNONYMS.get(kind.lower(), kind.lower())
        raise UsageError(f"{where}: no type called {kind!r}", hint=choose_one_of(wrong, KINDS))
    if kind == "string" and arguments is not None:
        return FieldType(kind=kind, length=_parse_length(arguments, where=where))
    if kind in _ARGUMENTS:
        return _parse_with_arguments(kind, (arguments or "").strip(), where=where)
    if arguments is not None:
        raise UsageError(f"{where}: {kind} takes no arguments", hint=f"write {kind}")
    return FieldType(kind=kind)


def _parse_with_arguments(kind: str, arguments: str, *, where: str) -> FieldType:
    if not arguments:
        raise UsageError(f"{where}: {kind} needs arguments", hint=f"such as {_ARGUMENTS[kind]}")
    if kind == "decimal":
        return _parse_decimal(arguments, where=where)
    if kind == "enum":
        return FieldType(kind=kind, members=_parse_members(arguments, where=where))
    return FieldType(kind=kind, target=normalize("NFKC", arguments))


def _parse_length(text: str, *, where: str) -> int:
    if not re.fullmatch(r"\s*[0-9]{1,9}\s*", text) or not 1 <= int(text) <= LONGEST_STRING:
        raise UsageError(
            f"{where}: string({text}) has no valid length",
            hint=f"give 1 to {LONGEST_STRING} characters, or use text",
        )
    return int(text)


def _parse_decimal(text: str, *, where: str) -> FieldType:
    found = re.fullmatch(r"\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*", text)
    if found is None:
        raise UsageError(
            f"{where}: cannot read decimal({text})",
            hint="give the digits in all and those after the point, such as decimal(10,2)",
        )
    precision, scale = int(found[1]), int(found[2])
    if not 1 <= precision <= MOST_DIGITS:
        raise UsageError(
            f"{where}: decimal({text}) has {precision} digits",
            hint=f"1 to {MOST_DIGITS} digits are kept exactly on every database",
        )
    if scale > precision:
        raise UsageError(
            f"{where}: decimal({text}) has more digits after the point than in all",
            hint="give the digits in all first, such as decimal(10,2)",
        )
    return FieldType(kind="decimal", precision=precision, scale=scale)


def _parse_members(text: str, *, where: str) -> tuple[str, ...]:
    members = tuple(member.strip() for member in text.split("|"))
    for position, member in enumerate(members):
        if not member or len(member) > LONGEST_MEMBER:
            problem = f"is empty or longer than {LONGEST_MEMBER} characters"
        elif _FORBIDDEN_IN_MEMBERS.search(member):
            problem = "has a bracket, comma, quote, backslash or control character"
        elif member in members[:position]:
            problem = "is given twice"
        else:
            continue
        raise UsageError(
            f"{where}: the value {member!r} of the enum {problem}",
            hint="separate plain words with |, such as enum(draft|published)",
        )
    return members
