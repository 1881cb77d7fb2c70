"""Access tokens and the key that signs them."""

import base64

import pytest
from fastapi import FastAPI, Request

from app.auth.jwt.keys import signing_key
from app.auth.jwt.settings import JwtSettings
from app.auth.jwt.tokens import AccessTokens
from app.environment import ConfigurationError
from app.errors import Unauthenticated

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


def request(token: str) -> Request:
    """A request with this token."""
    headers = [(b"authorization", f"Bearer {token}".encode())]
    return Request({"type": "http", "headers": headers, "app": FastAPI()})


async def test_same_secret_checks_the_token() -> None:
    token = AccessTokens(JwtSettings(), signing_key(KEY)).make("ada", ["a:read", "b:write"])

    caller = await AccessTokens(JwtSettings(), signing_key(KEY)).authenticate(request(token))

    assert caller is not None
    assert (caller.subject, caller.scopes) == ("ada", frozenset({"a:read", "b:write"}))


async def test_another_secret_does_not() -> None:
    token = AccessTokens(JwtSettings(), signing_key("")).make("ada", [])

    with pytest.raises(Unauthenticated):
        await AccessTokens(JwtSettings(), signing_key(KEY)).authenticate(request(token))


async def test_remembered_token_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = AccessTokens(JwtSettings(), signing_key(KEY))
    token = tokens.make("ada", [])
    await tokens.authenticate(request(token))

    monkeypatch.setattr("time.time", lambda: 9_999_999_999.0)

    with pytest.raises(Unauthenticated):
        await tokens.authenticate(request(token))


@pytest.mark.parametrize("secret", ["not base64!", "dG9vIHNob3J0"], ids=["nonsense", "short"])
def test_bad_key_is_refused(secret: str) -> None:
    with pytest.raises(ConfigurationError):
        signing_key(secret)
