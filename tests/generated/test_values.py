"""Every field type and modifier, written and read back on a live server of each database."""

from typing import Any

import httpx
import pytest

from tests.generated.conftest import Boot, Live, MakeProject, login

DATABASES = ("sqlite", "postgresql")
THING = (
    "thing: name:string(120)! short:string(3)? text:text? integer:integer=7 big:bigint? "
    "float:float? price:decimal(18,6)? money:decimal(10,2)=1.50 boolean:boolean=true date:date? "
    "at:datetime?# uuid:uuid? json:json? email:email? url:url? state:enum(new|old)=new "
    "quoted:string='two words' unset:string? tiny:decimal(18,18)? link:url?! seen:datetime? "
    "label:string='a \u2013 \u0431'"
)
EXACT = {
    "short": "äöü",
    "text": "emoji 🦊, a quote ' and \\ " + "x" * 5000,
    "integer": -2147483648,
    "big": 9223372036854775807,
    "float": 0.1,
    "price": "123456789012.345678",
    "boolean": False,
    "date": "2024-02-29",
    "at": "2024-02-29T23:59:59.999Z",
    "uuid": "01890a5d-ac96-774b-bcce-b302099a8057",
    "json": {"a": [1, None, "x", 1.5], "b": {"c": True}},
    "email": "someone@example.com",
    "url": "https://example.com/path?q=1",
    "state": "old",
    "tiny": "0.000000000000000001",
    "link": "https://example.com/" + "x" * 2028,
    "seen": "0001-01-01T00:00:00.000Z",
}
REFUSED = {
    "short": ["four", 5, True],
    "integer": [2147483648, -2147483649, 1.5, "1", True],
    "big": [9223372036854775808],
    "float": ["0.1", True],
    "price": ["1.1234567", "1234567890123", "NaN", "Infinity", "1e2x"],
    "boolean": ["yes", 2],
    "date": ["2023-02-29", "yesterday", 5],
    "at": ["2024-02-30T00:00:00Z", "2024-01-01T00:00:00", 7],
    "uuid": ["no"],
    "email": ["nobody", "a@b@c"],
    "url": ["no url", "javascript:alert(1)", "https://example.com/字"],
    "link": ["https://example.com/" + "字" * 2000],
    "state": ["other", None, 1],
    "name": [None, "", "nul\u0000"],
}


@pytest.fixture(params=DATABASES)
def live(request: pytest.FixtureRequest, make_project: MakeProject, boot: Boot) -> Any:
    project = make_project("--database", request.param, "--resource", THING)
    with boot(project, rows=3) as live:
        login(live)
        yield live


def test_values_come_back_exact_and_wrong_ones_are_refused(live: Live) -> None:
    """One test for the whole grammar: starting the service is what takes long."""
    check_defaults(live.client)
    check_exact(live.client)
    check_refused(live.client)
    check_conflict(live.client)
    check_filters(live.client)


def create(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/api/v1/things", json=body)


def check_defaults(client: httpx.Client) -> None:
    row = create(client, name="defaults").json()
    assert row["integer"] == 7
    assert row["money"] == "1.50"
    assert row["boolean"] is True
    assert row["state"] == "new"
    assert row["quoted"] == "two words"
    assert row["label"] == "a \u2013 \u0431"
    assert row["unset"] is None
    assert row["version"] == 1
    assert create(client, name="empty is null", unset="").json()["unset"] is None


def check_exact(client: httpx.Client) -> None:
    made = create(client, name="exact", **EXACT)
    assert made.status_code == 201, made.text
    read = client.get(made.headers["location"]).json()
    assert {name: read[name] for name in EXACT} == EXACT
    zero = client.patch(made.headers["location"], json={"tiny": "-0", "price": "-0.000001"})
    assert (zero.json()["tiny"], zero.json()["price"]) == ("0.000000000000000000", "-0.000001")
    moved = client.patch(made.headers["location"], json={"at": "2024-03-01T01:00:00.123456+01:00"})
    assert moved.json()["at"] == "2024-03-01T00:00:00.123Z"
    assert moved.json()["version"] == 3


def check_refused(client: httpx.Client) -> None:
    for field, values in REFUSED.items():
        for value in values:
            body = {"name": "refused", field: value}
            answer = create(client, **body)
            assert answer.status_code == 422, f"{body}: {answer.status_code} {answer.text}"
            assert answer.headers["content-type"] == "application/problem+json"
            assert field in answer.text
    for number in ("1e400", "NaN", "-Infinity"):  # no JSON that keeps its value
        text = f'{{"name": "refused", "float": {number}}}'
        headers = {"content-type": "application/json"}
        assert client.post("/api/v1/things", content=text, headers=headers).status_code == 422


def check_conflict(client: httpx.Client) -> None:
    answer = create(client, name="exact")
    assert answer.status_code == 409
    assert create(client, name="Exact").status_code == 201  # by code point: another string


def check_filters(client: httpx.Client) -> None:
    def names(query: str) -> list[str]:
        answer = client.get(f"/api/v1/things?limit=200&{query}")
        assert answer.status_code == 200, answer.text
        return [row["name"] for row in answer.json()["items"]]

    assert names("name=exact") == ["exact"]
    assert names("state=old&name__in=exact,defaults") == ["exact"]
    assert names("at__gte=2024-03-01T00:00:00Z&at__lte=2024-03-01T00:00:00.2Z") == ["exact"]
    assert names("seen__lte=2000-01-01T00:00:00Z") == ["exact"]
    assert names("sort=seen")[0] == "exact"
    assert sorted(names("sort=-at"), key=str) == sorted(names(""), key=str)
    refused = client.get("/api/v1/things?text=x")
    assert refused.status_code == 422
    assert "state" in refused.text  # says which are allowed
