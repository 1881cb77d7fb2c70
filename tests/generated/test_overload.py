"""A service that is asked for more than it can do, on a database that is slow, or silent."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from apiforge.servers import service
from apiforge.servers.environment import start_servers
from tests.generated.conftest import Boot, Live, MakeProject, login
from tests.generated.proxy import SlowProxy

pytestmark = pytest.mark.alone

PATH = "/api/v1/things"
LIMITS = {
    "DATABASE_CONNECTIONS": "4",
    "DATABASE_TIMEOUT": "3",
    "DATABASE_WAIT_SECONDS": "2",
    "REQUESTS_AT_ONCE": "8",
    "REQUESTS_WAITING": "20",
    "WAITING_SECONDS": "0.5",
    "REQUEST_SECONDS": "4",
}
RATE = 150
SECONDS = 4
BOUND = 2.5
"""Above what the limits allow; far below the ten seconds an endless queue would take."""


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[SlowProxy]]:
    """Stands between the service and its database, as soon as both are started."""
    proxies: list[SlowProxy] = []

    def start_behind_proxy(
        features: Any, directory: Path, running: Any, **options: Any
    ) -> dict[str, str]:
        environment = dict(start_servers(features, directory, running, **options))
        url = urlsplit(environment["DATABASE_URL"])
        assert url.port is not None
        proxies.append(SlowProxy(url.port))
        running.enter_context(proxies[0].running())
        location = url.netloc.replace(f":{url.port}", f":{proxies[0].port}")
        return {**environment, "DATABASE_URL": url._replace(netloc=location).geturl()}

    monkeypatch.setattr(service, "start_servers", start_behind_proxy)
    for name, value in LIMITS.items():
        monkeypatch.setenv(name, value)
    yield proxies


def test_overload_is_shed_and_silence_ends(
    proxy: list[SlowProxy], make_project: MakeProject, boot: Boot
) -> None:
    """One test for all: starting the service is what takes long."""
    project = make_project(
        *("--database", "postgresql", "--cache", "none", "--resource", "thing: name:string(120)")
    )
    with boot(project, rows=5) as live:
        login(live)
        check_overload(live, proxy[0])
        check_gone_clients(live, proxy[0])
        check_silence(live, proxy[0])


def check_overload(live: Live, proxy: SlowProxy) -> None:
    """Four connections of a tenth of a second each, asked for four times as much."""
    proxy.delay = 0.1
    answers = asyncio.run(ask(live, [n / RATE for n in range(RATE * SECONDS)]))
    proxy.delay = 0.0
    assert set(answers) == {200, 503}
    assert answers.count(200) > 20 * SECONDS, "it goes on working"
    assert answers.count(503) > len(answers) / 5
    metrics = live.client.get("/metrics").text
    assert share_within(metrics, f'le="{BOUND}",method="GET",route="{PATH}"') > 0.99
    assert share_within(metrics, f'le="{BOUND}",method="GET",route="unmatched"') > 0.99
    assert live.client.get(PATH).status_code == 200


def share_within(metrics: str, labels: str) -> float:
    """Of the requests with these labels, by the service's own clock: ours is busy calling."""
    counts = dict(line.rsplit(" ", 1) for line in metrics.splitlines())
    everything = re.sub(r'le="[0-9.]+"', 'le="+Inf"', labels)
    bucket = "http_request_duration_seconds_bucket{%s}"
    return float(counts[bucket % labels]) / float(counts[bucket % everything])


def check_gone_clients(live: Live, proxy: SlowProxy) -> None:
    """Whoever goes away makes room for others long before any deadline, whatever was under way."""
    proxy.silent = True
    gone = asyncio.run(ask(live, [0.0] * 8, timeout=0.7))
    assert gone == [0] * 8
    ended = re.compile('status="499"} 8')
    wait_for(lambda: ended.search(live.client.get("/metrics").text) is not None)
    proxy.silent = False
    wait_for(lambda: live.client.get(PATH).status_code == 200)


def check_silence(live: Live, proxy: SlowProxy) -> None:
    """A database that says nothing any more costs a bounded time, and comes back."""
    proxy.silent = True
    answers = asyncio.run(ask(live, [0.0] * 40))
    assert set(answers) == {503}
    assert live.client.get("/livez").status_code == 200
    assert live.client.get("/readyz").status_code == 503
    proxy.silent = False
    wait_for(lambda: live.client.get(PATH).status_code == 200)
    wait_for(lambda: live.client.get("/readyz").status_code == 200)


async def ask(live: Live, times: list[float], timeout: float = 20) -> list[int]:
    """A GET at each of these moments, answered or not; 0 is the status of no answer.

    Each asks for something else: equal reads at once would be one to the database.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(
        base_url=live.client.base_url,
        headers=live.client.headers,
        limits=limits,
        timeout=timeout,
    ) as client:
        started = time.monotonic()

        async def one(number: int, due: float) -> int:
            path = f"{PATH}?limit={number % 200 + 1}"
            await asyncio.sleep(due - (time.monotonic() - started))
            return await status_of(client.get(path))

        return list(await asyncio.gather(*(one(number, due) for number, due in enumerate(times))))


async def status_of(answer: Awaitable[httpx.Response]) -> int:
    try:
        response = await answer
    except httpx.TimeoutException:
        return 0
    if response.status_code == 503:
        assert int(response.headers["retry-after"]) >= 1
        assert response.headers["content-type"] == "application/problem+json"
    return response.status_code


def wait_for(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not claim():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.1)
