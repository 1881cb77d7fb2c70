"""Uniqueness and references hold, also at once; what is refused leaves nothing behind."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.contract.domain import CATEGORIES, PRODUCTS

NOBODY = "01890000-0000-7000-8000-000000000000"
AT_ONCE = 12


def make(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(path, json={"name": uuid4().hex, **body})
    assert answer.status_code == 201, answer.text
    row: dict[str, Any] = answer.json()
    return row


def product(client: httpx.Client, category: str, **body: Any) -> dict[str, Any]:
    return make(client, PRODUCTS, sku=uuid4().hex, category_id=category, **body)


def assert_conflict(answer: httpx.Response, code: str) -> None:
    assert (answer.status_code, answer.json().get("code")) == (409, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def listed(client: httpx.Client, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(PRODUCTS, params=query).json()["items"]
    return found


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_second_of_a_unique_value_conflicts(client: httpx.Client, method: str) -> None:
    first, second = make(client, CATEGORIES), make(client, CATEGORIES)
    path = CATEGORIES if method == "POST" else f"{CATEGORIES}/{second['id']}"

    answer = client.request(method, path, json={"name": first["name"]})

    assert_conflict(answer, "unique_conflict")
    assert "name" in answer.json()["detail"]
    assert client.get(f"{CATEGORIES}/{second['id']}").json() == second


def test_unique_value_is_free_once_its_row_is_gone(client: httpx.Client) -> None:
    row = make(client, CATEGORIES)
    client.delete(f"{CATEGORIES}/{row['id']}")

    assert make(client, CATEGORIES, name=row["name"])["id"] != row["id"]


def test_of_many_at_once_one_gets_the_unique_value(client: httpx.Client) -> None:
    body = {"name": uuid4().hex}

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda _: client.post(CATEGORIES, json=body), range(AT_ONCE)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (AT_ONCE - 1)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_reference_to_nothing_conflicts(client: httpx.Client, method: str) -> None:
    row = product(client, make(client, CATEGORIES)["id"])
    sku = uuid4().hex
    body = {"name": "lost", "sku": sku, "category_id": NOBODY}
    path = PRODUCTS if method == "POST" else f"{PRODUCTS}/{row['id']}"

    answer = client.request(method, path, json=body)

    assert_conflict(answer, "reference_conflict")
    assert listed(client, sku=sku) == []
    assert client.get(f"{PRODUCTS}/{row['id']}").json() == row


def test_row_in_use_is_not_deleted(client: httpx.Client) -> None:
    category = make(client, CATEGORIES)
    row = product(client, category["id"])

    assert_conflict(client.delete(f"{CATEGORIES}/{category['id']}"), "reference_conflict")
    assert client.get(f"{CATEGORIES}/{category['id']}").status_code == 200
    assert client.delete(f"{PRODUCTS}/{row['id']}").status_code == 204
    assert client.delete(f"{CATEGORIES}/{category['id']}").status_code == 204


def test_row_may_refer_to_itself_and_go(client: httpx.Client) -> None:
    row = product(client, make(client, CATEGORIES)["id"])
    path = f"{PRODUCTS}/{row['id']}"

    assert client.patch(path, json={"mate_id": row["id"]}).status_code == 200
    other = product(client, row["category_id"], mate_id=row["id"])
    assert_conflict(client.delete(path), "reference_conflict")
    client.patch(f"{PRODUCTS}/{other['id']}", json={"mate_id": None})
    assert client.delete(path).status_code == 204


def test_no_row_is_left_without_what_it_refers_to(client: httpx.Client) -> None:
    """Children come while their parent goes: either it stays, or they never were."""
    for _ in range(6):
        category = make(client, CATEGORIES)["id"]

        def add(number: int, category: str = category) -> int:
            body = {"name": f"child {number}", "sku": uuid4().hex, "category_id": category}
            return client.post(PRODUCTS, json=body).status_code

        with ThreadPoolExecutor(5) as threads:
            adding = [threads.submit(add, number) for number in range(4)]
            removed = client.delete(f"{CATEGORIES}/{category}").status_code
            added = [one.result() for one in adding]

        assert removed in (204, 409)
        assert set(added) <= {201, 409}
        children = listed(client, category_id=category)
        assert len(children) == added.count(201)
        assert not (removed == 204 and children)


def test_failed_request_leaves_nothing_of_its_key(client: httpx.Client) -> None:
    """The claim on the key was made in the transaction that failed."""
    taken = make(client, CATEGORIES)
    key = {"Idempotency-Key": uuid4().hex}
    body = {"name": taken["name"]}

    refused = client.post(CATEGORIES, json=body, headers=key)
    client.delete(f"{CATEGORIES}/{taken['id']}")
    done = client.post(CATEGORIES, json=body, headers=key)

    assert_conflict(refused, "unique_conflict")
    assert done.status_code == 201
    assert "idempotency-replayed" not in done.headers
