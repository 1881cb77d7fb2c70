"""/metrics of a live service with two workers: one truth, whichever worker is asked."""

import itertools
import os
import re
import signal
import socket
import time
from collections.abc import Iterator

import httpx
import psutil
import pytest

from apiforge.catalog.model import Catalog
from apiforge.servers.ports import LOOPBACK, free_port
from tests.generated.conftest import MakeProject
from tests.generated.instances import PATH, RESOURCE, Instance, Site, open_site

WORKERS = 2
COUNTED = f'http_requests_total{{method="GET",route="{PATH}",status="200"}}'
_LINE = re.compile(r"^(?P<name>\w+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(
    request: pytest.FixtureRequest, make_module_project: MakeProject, catalog: Catalog
) -> Iterator[Site]:
    flags = ["--database", request.param, "--cache", "memory", "--auth", "none"]
    project = make_module_project(*flags, "--monitoring", "prometheus", "--resource", RESOURCE)
    with open_site(project, catalog, WORKERS=str(WORKERS)) as site:
        yield site


def test_every_worker_tells_of_all(site: Site) -> None:
    with site.instance() as instance:
        _call(instance, times=30)
        pids = instance.workers()
        time.sleep(2.5)  # what is not a request is published every second
        texts = [_fresh(instance, "/metrics").text for _ in range(8)]

        for text in texts:
            numbers = _numbers(text)
            counted = numbers[COUNTED]
            assert counted == 30
            assert numbers["service_workers"] == WORKERS
            memory = sum(psutil.Process(pid).memory_info().rss for pid in pids)
            assert numbers["process_resident_memory_bytes"] == pytest.approx(memory, rel=0.2)
            assert numbers["process_cpu_seconds_total"] > 0
            assert numbers["database_statements_total"] > 0
            assert numbers["cache_hits_total"] + numbers["cache_misses_total"] >= 30


def test_labels_are_bounded(site: Site) -> None:
    with site.instance() as instance, httpx.Client(base_url=instance.url) as client:
        row = client.post(PATH, json={"name": "a"}).raise_for_status().json()
        client.get(f"{PATH}/{row['id']}")
        for number in range(20):
            client.get(f"/nowhere/{number}")
            client.get(f"{PATH}/{number}")
        text = client.get("/metrics").text

        assert row["id"] not in text
        assert "/nowhere" not in text
        assert 'route="unmatched",status="404"} 20.0' in text
        assert f'route="{PATH}/{{id}}"' in text


def test_counts_survive_a_worker_that_dies(site: Site) -> None:
    with site.instance() as instance:
        _call(instance, times=30)
        os.kill(instance.workers()[0], signal.SIGKILL)
        for _ in _patience():
            numbers = _numbers(_fresh(instance, "/metrics").text)
            if len(instance.workers()) == WORKERS and numbers["service_workers"] == WORKERS:
                break

        assert numbers["service_workers"] == WORKERS
        assert numbers[COUNTED] == 30


def test_production_shows_them_for_the_token_only(site: Site) -> None:
    token = "rM5xv2kQhJ8wZ3nB6tY1cF4gL7pD0sAeUiOq"
    with site.instance(APP_ENV="production", METRICS_TOKEN=token) as instance:
        assert httpx.get(f"{instance.url}/metrics").status_code == 401
        wrong = {"Authorization": "Bearer wrong"}
        assert httpx.get(f"{instance.url}/metrics", headers=wrong).status_code == 401
        right = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{instance.url}/metrics", headers=right).status_code == 200


def test_inner_port_tells_of_all_workers(site: Site) -> None:
    inner = free_port()
    settings = {"APP_ENV": "production", "METRICS_PORT": str(inner), "METRICS_TOKEN": ""}
    with site.instance(**settings) as instance:
        _call(instance, times=30)
        for _ in _patience():
            numbers = _numbers(httpx.get(f"http://{LOOPBACK}:{inner}/metrics").text)
            looked = numbers.get("cache_hits_total", 0) + numbers.get("cache_misses_total", 0)
            if numbers.get("service_workers") == WORKERS and looked >= 30:
                break

        assert numbers["service_workers"] == WORKERS
        assert numbers[COUNTED] == looked == 30
        assert httpx.get(f"{instance.url}/metrics").status_code == 404
        instance.terminate()
        instance.process.wait(60)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://{LOOPBACK}:{inner}/metrics")


def test_inner_port_that_is_taken_is_refused(site: Site) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = str(taken.getsockname()[1])
        done = site.command("serve", METRICS_PORT=port, PORT="0")

    assert done.returncode == 1
    assert done.stderr.startswith(f"error: METRICS_PORT={port} on {LOOPBACK}: ")
    assert len(done.stderr.splitlines()) == 1


def _call(instance: Instance, *, times: int) -> None:
    """Over a new connection each time, so that every worker gets some."""
    for _ in range(times):
        assert _fresh(instance, PATH).status_code == 200


def _fresh(instance: Instance, path: str) -> httpx.Response:
    for attempt in itertools.count():
        try:
            return httpx.get(f"{instance.url}{path}", timeout=30)
        except httpx.HTTPError:  # on its way to a worker that was just killed
            if attempt == 5:
                raise
    raise AssertionError


def _numbers(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in text.splitlines():
        if matched := _LINE.match(line):
            labels = f"{{{matched['labels']}}}" if matched["labels"] else ""
            found[matched["name"] + labels] = float(matched["value"])
    return found


def _patience() -> Iterator[None]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        yield
        time.sleep(0.2)
