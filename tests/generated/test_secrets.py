"""The log of a live service at its most talkative, searched for everything that is secret."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from apiforge.catalog.model import Catalog
from tests.generated.conftest import MakeProject
from tests.generated.instances import PATH, RESOURCE, Site, open_site

EMAIL, PASSWORD = "owner@example.com", "correct-horse-battery-staple"
WRONG = "wrong-horse-battery-staple"
QUERY = "a-token-in-the-query-string"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(
    request: pytest.FixtureRequest, make_module_project: MakeProject, catalog: Catalog
) -> Iterator[Site]:
    flags = ["--database", request.param, "--cache", "none", "--auth", "jwt"]
    project = make_module_project(*flags, "--monitoring", "prometheus", "--resource", RESOURCE)
    health = project / "app" / "http" / "health.py"
    health.write_text(health.read_text() + BROKEN)
    user = {"LOAD_USER_EMAIL": EMAIL, "LOAD_USER_PASSWORD": PASSWORD}
    with open_site(project, catalog, LOG_LEVEL="DEBUG", WORKERS="2", **user) as site:
        yield site


BROKEN = '''

@router.get("/broken", operation_id="broken")
async def broken(request: Request) -> Response:
    """Fails as nobody expected."""
    raise RuntimeError("the flux is off")
'''


def test_nothing_secret_is_logged(site: Site) -> None:
    seeded = site.command("seed", "--rows", "3")
    with site.instance() as instance, httpx.Client(base_url=instance.url, timeout=30) as client:
        known = {"email": EMAIL, "password": PASSWORD}
        tokens = client.post("/api/v1/auth/login", json=known).raise_for_status().json()
        client.post("/api/v1/auth/login", json={**known, "password": WRONG})
        client.post("/api/v1/auth/login", content=f'{{"password": "{WRONG}", ')
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        client.get(PATH, params={"limit": 5, "token": QUERY})
        client.post(PATH, json={"name": "n" * 900})
        failed = client.get("/broken")
        client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        client.get("/metrics", headers={"Authorization": f"Bearer {WRONG}"})
        told = instance.log.read_text()

    assert failed.status_code == 500
    assert "flux" not in failed.text
    secrets = {
        *(PASSWORD, WRONG, QUERY, tokens["access_token"], tokens["refresh_token"]),
        *(site.environment[name] for name in ("JWT_SIGNING_KEY", "METRICS_TOKEN")),
        *filter(None, [urlsplit(site.environment["DATABASE_URL"]).password]),
    }
    for secret in secrets:
        assert secret not in told + seeded.stdout + seeded.stderr
    entries = [json.loads(line) for line in told.splitlines()]
    unexpected = [entry for entry in entries if "the flux is off" in entry.get("exception", "")]
    assert [entry["request_id"] for entry in unexpected] == [failed.headers["X-Request-Id"]]


def test_refused_start_tells_names_and_no_values(site: Site) -> None:
    weak = "changeme-0123456789-0123456789-0123456789"
    refused = site.command("serve", APP_ENV="production", METRICS_TOKEN=weak)
    invalid = site.command("serve", DATABASE_URL="mysql://app:hunter2hunter2@db/app")

    assert refused.returncode == invalid.returncode == 1
    assert "METRICS_TOKEN" in refused.stderr and weak not in refused.stdout + refused.stderr
    assert "DATABASE_URL" in invalid.stderr
    assert "hunter2" not in invalid.stdout + invalid.stderr
    assert len(invalid.stderr.splitlines()) == 1
