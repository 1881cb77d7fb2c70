"""Create, read, replace, change, delete: headers, versions, and what is refused."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.contract.domain import CATEGORIES, PRODUCTS
from tests.contract.service import Service

UNKNOWN = "01890000-0000-7000-8000-000000000000"


def make(service: Service, **body: Any) -> httpx.Response:
    answer = service.client.post(CATEGORIES, json={"name": uuid4().hex, **body})
    assert answer.status_code == 201, answer.text
    return answer


def assert_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_every_operation_answers_as_documented(service: Service) -> None:
    with service.visitor() as client:
        service.exercise(client).run()


def test_new_row_says_where_it_is(service: Service) -> None:
    made = make(service, name=f"new {uuid4()}")

    row = made.json()
    assert made.headers["location"] == f"{CATEGORIES}/{row['id']}"
    assert row["id"][14] == "7", "a UUIDv7"
    assert row["version"] == 1
    assert row["created_at"] == row["updated_at"]
    read = service.client.get(made.headers["location"])
    assert read.json() == row
    assert read.headers["etag"] == made.headers["etag"]


def test_known_version_is_not_sent_again(service: Service) -> None:
    made = make(service)
    location = made.headers["location"]
    known = {"If-None-Match": made.headers["etag"]}

    same = service.client.get(location, headers=known)
    service.client.patch(location, json={"name": uuid4().hex})
    changed = service.client.get(location, headers=known)

    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200


def test_change_touches_only_what_is_sent(service: Service) -> None:
    parent = make(service).json()
    made = make(service, parent_id=parent["id"]).json()
    name = uuid4().hex

    changed = service.client.patch(f"{CATEGORIES}/{made['id']}", json={"name": name})

    assert changed.status_code == 200
    row = changed.json()
    assert (row["name"], row["parent_id"], row["version"]) == (name, parent["id"], 2)
    assert row["created_at"] == made["created_at"]
    assert row["updated_at"] >= made["updated_at"]


def test_replacement_forgets_what_is_not_sent(service: Service) -> None:
    parent = make(service).json()
    made = make(service, parent_id=parent["id"]).json()

    replaced = service.client.put(f"{CATEGORIES}/{made['id']}", json={"name": uuid4().hex})

    assert replaced.status_code == 200
    assert replaced.json()["parent_id"] is None
    assert replaced.json()["id"] == made["id"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_stale_version_changes_nothing(service: Service, method: str) -> None:
    made = make(service)
    location = made.headers["location"]
    current = service.client.patch(location, json={"name": uuid4().hex})
    body = None if method == "DELETE" else {"name": "too late"}

    stale = service.client.request(
        method, location, json=body, headers={"If-Match": made.headers["etag"]}
    )

    assert_problem(stale, 412)
    assert service.client.get(location).json() == current.json()
    fresh = {"If-Match": current.headers["etag"]}
    done = service.client.request(
        method, location, json=body and {"name": uuid4().hex}, headers=fresh
    )
    assert done.status_code in (200, 204)


def test_deleted_row_is_gone(service: Service) -> None:
    location = make(service).headers["location"]

    assert service.client.delete(location).status_code == 204
    assert_problem(service.client.get(location), 404)
    assert_problem(service.client.delete(location), 404)
    assert_problem(service.client.patch(location, json={"name": "x"}), 404)


@pytest.mark.parametrize("path", ["/nowhere", f"{CATEGORIES}/{UNKNOWN}"])
def test_what_is_not_there_is_a_problem(service: Service, path: str) -> None:
    assert_problem(service.client.get(path), 404)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 422),
        (b"", 422),
        (b"[]", 422),
        (b"\xff", 422),
        (b'{"name": "a", "unknown": 1}', 422),
        (b'{"name": "' + b"a" * 1_100_000 + b'"}', 413),
    ],
    ids=["half", "empty", "list", "no text", "unknown field", "too large"],
)
def test_bad_bodies_are_refused(service: Service, content: bytes, status: int) -> None:
    headers = {"content-type": "application/json"}
    assert_problem(service.client.post(CATEGORIES, content=content, headers=headers), status)


def test_health_is_told(service: Service) -> None:
    with service.visitor() as stranger:
        assert stranger.get("/livez").status_code == 200
        ready = stranger.get("/readyz")
    assert ready.status_code == 200


def test_strangers_may_do_nothing(service: Service) -> None:
    with service.visitor() as stranger:
        for answer in (stranger.get(PRODUCTS), stranger.post(PRODUCTS, json={})):
            assert_problem(answer, 401)
            assert answer.headers["www-authenticate"] == "Bearer"
