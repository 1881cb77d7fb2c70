"""What templates see: names that clash with nothing, exact types, rows that can be made."""

import pytest

from apiforge.project.resources import Resource, parse_resource
from apiforge.project.views import View, views
from apiforge.project.views.attributes import attributes, columns


def view_of(*texts: str) -> View:
    return views([parse_resource(text) for text in texts])[-1]


def thing(field: str) -> View:
    return next(view for view in seen(f"thing: {field}", "other: x:text") if view.table == "things")


def seen(*texts: str) -> tuple[View, ...]:
    return views([parse_resource(text) for text in texts])


def fields_of(text: str) -> Resource:
    return parse_resource(f"thing: {text}")


@pytest.mark.parametrize(
    ("field", "attribute"),
    [
        ("name", "name"),
        ("from", "from_"),
        ("class", "class_"),
        ("model_config", "model_config_"),
        ("json", "json_"),
        ("copy", "copy_"),
        ("str", "str_"),
        ("date", "date_"),
        ("Decimal", "Decimal_"),
        ("fields", "fields_"),
        ("list", "list"),
        ("type", "type"),
        ("metadata", "metadata"),
    ],
)
def test_attribute_clashes_with_nothing(field: str, attribute: str) -> None:
    assert attributes(fields_of(f"{field}:text").fields) == {field: attribute}


def test_attribute_avoids_the_owners_other_fields() -> None:
    chosen = attributes(fields_of("class:text class_:text").fields)

    assert chosen == {"class": "class__", "class_": "class_"}


def test_long_attributes_are_short_and_different() -> None:
    chosen = attributes(fields_of(f"{'a' * 64}:text {'a' * 63}:text").fields)

    assert max(len(name) for name in chosen.values()) <= 40
    assert len(set(chosen.values())) == 2


def test_columns_that_postgresql_keeps_for_itself_get_another_name() -> None:
    assert columns(fields_of("xmin:text xmin_:text CTID:text oid:text").fields) == {
        **{"xmin": "xmin__", "xmin_": "xmin_", "CTID": "CTID_", "oid": "oid"}
    }


@pytest.mark.parametrize("name", ["a" * 63, "a" * 64, "商" * 40])
def test_names_in_the_database_take_at_most_63_bytes(name: str) -> None:
    view = view_of(f"{name}: {name}:string(9)! b:ref({name})?#")

    literals = [part for element in view.storage.elements for part in element.split('"')[1::2]]
    keys = {name, f"{name}_id"}
    assert all(len(part.encode()) <= 66 for part in literals if part not in keys)


def test_index_names_differ_where_tables_and_fields_run_together() -> None:
    one, two = seen("app: item_c:integer#", "app_item: c:integer#")

    names = [element.split('"')[1] for element in (*one.storage.elements, *two.storage.elements)]
    assert {"ix_apps__item_c", "ix_app_items__c"} <= set(names)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("order", "an order"),
        ("user", "a user"),
        ("unit", "a unit"),
        ("unimportant_thing", "an unimportant thing"),
        ("hour", "an hour"),
        ("product", "a product"),
        ("order_item", "an order item"),
    ],
)
def test_article_is_the_spoken_one(name: str, label: str) -> None:
    assert view_of(f"{name}: x:text").names.a_label == label


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("a:string(9)", "a: Annotated[str, fields.string(9)]"),
        ("a:string", "a: Annotated[str, fields.string(255)]"),
        ("a:string(9)?", "a: Annotated[str | None, fields.optional_string(9)] = None"),
        ("a:string(9)=abc", 'a: Annotated[str, fields.string(9)] = "abc"'),
        ("a:text?", "a: fields.OptionalText = None"),
        ("a:email", "a: fields.Email"),
        ("a:integer?=5", "a: fields.Integer | None = 5"),
        ("a:float=1.50", "a: fields.Float = 1.5"),
        (
            "a:decimal(9,2)?=1",
            'a: Annotated[Decimal, fields.decimal(9, 2)] | None = Decimal("1.00")',
        ),
        (
            "a:decimal(18,18)=0",
            'a: Annotated[Decimal, fields.decimal(18, 18)] = Decimal("0.000000000000000000")',
        ),
        ("a:boolean=true", "a: fields.Boolean = True"),
        ("a:date=2026-01-31", "a: fields.Date = date(2026, 1, 31)"),
        (
            "a:datetime=2026-01-31T12:00:00+02:00",
            'a: fields.Moment = "2026-01-31T10:00:00.000Z"',
        ),
        (
            "a:uuid=0190B9A0-0000-7000-8000-000000000001",
            'a: fields.Uuid = "0190b9a0-0000-7000-8000-000000000001"',
        ),
        ("a:json", "a: fields.Json"),
        ("a:json?", "a: fields.Json = None"),
        (
            'a:json={"b":[1,null]}',
            'a: fields.Json = Field(default_factory=lambda: {"b": [1, None]})',
        ),
        ("a:enum(x|y)?=x", 'a: Literal["x", "y"] | None = "x"'),
        ("a:ref(other)", "a_id: fields.Uuid"),
        ("from:integer", 'from_: Annotated[fields.Integer, Field(alias="from")]'),
        (
            "from:string(9)",
            'from_: Annotated[str, fields.string(9), Field(alias="from")]',
        ),
    ],
)
def test_created_field_is_declared(field: str, line: str) -> None:
    assert thing(field).schemas.created == (line,)


