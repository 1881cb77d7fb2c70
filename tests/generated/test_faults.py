"""What callers see while the database fails, and that it passes without a restart.

Always: 503 as a problem document with Retry-After, no hang, and every acknowledged write is kept.
"""

import asyncio
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from apiforge.catalog.model import Catalog
from tests.generated.balancer import Balancer, kept_names
from tests.generated.conftest import MakeProject
from tests.generated.instances import PATH, RESOURCE, Instance, Site, open_site, wait_until_ready
from tests.generated.outage import ServerOutage

pytestmark = pytest.mark.alone

FLAGS = ("--cache", "none", "--auth", "none", "--resource", RESOURCE)
TIMEOUT = 2.0
CUT_OFF = "a connection was cut off"
PATIENCE = 4 * TIMEOUT + 8
"""Longer than any of our own deadlines, however busy this machine is."""


def site_of(database: str) -> Callable[[MakeProject, Catalog], Iterator[Site]]:
    def site(make_module_project: MakeProject, catalog: Catalog) -> Iterator[Site]:
        project = make_module_project("--database", database, *FLAGS)
        with open_site(project, catalog, DATABASE_TIMEOUT=str(TIMEOUT)) as opened:
            yield opened

    return site


sqlite = pytest.fixture(site_of("sqlite"), name="sqlite", scope="module")
postgresql = pytest.fixture(site_of("postgresql"), name="postgresql", scope="module")


@pytest.fixture(scope="module")
def _server(postgresql: Site) -> Iterator[ServerOutage]:
    outage = ServerOutage(postgresql.environment["DATABASE_URL"])
    try:
        yield outage
    finally:
        outage.end()


@pytest.fixture
def outage(_server: ServerOutage) -> Iterator[ServerOutage]:
    """Takes PostgreSQL away; after the test it is there again."""
    yield _server
    _server.restore()


def assert_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1


def make(instance: Instance, name: str | None = None) -> httpx.Response:
    body = {"name": name or uuid4().hex}
    return httpx.post(f"{instance.url}{PATH}", json=body, timeout=PATIENCE)


def read(instance: Instance) -> httpx.Response:
    return httpx.get(f"{instance.url}{PATH}", timeout=PATIENCE)


def assert_recovers(instance: Instance) -> None:
    wait_until_ready(instance)
    assert make(instance).status_code == 201
    assert read(instance).status_code == 200


def test_silent_database_is_given_up_at_the_deadline(
    postgresql: Site, outage: ServerOutage
) -> None:
    """The caller is answered before the connection is seen to be of no use."""
    with postgresql.instance(DATABASE_WAIT_SECONDS="60", REQUEST_SECONDS="60") as instance:
        for number, ask in enumerate((read, make)):
            assert_recovers(instance)
            with outage.silence():
                assert_unavailable(ask(instance))
                assert instance.log.read_text().count(CUT_OFF) == number
                assert_tells_of(instance, CUT_OFF, times=number + 1)
                assert httpx.get(f"{instance.url}/readyz", timeout=PATIENCE).status_code == 503
        assert_recovers(instance)
        with outage.silence():
            instance.terminate()
            assert instance.process.wait(PATIENCE) in (0, -signal.SIGTERM)


def assert_tells_of(instance: Instance, what: str, *, times: int) -> None:
    """The log has it so often, sooner or later."""
    deadline = time.monotonic() + PATIENCE
    while instance.log.read_text().count(what) < times:
        assert time.monotonic() < deadline, instance.log.read_text()
        time.sleep(0.05)


def test_full_pool_answers_in_time(postgresql: Site) -> None:
    with postgresql.instance(DATABASE_CONNECTIONS="2", LOG_LEVEL="INFO") as instance:
        with locked(postgresql):
            load = asyncio.run(Balancer([instance.url]).run(rate=20, seconds=3, events={}))

        assert load.failures == []
        assert load.statuses() == {503}
        assert instance.slowest() < PATIENCE
        assert_recovers(instance)


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Nobody can read or write the table meanwhile."""
    code = (
        "import asyncio, asyncpg, os, sys\n"
        "async def main():\n"
        "    connection = await asyncpg.connect(os.environ['DATABASE_URL'])\n"
        "    async with connection.transaction():\n"
        "        await connection.execute('LOCK TABLE categories')\n"
        "        print('locked', flush=True)\n"
        "        await asyncio.to_thread(sys.stdin.read)\n"
        "asyncio.run(main())\n"
    )
    with site.script(code) as process:
        assert process.stdout is not None and process.stdout.readline() == "locked\n"
        yield


def test_busy_file_answers_in_time(sqlite: Site) -> None:
    with sqlite.instance() as instance:
        with writing(sqlite):
            assert_unavailable(make(instance))
            assert read(instance).status_code == 200
        assert_recovers(instance)


@contextmanager
def writing(site: Site) -> Iterator[None]:
    path = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_full_disk_refuses_writes_and_keeps_what_was_acknowledged(sqlite: Site) -> None:
    acknowledged = []
    with sqlite.instance() as instance:
        instance.limit_files(500_000)
        answer = make(instance)
        deadline = time.monotonic() + 120
        while answer.status_code == 201 and time.monotonic() < deadline:
            acknowledged.append(answer.json()["name"])
            answer = make(instance)
        assert_unavailable(answer)
        assert read(instance).status_code == 200
        instance.limit_files(-1)
        assert_recovers(instance)
        assert set(acknowledged) <= kept_names(instance.url)


def test_log_of_failures_holds_no_secret(postgresql: Site, outage: ServerOutage) -> None:
    password = urlsplit(postgresql.environment["DATABASE_URL"]).password
    assert password
    with postgresql.instance(LOG_LEVEL="DEBUG") as instance:
        outage.kill()
        read(instance)
        make(instance, name="x" * 5000)
        with suppress(httpx.HTTPError):
            httpx.get(f"{instance.url}/readyz", timeout=PATIENCE)
        told = instance.log.read_text()
        failed = postgresql.command("migrate")

    for text in (told, failed.stdout + failed.stderr):
        assert password not in text
    assert failed.returncode != 0
