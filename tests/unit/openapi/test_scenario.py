"""A description in a style of its own becomes a scenario that asks for all that can be asked."""

from pathlib import Path
from typing import Any

import pytest

from apiforge.errors import UsageError
from apiforge.openapi.description import read_description
from apiforge.openapi.scenario import Made, make_scenario

SHOP = Path(__file__).parent / "shop.yaml"
KNOWN = {"API_KEY": "k", "CLIENT_ID": "me", "CLIENT_SECRET": "s"}


def made(known: dict[str, str] = KNOWN, **said: Any) -> Made:
    description = read_description(SHOP.read_text(), origin="shop.yaml")
    return make_scenario(description, known=known, **said)


@pytest.fixture(scope="module")
def requests() -> dict[str, Any]:
    return {one["name"]: one for one in made().document["requests"]}


def test_every_operation_is_asked_for_or_named() -> None:
    shop = made()
    names = {one["name"] for one in shop.document["requests"]}
    named = {text.partition(":")[0] for text in shop.left_out}

    assert shop.operations == 14
    assert not names & named
    assert len({name.partition("?")[0] for name in names} | named) == 14
    assert shop.left_out == [
        "POST /photos: its body is multipart/form-data: only JSON and forms can be made",
        "GET /reports/{year}: nothing tells which {year} there is: no list, no POST, no example",
    ]
    assert shop.document["left_out"] == shop.left_out


def test_ids_go_from_what_tells_them_to_what_needs_them(requests: dict[str, Any]) -> None:
    assert made().document["pools"] == {
        "customers": {
            "path": "/v2/customers?page_size=50",
            "rows": "results",
            "make": "POST /customers",
            "least": 10,
            "key": "customer_no",
        },
        "orders": {"of": "path", "make": "POST /customers/{customerId}/orders", "least": 10},
    }
    paths = {name: one["path"] for name, one in requests.items()}
    assert paths["GET /customers/{customerId}"] == "/v2/customers/{customers.id}"
    assert requests["POST /customers"]["made"] == "customers"
    assert requests["POST /customers/{customerId}/orders"]["by"] == "location"
    order = "/customers/{customerId}/orders/{number}"
    assert paths[f"GET {order}"] == "{orders.path}"
    assert paths[f"POST {order}/cancel"] == "{orders.own_path}/cancel"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("PUT /customers/{customerId}", "/v2/customers/{customers.own}"),
        ("DELETE /customers/{customerId}", "/v2/customers/{customers.made}"),
        ("DELETE /customers/{customerId}/orders/{number}", "{orders.made_path}"),
    ],
)
def test_only_rows_it_made_are_changed(requests: dict[str, Any], name: str, path: str) -> None:
    assert requests[name]["path"] == path
    assert requests[name]["otherwise"].startswith("POST /customers")


def test_nine_in_ten_requests_read() -> None:
    weights = {"GET": 0.0, "other": 0.0}
    for one in made().document["requests"]:
        weights["GET" if one["method"] == "GET" else "other"] += one["weight"]

    assert weights == pytest.approx({"GET": 90.0, "other": 10.0})


def test_bodies_keep_to_their_schemas(requests: dict[str, Any]) -> None:
    assert requests["POST /customers"]["body"] == {
        "full_name": "{unique:16}",
        "contact": "{email}",
        "born": "{date}",
    }
    order = requests["POST /customers/{customerId}/orders"]["body"]
    code = order.pop("code")
    assert code.startswith("{choice:")
    assert order == {
        "customer_id": "{customers.id}",
        "item": "{choice:pen|ink}",
        "amount": "{integer:1,9}",
        "priority": "{float:0.5,1.5}",
    }
    assert requests["POST /feedback"]["form"] == {"stars": "{integer:1,5}"}


def test_parameters_have_values(requests: dict[str, Any]) -> None:
    assert requests["GET /search"]["path"] == "/v2/search?q=a%20pen&key={env:API_KEY}"
    assert requests["GET /search"]["headers"] == {"X-Trace": "{uuid}"}
    assert requests["GET /stock/{warehouse}"]["path"] == "/v2/stock/{choice:north|south}"
    status = requests["GET /customers?status="]
    assert status["path"] == "/v2/customers?status={choice:new|old}"


def test_each_way_to_log_in_is_taken(requests: dict[str, Any]) -> None:
    assert requests["GET /customers"]["headers"] == {"X-Shop-Key": "{env:API_KEY}"}
    assert "headers" not in requests["POST /feedback"]
    assert made().document["login"] == {
        "path": "/v2/oauth/token",
        "form": {
            "grant_type": "client_credentials",
            "client_id": "{env:CLIENT_ID}",
            "client_secret": "{env:CLIENT_SECRET}",
            "scope": "stock",
        },
        "token": "access_token",
    }


def test_without_credentials_it_says_what_to_set() -> None:
    shop = made({})

    assert [one["name"] for one in shop.document["requests"]] == ["POST /feedback"]
    assert "GET /customers: it needs a log-in: set API_KEY" in shop.left_out[0]


def test_a_header_sent_anyway_is_enough() -> None:
    shop = made({}, given=["x-shop-key"])

    names = {one["name"] for one in shop.document["requests"]}
    assert "GET /customers" in names
    assert "GET /search" not in names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "neither JSON nor YAML"),
        ("swagger: '2.0'", "but of Swagger 2"),
        ("[]", "is not a description of OpenAPI 3"),
    ],
)
def test_what_is_no_description_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_description(text, origin="x.yaml")


def test_a_description_that_a_framework_wrote_is_asked_for_as_a_whole() -> None:
    """That of a FastAPI application with response models, a password log-in and decimals."""
    text = (Path(__file__).parent / "heroes.json").read_text()
    description = read_description(text, origin="heroes.json")

    heroes = make_scenario(description, known={"API_USER": "ann", "API_PASSWORD": "pw"})

    assert heroes.left_out == []
    assert len(heroes.document["requests"]) == heroes.operations + 1  # a filter besides
    assert heroes.document["login"]["path"] == "/token"
    assert heroes.document["login"]["form"]["username"] == "{env:API_USER}"
    made = {one["name"]: one for one in heroes.document["requests"]}
    assert made["POST /heroes/"]["body"]["team_id"] == "{teams.id}"
    assert made["DELETE /heroes/{hero_id}"]["path"] == "/heroes/{heroes.made}"
    assert list(heroes.document["pools"]) == ["teams", "heroes"]