def test_imports_are_those_that_the_models_use() -> None:
    plain = thing("a:text").schemas.imports
    full = thing("a:decimal(9,2) b:date=2026-01-31 c:enum(x|y) from:text").schemas.imports

    assert plain.splitlines()[0] == "from app import fields"
    assert full.splitlines()[:5] == [
        "from datetime import date",
        "from decimal import Decimal",
        "from typing import Annotated, Literal",
        "",
        "from pydantic import Field",
    ]


def test_list_can_be_filtered_by_what_is_indexed() -> None:
    view = thing(
        "a:text b:integer# c:string(9)?! d:boolean e:enum(x|y) f:ref(other)? g:date h:datetime?"
    )

    assert "".join(view.schemas.listing.split()) == (
        'LISTING=Listing({"created_at":fields.Moment,"updated_at":fields.Moment,'
        '"b":fields.Integer,"c":Annotated[str,fields.string(9)],"d":fields.Boolean,'
        '"e":Literal["x","y"],"f_id":fields.Uuid,"h":fields.Moment,},nullable={"c","f_id","h"},)'
    )


def test_table_has_a_column_for_every_field() -> None:
    view = thing("a:string(9)! b:json? from:integer c:ref(other)# xmin:date#")

    assert view.storage.elements[4:] == (
        'Column("a", types.String(9), nullable=False),',
        'Column("b", types.Json(nullable=True), nullable=True),',
        'Column("from", types.Integer(), nullable=False),',
        'Column("c_id", types.Uuid(), ForeignKey("others.id", name="fk_things__c_id"), '
        "nullable=False),",
        'Column("xmin_", types.Date(), key="xmin", nullable=False),',
        'UniqueConstraint("a", name="uq_things__a"),',
        'Index("ix_things__created_at", "created_at", "id"),',
        'Index("ix_things__updated_at", "updated_at", "id"),',
        'Index("ix_things__c_id", "c_id", "id"),',
        'Index("ix_things__xmin", "xmin", "id"),',
    )


def test_migration_says_the_same_with_the_module_in_front() -> None:
    view = thing("a:string(9)! c:ref(other)")

    without = [element.replace("sa.", "") for element in view.storage.sa_elements]
    assert [_joined(element) for element in without] == [
        _joined(element) for element in view.storage.elements
    ]


def _joined(element: str) -> str:
    return "".join(element.split()).replace(",)", ")")


def test_foreign_key_that_closes_a_circle_is_added_afterwards() -> None:
    one, two = seen("a: b:ref(b)?", "b: a:ref(a) b:ref(b)?")

    assert "use_alter" in "".join(one.storage.elements)
    assert "use_alter" not in "".join(two.storage.elements)
