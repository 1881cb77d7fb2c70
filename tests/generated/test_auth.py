"""Logging in on live servers: two workers, in production mode, with everything in the log."""

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from apiforge.catalog.model import Catalog
from tests.generated.conftest import MakeProject
from tests.generated.instances import Instance, Site, open_site
from tests.generated.visitor import AUTH, Visitor, bearer, key_id, make_user, new_key

DATABASES = ("sqlite", "postgresql")
RESOURCES = ("category: name:string(60)!", "product: name:string(60) category:ref(category)?")
OPEN = {f"{AUTH}/login", f"{AUTH}/refresh", f"{AUTH}/logout", "/.well-known/jwks.json"}
GROWTH = 9 * 2**20
"""Caches and connections; the two hashes that a worker makes at once take 14 MiB."""
SCOPES = ["categories:read", "categories:write", "products:read", "products:write"]


@pytest.fixture(params=DATABASES)
def site(
    request: pytest.FixtureRequest, make_project: MakeProject, catalog: Catalog
) -> Iterator[Site]:
    flags = ["--database", request.param, "--cache", "none", "--auth", "jwt"]
    for resource in RESOURCES:
        flags += ["--resource", resource]
    settings = {"APP_ENV": "production", "LOG_LEVEL": "DEBUG", "WORKERS": "2"}
    with open_site(make_project(*flags), catalog, **settings) as site:
        yield site


def test_log_in_bears_what_comes_and_tells_no_secrets(site: Site) -> None:
    """One test for all of it: starting takes longest, and the log is searched at the end."""
    admin = make_user(site, "admin@example.com")
    reader = make_user(site, "reader@example.com", "--role", "reader")
    clerk = make_user(
        site, "clerk@example.com", "--role", "", "--scopes", "categories:read categories:write"
    )
    with site.instance() as instance:
        visitor = Visitor(instance.url, {admin, reader, clerk})
        check_memory(instance, visitor, admin)
        check_roles(visitor, admin, reader, clerk)
        check_every_operation(visitor, reader, clerk)
        check_refresh(visitor, admin)
        check_race(visitor, admin)
        check_waits(visitor, admin)
        check_nonsense(visitor)
        time.sleep(0.5)  # the last lines of the log
        check_log(site, instance, visitor)
        check_storage(site, visitor)


def check_memory(instance: Instance, visitor: Visitor, admin: str) -> None:
    """A flood of log-ins passes, and so does the memory that they took."""
    before = memory(instance)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: visitor.login("admin@example.com", admin), range(60)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    after = memory(instance)
    for pid in before.keys() & after.keys():
        assert after[pid] - before[pid] < GROWTH, f"{before}, then {after}"


def memory(instance: Instance) -> dict[int, int]:
    """The bytes that each worker has for itself."""
    return {pid: psutil.Process(pid).memory_full_info().uss for pid in instance.workers()}


def check_roles(visitor: Visitor, admin: str, reader: str, clerk: str) -> None:
    def shown(email: str, password: str) -> dict[str, Any]:
        answer = visitor.me(visitor.login(email, password).json()["access_token"])
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    everything = shown("admin@example.com", admin)
    assert (everything["roles"], everything["scopes"]) == (["admin"], SCOPES)
    reads = shown("READER@example.com", reader)
    assert (reads["roles"], reads["scopes"]) == (["reader"], SCOPES[::2])
    some = shown("clerk@example.com", clerk)
    assert (some["roles"], some["scopes"]) == ([], SCOPES[:2])


def check_every_operation(visitor: Visitor, reader: str, clerk: str) -> None:
    """As documented: what needs a log-in, and which scope."""
    read_only = visitor.login("reader@example.com", reader).json()["access_token"]
    categories_only = visitor.login("clerk@example.com", clerk).json()["access_token"]
    paths = visitor.call("GET", "/openapi.json").json()["paths"]
    checked = 0
    for path, operations in paths.items():
        for method, operation in operations.items():
            url = path.replace("{id}", "01890000-0000-7000-8000-000000000000")
            unknown = visitor.call(method.upper(), url)
            if "security" not in operation:
                assert path in OPEN or not path.startswith("/api"), path
                continue
            assert unknown.status_code == 401, (method, path)
            assert unknown.headers["www-authenticate"] == "Bearer"
            for scope in operation["security"][0]["jwt"]:
                refused = categories_only if scope.startswith("products") else read_only
                allowed = read_only if scope.endswith(":read") else categories_only
                for token, is_refused in ((refused, True), (allowed, False)):
                    if token is refused and scope == "categories:read":
                        continue  # both may
                    if token is allowed and scope == "products:write":
                        continue  # neither may
                    answer = visitor.call(method.upper(), url, headers=bearer(token))
                    assert (answer.status_code == 403) is is_refused, (method, path, scope)
                    assert answer.status_code not in (401, 500), (method, path, scope)
                checked += 1
    assert checked == 12  # six operations of each resource


