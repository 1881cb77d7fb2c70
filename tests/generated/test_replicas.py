"""Several at once: migrations of three replicas, and more connections than the server has."""

import subprocess
from collections.abc import Iterator

import httpx
import pytest

from apiforge.catalog.model import Catalog
from tests.generated.conftest import MakeProject
from tests.generated.instances import PATH, RESOURCE, Site, open_site

FLAGS = ("--cache", "none", "--auth", "none", "--resource", RESOURCE)


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated(
    request: pytest.FixtureRequest, make_project: MakeProject, catalog: Catalog
) -> Iterator[Site]:
    project = make_project("--database", request.param, *FLAGS)
    with open_site(project, catalog, migrates=False) as site:
        yield site


def test_three_replicas_migrate_at_once(unmigrated: Site) -> None:
    replicas = [unmigrated.begin("migrate") for _ in range(3)]
    told = [replica.communicate(timeout=120)[0] for replica in replicas]

    assert [replica.returncode for replica in replicas] == [0, 0, 0], "\n".join(told)
    with unmigrated.instance() as instance:
        assert httpx.get(f"{instance.url}{PATH}").status_code == 200


def test_failed_migration_leaves_nothing_behind(unmigrated: Site) -> None:
    """Half a migration would be in the way of the next try."""
    version = next((unmigrated.project / "migrations" / "versions").glob("0001_*.py"))
    whole = version.read_text()
    broken = whole.replace(
        "\ndef downgrade", "    op.execute('SELECT nonsense')\n\n\ndef downgrade"
    )
    assert broken != whole
    version.write_text(broken)
    failed = unmigrated.command("migrate")
    version.write_text(whole)
    again = unmigrated.command("migrate")

    assert failed.returncode != 0
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.fixture(scope="module")
def postgresql(make_module_project: MakeProject, catalog: Catalog) -> Iterator[Site]:
    with open_site(make_module_project("--database", "postgresql", *FLAGS), catalog) as site:
        yield site


def test_pools_are_cut_to_what_the_server_takes(postgresql: Site) -> None:
    with postgresql.instance(WORKERS="2", DATABASE_CONNECTIONS="5000") as instance:
        assert httpx.get(f"{instance.url}{PATH}").status_code == 200
        told = instance.log.read_text()

    assert "DATABASE_CONNECTIONS is 5000, and the database takes 97: each of 2 workers" in told


def test_more_workers_than_connections_are_refused(postgresql: Site) -> None:
    outcome = _limited(postgresql)

    assert outcome.returncode != 0
    assert "lower WORKERS, or raise the server's max_connections" in outcome.stdout


def _limited(site: Site) -> "subprocess.CompletedProcess[str]":
    """One worker of what calls itself a thousand; a thousand real ones would not fit here."""
    code = "from app.main import serve_app; import uvicorn; uvicorn.run(serve_app(), port=0)"
    return subprocess.run(
        [str(site.project / ".venv" / "bin" / "python"), "-c", code],
        cwd=site.project,
        env={**site.environment, "WORKERS": "1000"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
