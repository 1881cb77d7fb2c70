"""The cache of live services: what it saves, and what it never shows."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from apiforge.errors import TargetUnreachable
from tests.generated.conftest import Boot, Live, MakeProject, login

COMBINATIONS = [("sqlite", "memory"), ("postgresql", "redis"), ("sqlite", "redis")]
THING = "thing: name:string(120)! size:integer?"
PATH = "/api/v1/things"


@pytest.fixture(params=COMBINATIONS, ids="-".join)
def live(request: pytest.FixtureRequest, make_project: MakeProject, boot: Boot) -> Iterator[Live]:
    """One worker, so that its numbers are those of all."""
    database, cache = request.param
    flags = ["--database", database, "--cache", cache, "--auth", "none", "--resource", THING]
    with boot(make_project(*flags), rows=60) as live:
        yield live


def test_what_is_kept_costs_no_statement(live: Live) -> None:
    """One test for all: starting the service is what takes long."""
    check_hits(live.client)
    check_headers(live.client)
    check_stampede(live.client)
    check_writes(live.client)


def number(client: httpx.Client, name: str) -> float:
    """What /metrics says, added up over labels."""
    found = re.findall(rf"^{name}(?:{{.*}})? (\S+)$", client.get("/metrics").text, re.MULTILINE)
    assert found, name
    return sum(map(float, found))


def statements(client: httpx.Client) -> float:
    return number(client, "database_statements_total")


def eventually(claim: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def check_hits(client: httpx.Client) -> None:
    item = f"{PATH}/{client.get(PATH).json()['items'][0]['id']}"
    first = [client.get(PATH).content, client.get(item).content]
    before, hits = statements(client), number(client, "cache_hits_total")

    for _ in range(20):
        assert [client.get(PATH).content, client.get(item).content] == first

    assert statements(client) == before
    assert number(client, "cache_hits_total") == hits + 40
    requests = client.get("/metrics").text
    assert f'route="{PATH}/{{id}}"' in requests


def check_headers(client: httpx.Client) -> None:
    answer = client.get(PATH)
    known = client.get(PATH, headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert (known.status_code, known.content) == (304, b"")
    for name in ("Cache-Control", "ETag"):
        assert known.headers[name] == answer.headers[name]
    assert "Authorization" not in answer.headers.get("Vary", "")


def check_stampede(client: httpx.Client) -> None:
    before = statements(client)

    async def all_at_once() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(base_url=client.base_url, limits=limits, timeout=30) as many:
            await asyncio.gather(*(many.get("/livez") for _ in range(100)))
            return await asyncio.gather(*(many.get(f"{PATH}?limit=7") for _ in range(100)))

    answers = asyncio.run(all_at_once())

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert statements(client) == before + 1


def check_writes(client: httpx.Client) -> None:
    item = f"{PATH}/{client.post(PATH, json={'name': 'first'}).json()['id']}"
    for turn in range(20):
        name = f"name {turn}"
        assert client.patch(item, json={"name": name}).status_code == 200
        for _ in range(2):
            assert client.get(item).json()["name"] == name
            assert [it["name"] for it in newest(client)] == [name]
    assert client.delete(item).status_code == 204
    assert client.get(item).status_code == 404
    assert newest(client)[0]["name"] != name


def newest(client: httpx.Client) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get(f"{PATH}?limit=1&sort=-created_at").json()["items"]
    return found


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_writes_show_at_once_on_every_worker(
    database: str, make_project: MakeProject, boot: Boot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKERS", "2")
    project = make_project("--database", database, "--cache", "redis", "--resource", THING)
    with boot(project, rows=60) as live:
        login(live)
        # Each connection is taken by one of the workers; together they reach both.
        clients = [
            httpx.Client(base_url=live.client.base_url, headers=live.client.headers)
            for _ in range(8)
        ]
        item = f"{PATH}/{clients[0].post(PATH, json={'name': 'first'}).json()['id']}"
        for turn in range(40):
            name = f"name {turn}"
            writer = clients[turn % len(clients)]
            assert writer.patch(item, json={"name": name}).status_code == 200
            assert {client.get(item).json()["name"] for client in clients} == {name}
            assert {newest(client)[0]["name"] for client in clients} == {name}
        assert clients[0].get(item).headers["Cache-Control"] == "private, no-cache"
        assert clients[0].get(item).headers["Vary"] == "Authorization"
        for client in clients:
            client.close()


def test_memory_with_several_workers_is_refused(
    make_project: MakeProject, boot: Boot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKERS", "2")
    project = make_project("--cache", "memory", "--auth", "none", "--resource", THING)
    with (
        pytest.raises(TargetUnreachable, match="CACHE_STALE_WORKERS_ACCEPTED"),
        boot(project, rows=1),
    ):
        pass
    monkeypatch.setenv("CACHE_STALE_WORKERS_ACCEPTED", "true")
    with boot(project, rows=1) as live:
        assert live.client.get(PATH).status_code == 200
