"""A cache in Redis whose server goes and comes, under live services."""

import dataclasses
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import httpx
import pytest

from apiforge.servers import redis
from apiforge.servers.ports import LOOPBACK, free_port
from apiforge.servers.process import Process
from apiforge.servers.registry import SERVERS
from apiforge.servers.server import Address, Program
from tests.generated.conftest import Boot, MakeProject
from tests.generated.outage import ServerOutage
from tests.generated.test_cache import PATH, THING, eventually, number


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
