"""A POST with an Idempotency-Key is done once, however often and at once it is sent."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.contract.domain import COUNTERS


def post(client: httpx.Client, key: str, **body: object) -> httpx.Response:
    return client.post(COUNTERS, json=body, headers={"Idempotency-Key": key})


@pytest.fixture
def name() -> str:
    """Of the key, and of the row made with it."""
    return uuid4().hex


def named(client: httpx.Client, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get(COUNTERS, params={"name": name}).json()["items"]
    return found


def test_equal_request_gets_the_first_answer(client: httpx.Client, name: str) -> None:
    first, again = post(client, name, name=name), post(client, name, name=name)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    kept = ("location", "etag", "content-type")
    assert [again.headers[it] for it in kept] == [first.headers[it] for it in kept]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


def test_key_of_another_request_is_refused(client: httpx.Client, name: str) -> None:
    post(client, name, name=name)

    other = post(client, name, name=f"{name} 2")

    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert named(client, f"{name} 2") == []


def test_bad_key_is_refused(client: httpx.Client, name: str) -> None:
    assert post(client, "not a key", name=name).status_code == 422
    assert named(client, name) == []


def test_many_at_once_are_done_once(client: httpx.Client, name: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: post(client, name, name=name), range(16)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 15


def test_lost_answer_is_had_again(client: httpx.Client, name: str) -> None:
    """The client hangs up before the answer comes, and asks again."""
    request = client.build_request(
        "POST", COUNTERS, json={"name": name}, headers={"Idempotency-Key": name}
    )
    url = urlsplit(str(request.url))
    with socket.create_connection((url.hostname, url.port)) as connection:
        lines = [f"{header}: {value}" for header, value in request.headers.items()]
        head = "\r\n".join([f"POST {COUNTERS} HTTP/1.1", *lines, "", ""])
        connection.sendall(head.encode() + request.content)
        deadline = time.monotonic() + 10
        while not named(client, name) and time.monotonic() < deadline:
            time.sleep(0.01)

    again = post(client, name, name=name)

    assert again.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert len(named(client, name)) == 1


def test_strangers_learn_nothing_of_the_body(client: httpx.Client) -> None:
    headers = {"Authorization": "", "Content-Type": "application/json"}

    answer = client.post(COUNTERS, content=b"{", headers=headers)

    assert answer.status_code == 401
