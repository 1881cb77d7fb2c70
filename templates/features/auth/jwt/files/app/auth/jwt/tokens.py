"""Access tokens: made and checked, and the checked ones remembered."""

import math
import time
from collections import OrderedDict
from functools import lru_cache
from typing import Any
from uuid import uuid4

import jwt
from fastapi import Request

from app.auth.jwt.keys import KeyRing
from app.auth.jwt.settings import JwtSettings
from app.auth.port import Caller
from app.errors import Unauthenticated

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
REMEMBERED = 4096
LONGEST = 16_384
"""Characters. A longer token is refused unread: parsing takes time before the signature counts."""
_REQUIRED = ["aud", "exp", "iat", "iss", "nbf", "scope", "sub"]


class AccessTokens:
    """The authenticator for `Authorization: Bearer …`.

    A token that was found good is good until it expires; no revocation is asked for in between.
    """

    scheme = "jwt"
    challenge = "Bearer"

    def __init__(self, settings: JwtSettings, keys: KeyRing) -> None:
        self._settings = settings
        self._keys = keys
        # Checking a signature costs about 170 µs, looking it up 3.
        self._known: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()

    def make(self, subject: str, scopes: list[str]) -> str:
        """A token for this user."""
        now = int(time.time())
        claims = {
            "iss": self._settings.jwt_issuer,
            "aud": self._settings.jwt_audience,
            "sub": subject,
            "scope": " ".join(scopes),
            "iat": now,
            "nbf": now,
            "exp": now + self._settings.jwt_access_seconds,
            "jti": uuid4().hex,
        }
        headers = {"kid": self._keys.signing.key_id, "typ": TYPE}
        return jwt.encode(claims, self._keys.signing.private, ALGORITHM, headers)

    def description(self) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

    async def authenticate(self, request: Request) -> Caller | None:
        # The raw headers, and the whole value as the key: this is done for every request.
        for name, value in request.scope["headers"]:
            if name == b"authorization":
                expires, caller = self._known.get(value) or self._read(value)
                if expires <= time.time():
                    self._known.pop(value, None)
                    raise _refused("has expired")
                return caller
        return None

    def _read(self, value: bytes) -> tuple[float, Caller | None]:
        scheme, _, token = value.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return math.inf, None
        claims = self._checked(token)
        caller = Caller(subject=claims["sub"], scopes=_scopes(claims["scope"]))
        found = claims["exp"] + self._settings.jwt_leeway_seconds, caller
        self._known[value] = found
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _checked(self, token: str) -> dict[str, Any]:
        """The claims of a token that is ours in every respect. Raises Unauthenticated."""
        if len(token) > LONGEST:
            raise _refused("is too long")
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.checking.get(header.get("kid", ""))
            # The algorithm is ours to say, never the token's: no `none`, no HMAC by a public key.
            if key is None or header.get("typ") != TYPE or "crit" in header:
                raise _refused("is not valid")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self._settings.jwt_issuer,
                audience=self._settings.jwt_audience,
                leeway=self._settings.jwt_leeway_seconds,
                options={"require": _REQUIRED},
            )
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise _refused("is not valid") from error
        if not isinstance(claims["scope"], str):
            raise _refused("is not valid")
        return claims


@lru_cache(maxsize=256)
def _scopes(text: str) -> frozenset[str]:
    """One set for all tokens with the same scopes."""
    return frozenset(text.split())


def _refused(why: str) -> Unauthenticated:
    return Unauthenticated(f"The access token {why}.", challenge='Bearer error="invalid_token"')
