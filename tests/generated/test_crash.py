"""A service that is killed while it works on a POST with an Idempotency-Key: asked again, with the
same key, there is one row, and one answer.
"""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from apiforge.catalog.model import Catalog
from tests.generated.conftest import MakeProject
from tests.generated.instances import Instance, Site, open_site
from tests.generated.proxy import SlowProxy

THING = "thing: name:string(120)"
PATH = "/api/v1/things"
FLAGS = ("--cache", "none", "--auth", "none", "--resource", THING)
PATIENCE = 30.0
CRASHING = '''
"""The service, but a request may ask it to be killed: after its work, or after its commit."""

import os
import signal
import sys
from contextvars import ContextVar

import app.main
from app.__main__ import main
from app.resources.things import service

asked = ContextVar("asked", default=b"")
serve_app, create_thing = app.main.serve_app, service.create_thing


def crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def create_and_crash(transaction, data):
    row = await create_thing(transaction, data)
    if asked.get() == b"after its work":
        crash()
    return row


def serve_crashing_app():
    service_app = serve_app()

    async def crashing_app(scope, receive, send):
        async def send_or_crash(message):
            if asked.get() == b"after its commit":
                crash()
            await send(message)

        asked.set(dict(scope.get("headers", ())).get(b"x-crash", b""))
        await service_app(scope, receive, send_or_crash)

    return crashing_app


service.create_thing, app.main.serve_app = create_and_crash, serve_crashing_app
sys.exit(main())
'''


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(
    request: pytest.FixtureRequest, make_module_project: MakeProject, catalog: Catalog
) -> Iterator[Site]:
    project = make_module_project("--database", request.param, *FLAGS)
    with open_site(project, catalog) as site:
        (site.project / "crashing.py").write_text(CRASHING)
        yield site


def test_work_survives_a_crash_once(site: Site) -> None:
    for when in ("after its work", "after its commit"):
        with site.instance(module="crashing") as instance:
            with pytest.raises(httpx.HTTPError):
                post(instance, when, **{"X-Crash": when})
            assert instance.process.wait(PATIENCE) == -signal.SIGKILL
    with site.instance() as instance:
        check_asked_again(instance, "after its work", is_done=False)
        check_asked_again(instance, "after its commit", is_done=True)


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_commit_that_is_under_way_is_done_or_not(site: Site) -> None:
    """The worker is killed from outside while the server has its COMMIT, or has it not yet."""
    for delivers in (False, True):
        kill_at_commit(site, name=f"delivered: {delivers}", delivers=delivers)
    with site.instance() as instance:
        check_asked_again(instance, "delivered: False", is_done=False)
        check_asked_again(instance, "delivered: True", is_done=True)


def kill_at_commit(site: Site, *, name: str, delivers: bool) -> None:
    url = urlsplit(site.environment["DATABASE_URL"])
    assert url.port is not None
    proxy = SlowProxy(url.port)
    proxy.delivers = delivers
    location = url.netloc.replace(f":{url.port}", f":{proxy.port}")
    with (
        proxy.running(),
        site.instance(DATABASE_URL=url._replace(netloc=location).geturl()) as instance,
        ThreadPoolExecutor(1) as threads,
    ):
        proxy.silent_at = b"COMMIT"
        asking = threads.submit(post, instance, name)
        wait_until_silent(proxy)
        os.kill(instance.process.pid, signal.SIGKILL)
        assert isinstance(asking.exception(PATIENCE), httpx.HTTPError)


def wait_until_silent(proxy: SlowProxy) -> None:
    deadline = time.monotonic() + PATIENCE
    while not proxy.silent:
        assert time.monotonic() < deadline, "nothing was committed"
        time.sleep(0.01)


def post(instance: Instance, name: str, **headers: str) -> httpx.Response:
    key = {"Idempotency-Key": name.replace(" ", "-")}
    url = f"{instance.url}{PATH}"
    return httpx.post(url, json={"name": name}, headers={**key, **headers}, timeout=PATIENCE)


def check_asked_again(instance: Instance, name: str, *, is_done: bool) -> None:
    """Whether the crash came after the commit shows in whether the answer is a replay."""
    before = named(instance, name)
    again, once_more = post(instance, name), post(instance, name)

    assert (again.status_code, once_more.status_code) == (201, 201)
    assert ("idempotency-replayed" in again.headers) is is_done
    assert len(before) == is_done
    assert again.content == once_more.content
    assert named(instance, name) == [again.json()]


def named(instance: Instance, name: str) -> list[dict[str, object]]:
    answer = httpx.get(f"{instance.url}{PATH}", timeout=PATIENCE)
    return [row for row in answer.json()["items"] if row["name"] == name]
