"""Somebody who logs in to a live service, on a connection of their own for each call."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.generated.instances import Site

AUTH = "/api/v1/auth"


@dataclass(slots=True)
class Visitor:
    """Calls an instance, each time on a connection of its own, and notes all that is secret."""

    url: str
    secrets: set[str] = field(default_factory=set)
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        once = httpx.Limits(max_keepalive_connections=0)
        self.client = httpx.Client(base_url=self.url, timeout=30, limits=once)

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.client.request(method, path, **options)

    def login(self, email: str, password: str) -> httpx.Response:
        body = {"email": email, "password": password}
        return self._noted(self.call("POST", f"{AUTH}/login", json=body), password)

    def refresh(self, token: str) -> httpx.Response:
        return self._noted(self.call("POST", f"{AUTH}/refresh", json={"refresh_token": token}))

    def me(self, access_token: str) -> httpx.Response:
        return self.call("GET", f"{AUTH}/me", headers=bearer(access_token))

    def _noted(self, answer: httpx.Response, *further: str) -> httpx.Response:
        tokens = answer.json() if answer.status_code == 200 else {}
        self.secrets |= {*further, *(tokens[it] for it in tokens if it.endswith("_token"))}
        return answer


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def key_id(token: str) -> str:
    header = token.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=="))["kid"])


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def make_user(site: Site, email: str, *options: str) -> str:
    """A user made by the command, and their password."""
    password = secrets.token_urlsafe(12)
    done = site.command("user", email, *options, PASSWORD=password)
    assert done.returncode == 0, done.stderr
    assert password not in done.stdout + done.stderr
    return password
