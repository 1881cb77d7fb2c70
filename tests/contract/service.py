"""A generated project as a running service, and a client that is logged in."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from tests.generated.conftest import references
from tests.generated.exercise import Exercise
from tests.generated.instances import Instance, Site

EMAIL = "someone@example.com"
LOGIN = "/api/v1/auth/login"
PATIENCE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`client` is logged in; `password` is that of EMAIL."""

    site: Site
    instance: Instance
    client: httpx.Client
    password: str

    def exercise(self, client: httpx.Client) -> Exercise:
        """What calls every operation there is."""
        return Exercise(
            client=client,
            references=references(self.site.project),
            email=EMAIL,
            password=self.password,
        )

    @contextmanager
    def visitor(self, **headers: str) -> Iterator[httpx.Client]:
        """Another client, with connections of its own and no log-in but what `headers` hold."""
        with httpx.Client(base_url=self.instance.url, timeout=PATIENCE, headers=headers) as client:
            yield client


@contextmanager
def open_service(site: Site, **environment: str) -> Iterator[Service]:
    """The site's service with a user who may do everything."""
    password = secrets.token_urlsafe(12)
    made = site.command("user", EMAIL, PASSWORD=password)
    assert made.returncode == 0, made.stdout + made.stderr
    with (
        site.instance(**environment) as instance,
        httpx.Client(base_url=instance.url, timeout=PATIENCE) as client,
    ):
        answer = client.post(LOGIN, json={"email": EMAIL, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield Service(site=site, instance=instance, client=client, password=password)
