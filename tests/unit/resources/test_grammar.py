"""The grammar of `--resource`: what it means, that it can be written back, and what it refuses."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiforge.errors import UsageError
from apiforge.project.field_types import KINDS, FieldType
from apiforge.project.fields import Field, parse_field
from apiforge.project.resources import parse_resource

UUID_TEXT = "0190b9a0-0000-7000-8000-000000000001"


def parse(text: str) -> Field:
    return parse_field("field", text, resource="product")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string", FieldType(kind="string")),
        ("string(32)", FieldType(kind="string", length=32)),
        ("text", FieldType(kind="text")),
        ("decimal(10,2)", FieldType(kind="decimal", precision=10, scale=2)),
        ("decimal( 18 , 0 )", FieldType(kind="decimal", precision=18)),
        ("enum(a|in progress)", FieldType(kind="enum", members=("a", "in progress"))),
        ("ref(category)", FieldType(kind="ref", target="category")),
    ],
)
def test_type_is_read(text: str, expected: FieldType) -> None:
    assert parse(text).type == expected


@pytest.mark.parametrize("marks", ["?!#", "?#!", "!?#", "!#?", "#?!", "#!?"])
def test_marks_come_in_any_order(marks: str) -> None:
    field = parse(f"string(9){marks}=abc")

    assert (field.optional, field.unique, field.indexed, field.default) == (True, True, True, "abc")
    assert field.text == "string(9)?!#=abc"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("string=abc", "abc"),
        ('string="two words"', "two words"),
        ("string='it \"is\"'", 'it "is"'),
        (r'string="a \"b\" \\c"', 'a "b" \\c'),
        ("text==", "="),
        ("integer=-5", -5),
        ("bigint=9223372036854775807", 9223372036854775807),
        ("float=1.5e3", 1500.0),
        ("decimal(10,2)=9.9", Decimal("9.90")),
        ("decimal(4,2)=-0", Decimal("0.00")),
        ("boolean=True", True),
        ("date=2026-01-31", date(2026, 1, 31)),
        ("datetime=2026-01-31T12:00:00.5+02:00", datetime(2026, 1, 31, 10, 0, 0, 500000, UTC)),
        (f"uuid={UUID_TEXT.upper()}", UUID(UUID_TEXT)),
        ('json={"a":[1]}', {"a": [1]}),
        ("""json='{"a": 1}'""", {"a": 1}),
        ("email=ada@example.org", "ada@example.org"),
        ("url=https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ('enum(new|in progress)="in progress"', "in progress"),
    ],
)
def test_default_has_the_type_of_its_field(text: str, value: object) -> None:
    field = parse(text)

    assert field.default_value == value
    assert type(field.default_value) is type(value)
    assert parse(field.text) == field


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("money", "no type called 'money'", "did you mean decimal?"),
        ("strnig", "no type called 'strnig'", "did you mean string?"),
        ("String", "no type called 'String'", "did you mean string?"),
        ("blorp", "no type called 'blorp'", f"choose one of: {', '.join(KINDS)}"),
        ("string(0)", "string(0) has no valid length", "1 to 10000"),
        ("string(x)", "string(x) has no valid length", "1 to 10000"),
        ("string()", "string() has no valid length", "1 to 10000"),
        ("string(120", "cannot read 'string(120'", "write name:type"),
        ("string(9),", "cannot read 'string(9),'", "write name:type"),
        ("", "cannot read ''", "write name:type"),
        ("text(9)", "text takes no arguments", "write text"),
        ("decimal", "decimal needs arguments", "decimal(10,2)"),
        ("decimal(10)", "cannot read decimal(10)", "decimal(10,2)"),
        ("decimal(19,2)", "decimal(19,2) has 19 digits", "1 to 18 digits"),
        ("decimal(0,0)", "decimal(0,0) has 0 digits", "1 to 18 digits"),
        ("decimal(2,3)", "more digits after the point than in all", "in all first"),
        ("enum", "enum needs arguments", "enum(draft|published)"),
        ("enum(a||b)", "'' of the enum is empty", "separate plain words"),
        ("enum(a|a)", "'a' of the enum is given twice", "separate plain words"),
        ("enum(a,b)", "'a,b' of the enum has a bracket, comma", "separate plain words"),
        ("ref", "ref needs arguments", "ref(category)"),
        ("string??", "'??' repeats a mark", "once"),
        ("string=", "nothing follows the =", "leave = out"),
        ("text!", "text cannot be unique", "string(n)"),
        ("text#", "text cannot be indexed", "string(n)"),
        ("json!", "json cannot be unique", "string(n)"),
        ("json#", "json cannot be indexed", "string(n)"),
        ("enum(a)!", "enum(a) cannot be unique: only one row could be made", "more values"),
        ("string(641)!", "string(641) is too long to be unique", "640 characters"),
        ("string(3)=abcd", "'abcd' is no default for string(3)", "at most 3 characters"),
        ('string=""', "'' is no default for string", "some text"),
        ("integer=3.5", "'3.5' is no default for integer", "a whole number of 32 bits"),
        ("integer=2147483648", "is no default for integer", "a whole number of 32 bits"),
        ("bigint=9223372036854775808", "is no default for bigint", "64 bits"),
        ("float=nan", "'nan' is no default for float", "a finite number"),
        ("float=1e999", "'1e999' is no default for float", "a finite number"),
        (
            "decimal(4,2)=100",
            "'100' is no default",
            "at most 2 digits before the point and 2 after",
        ),
        ("decimal(4,2)=1.234", "'1.234' is no default", "2 after"),
        ("decimal(4,2)=1e1", "'1e1' is no default", "2 after"),
        ("boolean=yes", "'yes' is no default for boolean", "true or false"),
        ("date=2026-02-30", "'2026-02-30' is no default for date", "2026-01-31"),
        ("date=20260130", "'20260130' is no default for date", "2026-01-31"),
        ("datetime=2026-01-31T12:00:00", "is no default for datetime", "with a zone"),
        ("datetime=2026-01-31T12:00:00.0001Z", "is no default for datetime", "milliseconds"),
        ("datetime=0001-01-01T00:00:00+12:00", "is no default for datetime", "with a zone"),
        ("uuid=1", "'1' is no default for uuid", "a UUID"),
        ("json={a}", "'{a}' is no default for json", "JSON such as"),
        ("json=null", "'null' is no default for json", "not null"),
        ("json=NaN", "'NaN' is no default for json", "JSON such as"),
        ("json=1e999", "'1e999' is no default for json", "JSON such as"),
        ("email=ada", "'ada' is no default for email", "ada@example.org"),
        ("url=ftp://example.org", "is no default for url", "https://example.org"),
        ("enum(a|b)=c", "'c' is no default for enum(a|b)", "one of a, b"),
        (f"ref(category)={UUID_TEXT}", "is no default for ref(category)", "no default at all"),
    ],
)
def test_wrong_field_is_refused(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)

    assert caught.value.message.startswith("resource 'product': field 'field'")
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


EXACT = st.sampled_from(
    [
        FieldType(kind="string"),
        FieldType(kind="string", length=64),
        FieldType(kind="text"),
        FieldType(kind="enum", members=("a", "in progress", "naïve")),
    ]
)


@given(
    field_type=EXACT,
    marks=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    default=st.none() | st.text(min_size=1, max_size=64).filter(lambda text: "\x00" not in text),
)
def test_written_field_reads_as_the_same(
    field_type: FieldType, marks: tuple[bool, bool, bool], default: str | None
) -> None:
    optional, unique, indexed = marks
    can_be_indexed = field_type.kind != "text"
    field = Field(
        name="field",
        type=field_type,
        optional=optional,
        unique=unique and can_be_indexed,
        indexed=indexed and can_be_indexed,
        default=field_type.members[1] if field_type.members and default else default,
    )

    assert parse(field.text) == field
    assert parse_resource(f"product: field:{field.text} other:text").fields[0] == field
