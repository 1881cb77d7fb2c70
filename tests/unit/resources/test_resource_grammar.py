"""Whole resources of `--resource`: what is read, and what is refused."""

from typing import Any

import pytest

from apiforge.errors import UsageError
from apiforge.project.resources import parse_resource, parse_table


def test_resource_is_read() -> None:
    product = parse_resource(
        "product: name:string(120) sku:string(32)! price:decimal(10,2) stock:integer=0 note:text? "
        "released:date? category:ref(category)"
    )

    assert product.name == "product"
    assert product.plural == "products"
    assert product.class_name == "Product"
    assert product.folder == "app/resources/products"
    assert [field.key for field in product.fields][-2:] == ["released", "category_id"]


@pytest.mark.parametrize(
    "text",
    [
        'note: a:string="two words" b:enum(in progress|done)="in progress" c:json="[1, 2]"',
        "  note :  a:string\n\tb: text?  ",
        "note: a:string(20)!?=x:y b:url=http://a.b/c",
    ],
)
def test_spaces_separate_fields_but_not_quoted_ones(text: str) -> None:
    resource = parse_resource(text)

    assert parse_resource(resource.text) == resource


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("product", "cannot read the resource 'product'", "write --resource"),
        ("product:", "resource 'product' has no fields", "product: name:string(120)"),
        (": a:text", "resource '': the name is not an identifier", "start with a letter"),
        ("my-thing: a:text", "resource 'my-thing': the name is not an identifier", "letters"),
        ("2d: a:text", "resource '2d': the name is not an identifier", "start with a letter"),
        ("p: a", "resource 'p': cannot read the field 'a'", "write name:type"),
        ("p: a:string=two words", "resource 'p': cannot read the field 'words'", "quoted"),
        ("p: a:string, b:text", "resource 'p': cannot read the field 'a:string,'", "name:type"),
        ('p: a:string="x', "resource 'p': cannot read the field 'a:string=\"x'", "quoted"),
        ("p: a:text a:text", "field 'a' is there already", "names that differ only in case"),
        ("p: a:text A:text", "field 'A' is there already, as 'a'", "names that differ only in"),
        ("p: c:ref(c) c_id:text", "field 'c_id' is there already, as 'c'", "stored as"),
        ("p: id:text", "field 'id': every resource has 'id' already", "another name"),
        ("p: Created_At:text", "every resource has 'created_at' already", "another name"),
        ("p: updated_at:text", "every resource has 'updated_at' already", "another name"),
        ("p: version:text", "every resource has 'version' already", "another name"),
        ("p: _a:text", "field '_a': the name starts with an underscore", "letter"),
        ("p: a__in:text", "field 'a__in': the name has a double underscore", "single"),
        ("p: a-b:text", "field 'a-b': the name is not an identifier", "letters"),
        (f"p: {'a' * 65}:text", "the name has 65 characters", "at most 64 characters"),
        ("\U00020000" * 64 + ": a:text", "64 characters in 256 bytes", "200 bytes"),
    ],
)
def test_wrong_resource_is_refused(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_resource(text)

    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_table_with_a_field_that_is_no_text_is_refused() -> None:
    fields: Any = {"price": 5}

    with pytest.raises(UsageError, match="field 'price' is described by 5"):
        parse_table("product", fields)


def test_names_are_read_as_python_reads_them() -> None:
    resource = parse_resource("\ufb01le: \ufb01eld:string \uff4eame:ref(\ufb01le)?")

    assert resource == parse_resource("file: field:string name:ref(file)?")