def check_refresh(visitor: Visitor, admin: str) -> None:
    first = visitor.login("admin@example.com", admin).json()
    second = visitor.refresh(first["refresh_token"]).json()
    third = visitor.refresh(second["refresh_token"]).json()
    assert visitor.me(third["access_token"]).status_code == 200

    assert visitor.refresh(first["refresh_token"]).status_code == 401
    assert visitor.refresh(third["refresh_token"]).status_code == 401, "the family has ended"

    other = visitor.login("admin@example.com", admin).json()
    body = {"refresh_token": other["refresh_token"]}
    assert visitor.call("POST", f"{AUTH}/logout", json=body).status_code == 204
    assert visitor.refresh(other["refresh_token"]).status_code == 401


def check_race(visitor: Visitor, admin: str) -> None:
    for _ in range(5):
        token = visitor.login("admin@example.com", admin).json()["refresh_token"]
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(visitor.refresh, [token] * 8))
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


def check_waits(visitor: Visitor, admin: str) -> None:
    """Both workers count together, and others at the same address need not wait."""
    for email in ("reader@example.com", "nobody@example.com"):
        tried = 0
        while (answer := visitor.login(email, "a wrong password")).status_code == 401:
            tried += 1
            assert tried < 10, "two workers that count apart, or nobody counts"
        assert answer.status_code == 429
        assert tried >= 5
        assert int(answer.headers["retry-after"]) >= 1
    assert visitor.login("admin@example.com", admin).status_code == 200


def check_nonsense(visitor: Visitor) -> None:
    """What a log likes to repeat: bad bodies, bad headers, bad tokens, secrets in a query."""
    secret = f"Zx{secrets.token_hex(12)}"
    visitor.secrets.add(secret)
    login = f"{AUTH}/login"
    bodies = [
        f'{{"email": "a@b.c", "password": "{secret}"',
        f'{{"email": 5, "password": "{secret}"}}',
        f'{{"email": "a@b.c", "password": "{secret * 50}"}}',
        f'{{"email": "a@b.c", "password": "{secret}\\u0000"}}',
        f'{{"email": "a@b.c", "password": "x", "{secret}": 1}}',
        f'["{secret}"]',
    ]
    for body in bodies:
        answer = visitor.call("POST", login, content=body)
        assert answer.status_code == 422, body
    for header in (f"Bearer {secret}", f"Basic {secret}", secret, f"Bearer a.{secret}.b"):
        answer = visitor.call("GET", f"{AUTH}/me", headers={"Authorization": header})
        assert answer.status_code == 401
    assert visitor.call("POST", f"{AUTH}/refresh", json={"refresh_token": secret}).is_error
    visitor.call("GET", f"{AUTH}/me?access_token={secret}")
    visitor.call("GET", f"/api/v1/products?password={secret}")


def check_log(site: Site, instance: Instance, visitor: Visitor) -> None:
    log = instance.log.read_text()
    assert log.count(f'"{AUTH}/login"') > 20, "or the search below would show nothing"
    assert log.count("was used again: log-in ended") >= 1
    keys = {name: site.environment[name] for name in ("JWT_SIGNING_KEY", "METRICS_TOKEN")}
    assert all(len(key) > 30 for key in keys.values())
    parts = {part for one in visitor.secrets for part in one.split(".") if len(part) > 30}
    for secret in {*visitor.secrets, *parts, *keys.values()}:
        assert secret not in log, secret
    assert '"level":"error"' not in log.replace(" ", ""), log[-4000:]


def check_storage(site: Site, visitor: Visitor) -> None:
    """No token and no password is in the database as it is."""
    url = site.environment["DATABASE_URL"]
    if not url.startswith("sqlite"):
        return
    file = Path(url.removeprefix("sqlite:///"))
    stored = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    assert b"$argon2id$" in stored
    for secret in visitor.secrets:
        held = secret.rpartition(".")[2].encode()
        assert held not in stored


def test_keys_rotate_without_logging_anybody_out(site: Site) -> None:
    password = make_user(site, "admin@example.com")
    old, new = new_key(), new_key()
    with site.instance(JWT_SIGNING_KEY=old) as instance:
        before = Visitor(instance.url).login("admin@example.com", password).json()

    with site.instance(JWT_SIGNING_KEY=new, JWT_PREVIOUS_KEYS=old) as instance:
        visitor = Visitor(instance.url)
        after = visitor.refresh(before["refresh_token"]).json()
        keys = visitor.call("GET", "/.well-known/jwks.json")

        assert visitor.me(before["access_token"]).status_code == 200
        assert visitor.me(after["access_token"]).status_code == 200
        published = [key["kid"] for key in keys.json()["keys"]]
        assert published == [key_id(after["access_token"]), key_id(before["access_token"])]
        assert keys.headers["cache-control"] == "public, max-age=300"

    with site.instance(JWT_SIGNING_KEY=new) as instance:
        visitor = Visitor(instance.url)
        assert visitor.me(before["access_token"]).status_code == 401
        assert visitor.me(after["access_token"]).status_code == 200
