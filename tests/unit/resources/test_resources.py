"""Resources beside each other: names that collide, references, circles, order."""

import pytest

from apiforge.errors import UsageError
from apiforge.project.references import in_order
from apiforge.project.resources import Resource, check, example, parse_resource, parse_table


def parsed(*texts: str) -> list[Resource]:
    return [parse_resource(text) for text in texts]


@pytest.mark.parametrize(
    "name", ["order", "user", "group", "select", "person", "class", "item", "settings", "seed"]
)
def test_name_that_means_something_elsewhere_works(name: str) -> None:
    check(parsed(f"{name}: type:string parent:ref({name})?"))


@pytest.mark.parametrize(
    "name",
    ["metadata", "registry", "model_config", "limit", "cursor", "sort", "select", "type", "id2"],
)
def test_field_that_means_something_elsewhere_works(name: str) -> None:
    assert parse_resource(f"thing: {name}:string#").fields[0].key == name


@pytest.mark.parametrize(
    ("texts", "message", "hint"),
    [
        (["a: x:text", "a: y:text"], "resource 'a' is given twice", "once"),
        (["A: x:text", "a: x:text"], "resource 'a' has the same name as 'A'", "rename"),
        (
            ["setting: x:text", "settings: x:text"],
            "resource 'settings' has the same plural as 'setting': 'settings'",
            "rename",
        ),
        (
            ["foo_bar: x:text", "fooBar: x:text"],
            "resource 'fooBar' has the same class name as 'foo_bar': 'FooBar'",
            "rename",
        ),
        (
            ["a: x:ref(categories)", "category: x:text"],
            "resource 'a': field 'x' refers to 'categories', which is no resource",
            "did you mean category?",
        ),
        (["a: x:ref(a)"], "resource 'a': field 'x' closes a circle", "such as x:ref(a)?"),
        (
            ["z: x:ref(a)", "a: b:ref(b)", "b: c:ref(c)!", "c: n:text a:ref(a)"],
            "field 'b' closes a circle of required references: a → b → c → a",
            "such as b:ref(b)?",
        ),
    ],
)
def test_resources_that_cannot_stand_together(texts: list[str], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(parsed(*texts))

    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["a: b:ref(b)", "b: x:text"], ["b", "a"]),
        (["a: b:ref(b)?", "b: x:text"], ["b", "a"]),
        (["a: b:ref(b)?", "b: a:ref(a)"], ["a", "b"]),
        (["a: b:ref(b)", "b: a:ref(a)?"], ["b", "a"]),
        (["a: b:ref(b)?", "b: a:ref(a)?"], ["a", "b"]),
        (["a: a:ref(a)?", "b: x:text"], ["a", "b"]),
        (["c: a:ref(a)", "b: x:text", "a: x:text"], ["b", "a", "c"]),
    ],
)
def test_order_puts_what_is_needed_first(texts: list[str], names: list[str]) -> None:
    check(parsed(*texts))

    assert [resource.name for resource in in_order(parsed(*texts))] == names


def test_owner_and_feature_may_use_the_same_names() -> None:
    theirs = parse_table("user", {"x": "text"}, table="auth_users", package="app/auth/users")
    mine = parsed("user: x:text", "auth_user: x:text")

    check([*mine, theirs])

    assert [resource.table_name for resource in (*mine, theirs)] == [
        *("users", "app_auth_users", "auth_users")
    ]


@pytest.mark.parametrize("name", ["x" * 62, "x" * 63, "x" * 64, "商" * 64, "é" * 31])
def test_long_name_fits_into_a_database(name: str) -> None:
    resource = parse_resource(f"{name}: a:text")

    assert len(resource.table_name.encode()) <= 63
    assert len(resource.folder.encode()) <= 63 + len("app/resources/")


def test_example_is_valid() -> None:
    check(example())

    assert [resource.name for resource in example()] == ["category", "product"]
