"""SIGTERM and SIGHUP under load lose nothing.

A connection refused after the listener closed is not the stopped instance's to answer. So the load
comes through a load balancer: two instances, health checks on /readyz, no second tries. Whatever is
sent to the instance that stops must be answered: any error and any status but 200 and 201 fails.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from apiforge.catalog.model import Catalog
from tests.generated.balancer import Balancer, kept_names
from tests.generated.conftest import MakeProject
from tests.generated.instances import RESOURCE, Site, open_site

pytestmark = pytest.mark.alone

RATE = 200
DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="module", params=DATABASES)
def site(
    request: pytest.FixtureRequest, make_module_project: MakeProject, catalog: Catalog
) -> Iterator[Site]:
    flags = ["--database", request.param, "--cache", "none", "--auth", "none"]
    project = make_module_project(*flags, "--resource", RESOURCE)
    with open_site(project, catalog, WORKERS="2", DRAIN_SECONDS="2") as site:
        yield site


def test_terminated_instance_loses_no_request(site: Site) -> None:
    with ExitStack() as running:
        stopped, other = (running.enter_context(site.instance()) for _ in range(2))
        balancer = Balancer([stopped.url, other.url])

        load = asyncio.run(balancer.run(rate=RATE, seconds=8, events={3.0: stopped.terminate}))
        exit_code = stopped.process.wait(timeout=60)

        assert load.failures == []
        assert load.statuses() == {200, 201}
        assert sum(load.answers[stopped.url].values()) >= RATE * 3 * 0.4, "it took no part"
        assert sum(load.answers[other.url].values()) > sum(load.answers[stopped.url].values())
        assert set(load.acknowledged) <= kept_names(other.url)
        assert exit_code == 0, stopped.log.read_text()[-2000:]


def test_replaced_workers_lose_no_request(site: Site) -> None:
    """One instance, no balancer to help: new workers take the same socket, one after the other."""
    with site.instance() as instance:
        before = set(instance.workers())

        def are_replaced() -> bool:
            now = instance.workers()
            return len(now) == len(before) and before.isdisjoint(now)

        balancer = Balancer([instance.url])
        events = {2.0: instance.replace_workers}
        load = asyncio.run(
            balancer.run(rate=RATE // 2, seconds=20.0, events=events, is_over=are_replaced)
        )

        assert load.failures == []
        assert load.statuses() == {200, 201}
        assert set(load.acknowledged) <= kept_names(instance.url)
        assert before.isdisjoint(instance.workers())
