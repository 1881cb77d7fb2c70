"""Access tokens: what is checked of them, and that nothing else passes."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from fastapi import FastAPI, Request

from app.auth.jwt import tokens as module
from app.auth.jwt.keys import key_ring
from app.auth.jwt.settings import JwtSettings
from app.auth.jwt.tokens import AccessTokens
from app.auth.port import Caller
from app.errors import Unauthenticated


def secret(first: int) -> str:
    """A key, different for each `first`."""
    return base64.urlsafe_b64encode(bytes(range(first, first + 32))).decode()


KEYS = key_ring(secret(0))
GOOD: dict[str, Any] = {"iss": "app", "aud": "app", "sub": "ada", "scope": "a:read", "jti": "1"}


def claims(**different: Any) -> dict[str, Any]:
    """The claims of a good token, but for those that are given; None leaves one out."""
    now = int(time.time())
    every = {**GOOD, "iat": now, "nbf": now, "exp": now + 3600, **different}
    return {name: value for name, value in every.items() if value is not None}


def signed(content: dict[str, Any], **header: Any) -> str:
    """A token of our own key."""
    named = {"kid": KEYS.signing.key_id, "typ": "at+jwt", **header}
    stated = {name: value for name, value in named.items() if value is not None}
    return jwt.encode(content, KEYS.signing.private, "EdDSA", headers=stated)


def part(content: object) -> str:
    """One of the three parts of a token."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def made_by_hand(algorithm: str, key: bytes | None) -> str:
    """A token that names our key and says by itself how it is to be checked."""
    header = {"alg": algorithm, "kid": KEYS.signing.key_id, "typ": "at+jwt"}
    text = f"{part(header)}.{part(claims())}"
    mac = b"" if key is None else hmac.new(key, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


async def caller_of(token: str, tokens: AccessTokens | None = None) -> Caller | None:
    """Who calls with this token."""
    headers = [(b"authorization", b"Bearer " + token.encode())]
    request = Request({"type": "http", "headers": headers, "app": FastAPI()})
    return await (tokens or AccessTokens(JwtSettings(), KEYS)).authenticate(request)


async def test_same_secret_checks_the_token() -> None:
    token = AccessTokens(JwtSettings(), KEYS).make("ada", ["a:read", "b:write"])

    caller = await caller_of(token, AccessTokens(JwtSettings(), key_ring(secret(0))))

    assert caller == Caller(subject="ada", scopes=frozenset({"a:read", "b:write"}))


async def test_hand_made_token_passes() -> None:
    assert await caller_of(signed(claims())), "or the tests below would show nothing"


async def test_token_of_a_former_key_is_good() -> None:
    token = AccessTokens(JwtSettings(), KEYS).make("ada", [])

    caller = await caller_of(token, AccessTokens(JwtSettings(), key_ring(secret(1), secret(0))))

    assert caller is not None


NOW = int(time.time())
X = base64.urlsafe_b64decode(KEYS.signing.x + "=")
FORGED = {
    "another key": AccessTokens(JwtSettings(), key_ring("")).make("ada", []),
    "another key under our id": jwt.encode(
        claims(),
        key_ring("").signing.private,
        "EdDSA",
        headers={"kid": KEYS.signing.key_id, "typ": "at+jwt"},
    ),
    "none": made_by_hand("none", None),
    "None": made_by_hand("None", None),
    "HS256 by the public key": made_by_hand("HS256", X),
    "HS256 by the published text": made_by_hand("HS256", KEYS.signing.x.encode()),
    "RS256": jwt.encode(
        claims(),
        generate_private_key(65537, 2048),
        "RS256",
        headers={"kid": KEYS.signing.key_id, "typ": "at+jwt"},
    ),
    "no key id": signed(claims(), kid=None),
    "unknown key id": signed(claims(), kid="nobody"),
    "another type": signed(claims(), typ="JWT"),
    "critical extension": signed(claims(), crit=["b64"], b64=True),
    "another issuer": signed(claims(iss="others")),
    "another audience": signed(claims(aud="others")),
    "no audience": signed(claims(aud=None)),
    "no issuer": signed(claims(iss=None)),
    "no subject": signed(claims(sub=None)),
    "no scope": signed(claims(scope=None)),
    "scope of another type": signed(claims(scope=["a:read"])),
    "no expiry": signed(claims(exp=None)),
    "no beginning": signed(claims(nbf=None)),
    "expired": signed(claims(exp=NOW - 6)),
    "not yet good": signed(claims(nbf=NOW + 3600)),
    "made in the future": signed(claims(iat=NOW + 3600)),
    "two parts": "a.b",
    "nothing in it": "..",
    "not base64": "ä.ö.ü",
    "header of another type": f"{part([])}.{part({})}.",
    "deep header": base64.urlsafe_b64encode(b"[" * 9000).decode() + ".e30.",
    "long": "a" * 50_000,
}


@pytest.mark.parametrize("token", FORGED.values(), ids=list(FORGED))
async def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated) as raised:
        await caller_of(token)

    assert raised.value.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
async def test_clocks_may_differ_a_little(claim: str) -> None:
    skew = -2 if claim == "exp" else 2

    assert await caller_of(signed(claims(**{claim: int(time.time()) + skew})))


async def test_remembered_token_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = AccessTokens(JwtSettings(), KEYS)
    token = tokens.make("ada", [])
    await caller_of(token, tokens)

    monkeypatch.setattr("time.time", lambda: 9_999_999_999.0)

    with pytest.raises(Unauthenticated):
        await caller_of(token, tokens)


async def test_signature_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = AccessTokens(JwtSettings(), KEYS)
    token = tokens.make("ada", ["a:read"])
    first = await caller_of(token, tokens)

    monkeypatch.setattr(jwt, "decode", None)

    assert await caller_of(token, tokens) is first


async def test_few_tokens_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 1)
    tokens = AccessTokens(JwtSettings(), KEYS)
    first, second = tokens.make("ada", []), tokens.make("bob", [])
    await caller_of(first, tokens)
    await caller_of(second, tokens)

    monkeypatch.setattr(jwt, "get_unverified_header", lambda token: {})

    assert await caller_of(second, tokens)
    with pytest.raises(Unauthenticated):
        await caller_of(first, tokens)
