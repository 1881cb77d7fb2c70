"""A POST with an Idempotency-Key is done once, on a live server of each database."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from tests.generated.conftest import Boot, Live, MakeProject, login

DATABASES = ("sqlite", "postgresql")
THING = "thing: name:string(120)! size:integer?"
PATH = "/api/v1/things"


@pytest.fixture(params=DATABASES)
def live(request: pytest.FixtureRequest, make_project: MakeProject, boot: Boot) -> Iterator[Live]:
    project = make_project("--database", request.param, "--resource", THING)
    with boot(project, rows=3) as live:
        login(live)
        yield live


def test_a_request_is_done_once(live: Live) -> None:
    """One test for all: starting the service is what takes long."""
    check_replay(live.client)
    check_reuse(live.client)
    check_at_once(live.client)
    check_lost_answer(live.client)
    check_nobody(live.client)


def post(client: httpx.Client, key: str, **body: object) -> httpx.Response:
    return client.post(PATH, json=body, headers={"Idempotency-Key": key})


def named(client: httpx.Client, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get(PATH, params={"name": name}).json()["items"]
    return found


def check_replay(client: httpx.Client) -> None:
    first, again = post(client, "one", name="first"), post(client, "one", name="first")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert {name: again.headers[name] for name in ("location", "etag", "content-type")} == {
        name: first.headers[name] for name in ("location", "etag", "content-type")
    }
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


def check_reuse(client: httpx.Client) -> None:
    other = post(client, "one", name="second")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert post(client, "not a key", name="second").status_code == 422
    assert named(client, "second") == []


def check_at_once(client: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: post(client, "many", name="many"), range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 15


def check_lost_answer(client: httpx.Client) -> None:
    """The client hangs up before the answer comes, and asks again."""
    request = client.build_request(
        "POST", PATH, json={"name": "lost"}, headers={"Idempotency-Key": "lost"}
    )
    url = urlsplit(str(request.url))
    with socket.create_connection((url.hostname, url.port)) as connection:
        lines = [f"{name}: {value}" for name, value in request.headers.items()]
        head = "\r\n".join([f"POST {PATH} HTTP/1.1", *lines, "", ""])
        connection.sendall(head.encode() + request.content)
        deadline = time.monotonic() + 10
        while not named(client, "lost") and time.monotonic() < deadline:
            time.sleep(0.01)
    again = post(client, "lost", name="lost")
    assert again.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert len(named(client, "lost")) == 1


def check_nobody(client: httpx.Client) -> None:
    """Who is not known learns nothing of the body."""
    headers = {"Authorization": "", "Content-Type": "application/json"}
    answer = client.post(PATH, content=b"{", headers=headers)
    assert answer.status_code == 401
