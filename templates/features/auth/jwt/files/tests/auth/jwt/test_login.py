"""Logging in, staying logged in, logging out."""

from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

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
    anyone: AsyncClient, tokens: dict[str, Any]
) -> None:
    answer = await anyone.get(ME, headers=bearer(tokens))

    assert answer.status_code == 200
    assert answer.json()["email"] == ADA["email"]


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

    claims = jwt.decode(tokens["access_token"], keys[key_id], algorithms=["EdDSA"], issuer="app")

    assert claims["scope"]


async def test_changed_password_ends_the_login(
    app: FastAPI, anyone: AsyncClient, tokens: dict[str, Any]
) -> None:
    await app.state.login_service.set_user(ADA["email"], "another horse")

    answer = await anyone.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})

    assert answer.status_code == 401
