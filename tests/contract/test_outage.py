"""The database's server dies under load, is away, falls silent: 503 in time, and nothing is lost.

And the service's own processes die under load: what they acknowledged is there.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from apiforge.servers.process import last_lines
from tests.contract.domain import CATEGORIES
from tests.contract.service import Service
from tests.generated.balancer import Balancer, kept_names
from tests.generated.instances import Instance, wait_until_ready
from tests.generated.outage import ServerOutage

TIMEOUT = 2.0
PATIENCE = 4 * TIMEOUT + 8
"""Longer than any of the service's own deadlines, however busy this machine is."""
LIMITS = {"DATABASE_TIMEOUT": str(TIMEOUT), "WORKERS": "2", "LOG_LEVEL": "INFO"}


@pytest.fixture(scope="module")
def instance(service: Service) -> Iterator[Instance]:
    """Another instance on the same database, less patient and with two workers."""
    with service.site.instance(**LIMITS) as instance:
        yield instance


@pytest.fixture(scope="module")
def client(service: Service, instance: Instance) -> Iterator[httpx.Client]:
    headers = {"Authorization": service.client.headers["Authorization"]}
    with httpx.Client(base_url=instance.url, headers=headers, timeout=PATIENCE) as client:
        yield client


def make(client: httpx.Client) -> httpx.Response:
    return client.post(CATEGORIES, json={"name": uuid4().hex})


def assert_makes(client: httpx.Client, instance: Instance) -> None:
    answer = make(client)
    assert answer.status_code == 201, f"{answer.text}\n{last_lines(instance.log)}"


def assert_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1


def assert_works(client: httpx.Client, instance: Instance) -> None:
    wait_until_ready(instance)
    assert_makes(client, instance)
    assert client.get(CATEGORIES).status_code == 200


def test_killed_server_comes_back_and_no_acknowledged_write_is_lost(
    instance: Instance, client: httpx.Client, outage: ServerOutage
) -> None:
    balancer = Balancer([instance.url], client.headers)
    events = {2.0: outage.kill, 4.0: outage.begin}

    load = asyncio.run(balancer.run(rate=50, seconds=8, events=events))
    outage.start()

    assert load.failures == []
    assert load.statuses() == {200, 201, 503}
    assert instance.slowest() < PATIENCE
    assert_works(client, instance)
    assert load.acknowledged
    assert set(load.acknowledged) <= kept_names(instance.url, client.headers)


def test_server_that_is_away_is_said(
    instance: Instance, client: httpx.Client, outage: ServerOutage
) -> None:
    assert_makes(client, instance)
    outage.kill()

    for answer in (client.get(CATEGORIES), make(client)):
        assert_unavailable(answer)
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["errors"][0]["field"] == "database"
    assert client.get("/livez").status_code == 200
    outage.start()
    assert_works(client, instance)


def test_silent_server_is_given_up_in_time(
    instance: Instance, client: httpx.Client, outage: ServerOutage
) -> None:
    assert_makes(client, instance)

    with outage.silence():
        for answer in (client.get(CATEGORIES), make(client), client.get("/readyz")):
            assert_unavailable(answer)

    assert_works(client, instance)


def test_killed_workers_are_replaced_and_lose_nothing_acknowledged(
    instance: Instance, client: httpx.Client
) -> None:
    wait_until_ready(instance)
    balancer = Balancer([instance.url], client.headers)
    before = instance.workers()

    def kill() -> None:
        for pid in before:
            os.kill(pid, signal.SIGKILL)

    load = asyncio.run(balancer.run(rate=50, seconds=3, events={2.0: kill}))

    assert_works(client, instance)
    assert set(before).isdisjoint(instance.workers())
    assert load.acknowledged
    assert set(load.acknowledged) <= kept_names(instance.url, client.headers)
