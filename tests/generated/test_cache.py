"""The cache of live services: what it saves, what it never shows, and how Redis may go and come."""

import asyncio
import dataclasses
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import httpx
import pytest

from apiforge.errors import TargetUnreachable
from apiforge.servers import redis
from apiforge.servers.ports import LOOPBACK, free_port
from apiforge.servers.process import Process
from apiforge.servers.registry import SERVERS
from apiforge.servers.server import Address, Program
from tests.generated.conftest import Boot, Live, MakeProject, login
from tests.generated.outage import ServerOutage

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


class Switch:
    """A private Redis that can be killed, and started again where it was."""

    def __init__(self, program: Program, directory: Path) -> None:
        self._program, self._directory = program, directory
        self.address = Address(
            host=LOOPBACK, port=free_port(), user="default", password="secret", database="0"
        )
        self._process: Process

    def start(self) -> None:
        self._process = redis.start_at(self._program, self._directory, self.address)

    def kill(self) -> None:
        self._process.kill()


@pytest.fixture
def switches(monkeypatch: pytest.MonkeyPatch) -> list[Switch]:
    """Of the instances that are started for a project."""
    made: list[Switch] = []

    @contextmanager
    def run(program: Program, directory: Path) -> Iterator[Address]:
        switch = Switch(program, directory)
        switch.start()
        made.append(switch)
        yield switch.address
        switch.kill()

    monkeypatch.setitem(SERVERS, "redis", dataclasses.replace(SERVERS["redis"], run=run))
    return made


@pytest.mark.parametrize("workers", ["1", "2"])
def test_redis_may_go_and_come_under_load(
    workers: str,
    make_project: MakeProject,
    boot: Boot,
    switches: list[Switch],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WORKERS", workers)
    project = make_project("--cache", "redis", "--auth", "none", "--resource", THING)
    with boot(project, rows=60) as live, ThreadPoolExecutor(6) as pool:
        client, (switch,) = live.client, switches
        assert client.get("/readyz").json()["status"] == "ready"
        stop = Event()
        found = [pool.submit(keep_asking, str(client.base_url), turn, stop) for turn in range(6)]
        try:
            time.sleep(1)
            with ServerOutage(f"redis://{LOOPBACK}:{switch.address.port}").silence():
                assert eventually(lambda: client.get("/readyz").json()["status"] == "degraded")
            assert eventually(lambda: workers_up(client) == int(workers))
            time.sleep(1)
            switch.kill()
            assert eventually(lambda: client.get("/readyz").json()["status"] == "degraded")
            answer = client.get("/readyz")
            assert answer.status_code == 200
            assert answer.json()["components"]["cache"].startswith("degraded")
            assert eventually(lambda: workers_up(client) == 0)
            time.sleep(1)
            switch.start()
            assert eventually(lambda: workers_up(client) == int(workers))
            assert client.get("/readyz").json()["status"] == "ready"
            hits = number(client, "cache_hits_total")
            assert eventually(lambda: number(client, "cache_hits_total") > hits)
        finally:
            stop.set()
        wrong = [problem for future in found for problem in future.result()]

    assert wrong == []


def workers_up(client: httpx.Client) -> float:
    """Those that can reach Redis. One that nobody asks notices nothing: so each is asked, in time,
    by connections that are new.
    """
    assert httpx.get(f"{client.base_url}/readyz", timeout=10).status_code == 200
    return number(client, "cache_workers_up")


def keep_asking(address: str, turn: int, stop: Event) -> list[str]:
    """Reads lists and items, writes, and reads what it wrote; everything that went wrong."""
    wrong = []
    with httpx.Client(base_url=address, timeout=10) as client:
        item = f"{PATH}/{client.post(PATH, json={'name': f'caller {turn}'}).json()['id']}"
        for count in range(1_000_000):
            if stop.is_set():
                return wrong
            name = f"caller {turn}, {count}"
            answers = [
                client.get(PATH),
                client.patch(item, json={"name": name}),
                client.get(item),
                client.get(item),
            ]
            wrong += [answer.text for answer in answers if answer.status_code != 200]
            read = [answer.json().get("name") for answer in answers[2:]]
            wrong += [f"{it} instead of {name}" for it in read if it != name]
    return wrong


def test_service_starts_while_redis_is_away(
    make_project: MakeProject, boot: Boot, switches: list[Switch], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = redis.start_at
    monkeypatch.setattr(Switch, "start", lambda switch: None)
    monkeypatch.setattr(Switch, "kill", lambda switch: None)
    project = make_project("--cache", "redis", "--auth", "none", "--resource", THING)
    with boot(project, rows=10) as live:
        assert live.client.get("/readyz").json()["status"] == "degraded"
        assert len(live.client.get(PATH).json()["items"]) == 10
        switch = switches[0]
        with start(redis.find(), live.log.parent, switch.address):
            assert eventually(lambda: live.client.get("/readyz").json()["status"] == "ready")
            assert len(live.client.get(PATH).json()["items"]) == 10


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
