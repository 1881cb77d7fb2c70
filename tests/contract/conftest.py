"""One suite for every database: `pytest tests/contract [--database NAME]…`.

Each test runs once per database, on one project that the real command made, against a private
server of that database; which databases there are, the catalogue says.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from xdist.remote import Producer

from tests.contract import domain
from tests.contract.databases import catalog, databases, runnable
from tests.contract.service import Service, open_service
from tests.generated.conftest import new_project
from tests.generated.instances import Site, open_site
from tests.generated.outage import ServerOutage
from tests.scheduling import Together

APART = ("test_scale.py", "test_names.py", "test_own_tests.py")
OUTCOMES = ("passed", "failed", "error")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        action="append",
        default=[],
        choices=list(databases()),
        help="hold only this database to the contract; may be repeated",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        chosen = runnable(metafunc.config.getoption("--database"))
        metafunc.parametrize("database", [one.name for one in chosen], scope="session")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """One project per database: with several processes, each database stays in one of them."""
    return Together(config, log, scope_of)


def scope_of(nodeid: str) -> str:
    """The database; what has a project of its own goes by itself."""
    file, _, test = nodeid.partition("::")
    known = databases()
    name = next(part for part in re.split(r"[\[\]-]", test) if part in known)
    return f"{file} {name}" if file.endswith(APART) else name


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A database without a server has none that can be killed, or that could be missed."""
    moot = [item for item in items if _needs_server(item)]
    config.hook.pytest_deselected(items=moot)
    items[:] = [item for item in items if item not in moot]


def _needs_server(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function):
        return False
    if "outage" not in item.fixturenames and item.get_closest_marker("on_server") is None:
        return False
    return not databases()[item.callspec.params["database"]].has_server


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """How many tests each database passed, and which were not run at all."""
    counts: dict[str, Counter[str]] = {}
    for outcome in OUTCOMES:
        for report in terminalreporter.stats.get(outcome, ()):
            name = dict(report.user_properties).get("database")
            if name is not None:
                counts.setdefault(name, Counter())[outcome] += 1
    if not counts:
        return
    terminalreporter.section("one contract, every database")
    for database in databases().values():
        if found := counts.get(database.name):
            told = ", ".join(f"{found[it]} {it}" for it in OUTCOMES if found[it])
            server = f" ({database.server})" if database.server else ""
            terminalreporter.write_line(f"{database.name:<12}{told}{server}")
        elif database.missing and not config.getoption("--database"):
            line = f"{database.name:<12}NOT RUN: {database.missing}"
            terminalreporter.write_line(line, red=True)


@pytest.fixture(autouse=True)
def _counted(database: str, record_property: Callable[[str, object], None]) -> None:
    record_property("database", database)


@contextmanager
def site_of(database: str, *resources: str, migrates: bool = True) -> Iterator[Site]:
    """A project on this database, and a private server where it needs one."""
    with tempfile.TemporaryDirectory(prefix="contract-") as directory:
        flags = ["--database", database, "--cache", "none", "--auth", "jwt", "--deploy", "none"]
        wanted = [word for text in resources for word in ("--resource", text)]
        project = new_project(Path(directory), *flags, *wanted)
        with open_site(project, catalog(), migrates=migrates) as site:
            yield site


@pytest.fixture(scope="session")
def site(database: str) -> Iterator[Site]:
    """The project of this suite's domain, migrated; nothing is in its tables."""
    with site_of(database, *domain.RESOURCES) as site:
        yield site


@pytest.fixture(scope="session")
def service(site: Site) -> Iterator[Service]:
    """The same, running, and somebody who is logged in."""
    with open_service(site) as service:
        yield service


@pytest.fixture(scope="session")
def client(service: Service) -> httpx.Client:
    """Logged in, and may do everything."""
    return service.client


@pytest.fixture(scope="session")
def _server(site: Site) -> Iterator[ServerOutage]:
    outage = ServerOutage(site.environment["DATABASE_URL"])
    try:
        yield outage
    finally:
        outage.end()


@pytest.fixture
def outage(_server: ServerOutage) -> Iterator[ServerOutage]:
    """Takes the database's server away, and brings it back; after the test it is there."""
    yield _server
    _server.restore()
