"""The scenario: valid TOML, shares that add up, values that fields take, no conflicts made."""

import tomllib
from typing import Any

import pytest

from apiforge.project.resources import example, parse_resource
from apiforge.project.scenario import scenario

LOGIN = {"method": "POST", "path": "/api/v1/auth/login", "token": "access_token"}


def read(*texts: str, read_share: float = 0.9, login: dict[str, object] | None = None) -> Any:
    resources = tuple(parse_resource(text) for text in texts) or example()
    return tomllib.loads(scenario(resources, read_share=read_share, login=login))


def weight(document: Any, *methods: str) -> float:
    return sum(each["weight"] for each in document["requests"] if each["method"] in methods)


@pytest.mark.parametrize("read_share", [0.0, 0.25, 0.9, 1.0])
def test_reads_and_writes_come_in_the_share_asked_for(read_share: float) -> None:
    document = read(read_share=read_share)

    assert weight(document, "GET") == pytest.approx(100 * read_share)
    assert weight(document, "POST", "PATCH", "PUT", "DELETE") == pytest.approx(
        100 * (1 - read_share)
    )


def test_names_are_unique() -> None:
    names = [request["name"] for request in read()["requests"]]

    assert len(set(names)) == len(names)


def test_login_is_there_only_where_asked_for() -> None:
    assert "login" not in read()
    assert read(login=LOGIN)["login"] == LOGIN


@pytest.mark.parametrize(
    ("field", "filled"),
    [
        ("a:string(40)", "{text:40}"),
        ("a:string(5000)", "{text:200}"),
        ("a:string(40)!", "{unique:16}"),
        ("a:string(8)!", "{unique:8}"),
        ("a:text", "{text:200}"),
        ("a:integer", "{integer:0,1000000}"),
        ("a:integer!", "{integer:-2147483648,-1}"),
        ("a:decimal(10,2)", "{decimal:10,2}"),
        ("a:decimal(10,2)!", "{decimal:10,2}"),
        ("a:boolean", "{boolean}"),
        ("a:enum(x|in progress)", "{choice:x|in progress}"),
        ("a:json", "{json}"),
        ("a:datetime!", "{datetime}"),
        ("a:email!", "{email}"),
        ("a:url", "{url}"),
    ],
)
def test_body_is_filled_with_what_the_field_takes(field: str, filled: str) -> None:
    document = read(f"thing: {field}")

    post = next(request for request in document["requests"] if request["method"] == "POST")
    assert post["body"] == {"a": filled}


def test_reference_is_filled_with_an_id_that_stays() -> None:
    document = read("thing: owner:ref(person)", "person: name:string(40)")

    post = next(each for each in document["requests"] if each["name"] == "POST /api/v1/things")
    assert post["body"] == {"owner_id": "{people.id}"}
    assert document["pools"]["people"] == {"path": "/api/v1/people?limit=200", "size": 1000}


@pytest.mark.parametrize("field", ["a:boolean!", "a:enum(x|y)!", "a:ref(thing)?!", "a:string(2)!"])
def test_optional_field_with_few_values_is_left_out(field: str) -> None:
    optional = field if "?" in field else f"{field}?"

    document = read(f"thing: {optional} b:text")

    post = next(request for request in document["requests"] if request["method"] == "POST")
    assert post["body"] == {"b": "{text:200}"}


def test_resource_that_would_only_meet_conflicts_is_only_changed() -> None:
    document = read("thing: a:boolean! b:text")

    assert {each["method"] for each in document["requests"]} == {"GET", "PATCH"}
    assert weight(document, "PATCH") == pytest.approx(10)


def test_scenario_without_any_possible_write_only_reads() -> None:
    document = read("thing: a:boolean!")

    assert weight(document, "GET") == pytest.approx(100)


@pytest.mark.parametrize(
    ("field", "query"),
    [
        ("a:ref(thing)?", "?a_id={things.id}"),
        ("a:enum(x|y)", "?a={choice:x|y}"),
        ("a:boolean", "?a={boolean}"),
        ("limit:boolean", "?limit__in={boolean}"),
        ("a:date#", "?a__gte={date}"),
        ("a:integer!", "?a__gte={integer:0,1000000}"),
    ],
)
def test_list_is_filtered_where_it_can_be(field: str, query: str) -> None:
    paths = [request["path"] for request in read(f"thing: {field}")["requests"]]

    assert f"/api/v1/things{query}" in paths


def test_deleted_rows_are_those_the_test_made() -> None:
    document = read("thing: a:text")

    delete = next(request for request in document["requests"] if request["method"] == "DELETE")
    assert delete["path"] == "/api/v1/things/{things.made}"
    assert delete["otherwise"] == "POST /api/v1/things"


def test_names_in_other_scripts_are_valid_toml() -> None:
    document = read("商品: naïve:ref(商品)? straße:string(9)!")

    assert document["pools"] == {"商品": {"path": "/api/v1/商品?limit=200", "size": 1000}}
