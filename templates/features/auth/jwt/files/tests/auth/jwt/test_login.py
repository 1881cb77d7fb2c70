"""Logging in, staying logged in, logging out."""

import asyncio
import dataclasses
from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from app.auth.jwt import service
from app.auth.logins.repository import ROWS as LOGINS
from app.auth.users.repository import ROWS as USERS
from app.http.route import every_scope
from app.ids import new_id
from app.listing import Filter
from app.main import create_app
from app.settings import Settings

LOGIN, REFRESH, LOGOUT, ME = (f"/api/v1/auth/{it}" for it in ("login", "refresh", "logout", "me"))
ADA = {"email": "ada@example.com", "password": "correct horse"}


@pytest.fixture
async def tokens(app: FastAPI, anyone: AsyncClient) -> dict[str, Any]:
    """What Ada gets when she logs in."""
    await app.state.login_service.set_user(ADA["email"], ADA["password"])
    answer = await anyone.post(LOGIN, json=ADA)
    assert answer.status_code == 200
    tokens: dict[str, Any] = answer.json()
    return tokens


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """The header that says who calls."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def test_access_token_tells_who_is_calling(
    app: FastAPI, anyone: AsyncClient, tokens: dict[str, Any]
) -> None:
    answer = await anyone.get(ME, headers=bearer(tokens))

    assert answer.status_code == 200
    assert answer.json()["email"] == ADA["email"]
    assert answer.json()["roles"] == ["admin"]
    assert answer.json()["scopes"] == every_scope(app)


async def test_token_holds_the_scopes_of_roles_and_more(app: FastAPI, anyone: AsyncClient) -> None:
    more = every_scope(app)[-1:]
    logins = app.state.login_service
    await logins.set_user(ADA["email"], ADA["password"], roles=["reader"], scopes=more)

    tokens = (await anyone.post(LOGIN, json=ADA)).json()

    shown = (await anyone.get(ME, headers=bearer(tokens))).json()["scopes"]
    held = jwt.decode(tokens["access_token"], options={"verify_signature": False})["scope"]
    assert shown == [it for it in every_scope(app) if it.endswith(":read") or it in more]
    assert held.split() == shown


async def test_address_is_known_in_capitals_too(
    anyone: AsyncClient, tokens: dict[str, Any]
) -> None:
    answer = await anyone.post(LOGIN, json={**ADA, "email": "ADA@example.com"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong horse"}, {"email": "bob@example.com"}], ids=["password", "email"]
)
async def test_wrong_login_is_refused(
    anyone: AsyncClient, tokens: dict[str, Any], wrong: dict[str, str]
) -> None:
    answer = await anyone.post(LOGIN, json={**ADA, **wrong})

    assert answer.status_code == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Basic YTpi", "Bearer"], ids=["nonsense", "basic", "empty"]
)
async def test_bad_token_is_refused(anyone: AsyncClient, header: str) -> None:
    answer = await anyone.get(ME, headers={"Authorization": header})

    assert answer.status_code == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]


async def test_refresh_token_is_good_once(anyone: AsyncClient, tokens: dict[str, Any]) -> None:
    first = {"refresh_token": tokens["refresh_token"]}
    second = (await anyone.post(REFRESH, json=first)).json()

    reused = await anyone.post(REFRESH, json=first)
    after = await anyone.post(REFRESH, json={"refresh_token": second["refresh_token"]})

    assert reused.status_code == 401
    assert after.status_code == 401, "the whole family is revoked"


async def test_two_refreshes_at_once_have_one_winner(
    anyone: AsyncClient, tokens: dict[str, Any]
) -> None:
    body = {"refresh_token": tokens["refresh_token"]}

    answers = await asyncio.gather(*(anyone.post(REFRESH, json=body) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


@pytest.mark.parametrize(
    "token",
    ["nonsense", f"{new_id()}.{'x' * 43}", f"{'-' * 36}.{'x' * 43}", "." * 80],
    ids=["nonsense", "unknown", "no id", "dots"],
)
async def test_unknown_refresh_token_is_refused(anyone: AsyncClient, token: str) -> None:
    refused = await anyone.post(REFRESH, json={"refresh_token": token})
    ended = await anyone.post(LOGOUT, json={"refresh_token": token})

    assert refused.status_code == 401
    assert "WWW-Authenticate" in refused.headers
    assert ended.status_code == 204


@pytest.mark.parametrize("field", ["expires_at", "created_at"])
async def test_old_login_is_not_continued(
    app: FastAPI, anyone: AsyncClient, tokens: dict[str, Any], field: str
) -> None:
    database = app.state.database
    (login_id,) = await LOGINS.ids(database.reader)
    async with database.transaction() as transaction:
        await LOGINS.change(transaction, login_id, {field: "2020-01-01T00:00:00.000Z"})

    answer = await anyone.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})

    assert answer.status_code == 401


async def test_expired_login_is_removed_as_others_log_in(
    app: FastAPI, anyone: AsyncClient, tokens: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = app.state.database
    (login_id,) = await LOGINS.ids(database.reader)
    async with database.transaction() as transaction:
        past = {"expires_at": "2020-01-01T00:00:00.000Z"}
        await LOGINS.change(transaction, login_id, past)

    monkeypatch.setattr(service, "SWEEP_SECONDS", 0)
    await anyone.post(LOGIN, json=ADA)

    assert login_id not in await LOGINS.ids(database.reader)


async def test_no_token_is_stored(app: FastAPI, tokens: dict[str, Any]) -> None:
    (login_id,) = await LOGINS.ids(app.state.database.reader)
    login = await LOGINS.get(app.state.database.reader, login_id)
    secret = tokens["refresh_token"].partition(".")[2]

    assert secret
    assert secret not in str(login)
    assert len(login["token_hash"]) == 64


async def test_changed_cost_renews_the_hash_at_the_next_login(
    settings: Settings, app: FastAPI, anyone: AsyncClient, tokens: dict[str, Any]
) -> None:
    dearer = dataclasses.replace(
        settings, jwt=settings.jwt.model_copy(update={"password_passes": 6})
    )
    again = create_app(dearer)
    async with (
        again.router.lifespan_context(again),
        AsyncClient(transport=ASGITransport(again), base_url="http://test") as client,
    ):
        first = await client.post(LOGIN, json=ADA)
        second = await client.post(LOGIN, json=ADA)

    user = await USERS.first(app.state.database.reader, {"email": ADA["email"]})
    assert (first.status_code, second.status_code) == (200, 200)
    assert user is not None
    assert ",t=6," in user["password_hash"]


async def test_user_who_is_gone_is_logged_out(
    app: FastAPI, anyone: AsyncClient, tokens: dict[str, Any]
) -> None:
    async with app.state.database.transaction() as transaction:
        await USERS.remove_all(transaction, [Filter("email", "eq", ADA["email"])])

    me = await anyone.get(ME, headers=bearer(tokens))
    refreshed = await anyone.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})

    assert (me.status_code, refreshed.status_code) == (401, 401)


async def test_refreshed_access_token_is_good(anyone: AsyncClient, tokens: dict[str, Any]) -> None:
    answer = await anyone.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})

    assert (await anyone.get(ME, headers=bearer(answer.json()))).status_code == 200


async def test_logout_ends_the_refresh_token(anyone: AsyncClient, tokens: dict[str, Any]) -> None:
    body = {"refresh_token": tokens["refresh_token"]}

    ended = await anyone.post(LOGOUT, json=body)

    assert ended.status_code == 204
    assert (await anyone.post(REFRESH, json=body)).status_code == 401


async def test_published_key_checks_the_token(anyone: AsyncClient, tokens: dict[str, Any]) -> None:
    keys = jwt.PyJWKSet.from_dict((await anyone.get("/.well-known/jwks.json")).json())
    key_id = jwt.get_unverified_header(tokens["access_token"])["kid"]

    claims = jwt.decode(tokens["access_token"], keys[key_id], algorithms=["EdDSA"], audience="app")

    assert claims["scope"]


async def test_changed_password_ends_the_login(
    app: FastAPI, anyone: AsyncClient, tokens: dict[str, Any]
) -> None:
    await app.state.login_service.set_user(ADA["email"], "another horse")

    answer = await anyone.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})

    assert answer.status_code == 401
