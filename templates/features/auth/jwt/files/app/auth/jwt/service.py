"""Logging in, staying logged in, logging out."""

import hashlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Iterable
from typing import Any

from app import moments
from app.auth.jwt.passwords import Passwords, check_password
from app.auth.jwt.roles import FIRST_ROLE, check_roles, check_scopes, scopes_of
from app.auth.jwt.settings import JwtSettings
from app.auth.jwt.throttle import Attempt, Throttle
from app.auth.jwt.tokens import AccessTokens
from app.auth.logins.repository import ROWS as LOGINS
from app.auth.users.repository import ROWS as USERS
from app.database.session import Database, Transaction
from app.errors import NotFound, Stale, Unauthenticated
from app.ids import new_id
from app.listing import Filter
from app.schema import Row

SWEEP_SECONDS = 60
_TOKEN = re.compile("([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[.]([A-Za-z0-9_-]{43})")
_LOGGER = logging.getLogger("app.auth")


class LoginService:
    """Users and their log-ins. Its transactions are its own: what is revoked stays revoked, though
    the caller gets an error.

    A log-in is one row that holds the hash of its one good refresh token. So a token is used up,
    or its log-in ended, by changing that row: whoever comes second finds it changed.
    """

    def __init__(
        self,
        database: Database,
        tokens: AccessTokens,
        passwords: Passwords,
        settings: JwtSettings,
        every_scope: list[str],
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._passwords = passwords
        self._settings = settings
        self._every_scope = every_scope
        self._throttle = Throttle(database, settings)
        self._swept = 0.0

    async def log_in(self, email: str, password: str, address: str) -> dict[str, Any]:
        """New tokens. Raises Unauthenticated, TooManyAttempts, Unavailable."""
        attempt = Attempt.of(email.lower(), address)
        await self._throttle.check(attempt)
        user = await USERS.first(self._database.reader, {"email": email.lower()})
        is_right = await self._passwords.verify(password, user["password_hash"] if user else None)
        if user is None or not is_right:
            await self._throttle.failed(attempt)
            raise _wrong()
        await self._throttle.succeeded(attempt)
        await self._sweep()
        outdated = self._passwords.is_outdated(user["password_hash"])
        password_hash = await self._passwords.hash(password) if outdated else user["password_hash"]
        async with self._database.transaction() as transaction:
            # Locks the user: a password that is changed at this moment ends this log-in, too.
            now = {"last_login_at": moments.now()}
            current = await _changed(transaction, user["id"], now)
            if current["password_hash"] != user["password_hash"]:
                raise _wrong()
            if outdated:
                await USERS.change(transaction, user["id"], {"password_hash": password_hash})
            login_id, secret = new_id(), _new_secret()
            row = {"id": login_id, "user_id": user["id"], **self._values(secret)}
            await LOGINS.add(transaction, row)
        return self._given(current, login_id, secret)

    async def refresh(self, token: str) -> dict[str, Any]:
        """New tokens for a refresh token, which is then used up. Raises Unauthenticated."""
        login_id, secret = _parts(token)
        login = await LOGINS.first(self._database.reader, {"id": login_id})
        oldest = moments.after(-self._settings.jwt_login_seconds)
        if login is None or login["expires_at"] <= moments.now() or login["created_at"] <= oldest:
            raise _refused()
        if not hmac.compare_digest(login["token_hash"], _hash(secret)):
            await self._end(login_id)
            who = login["user_id"]
            _LOGGER.warning("a refresh token of user %s was used again: log-in ended", who)
            raise _refused()
        new_secret = _new_secret()
        try:
            async with self._database.transaction() as transaction:
                versions = {login["version"]}
                await LOGINS.change(transaction, login_id, self._values(new_secret), versions)
                user = await USERS.get(transaction, login["user_id"])
        except (Stale, NotFound) as error:
            # Used or ended between looking and changing: two at once, of which one wins.
            raise _refused() from error
        return self._given(user, login_id, new_secret)

    async def log_out(self, token: str) -> None:
        """Ends the log-in that this refresh token is of; it may be one that is used up."""
        found = _TOKEN.fullmatch(token)
        if found is not None:
            await self._end(found[1])

    async def user(self, user_id: str) -> dict[str, Any]:
        """Who is logged in. Raises Unauthenticated for a user who is gone."""
        user = await USERS.first(self._database.reader, {"id": user_id})
        if user is None:
            raise Unauthenticated("This user is gone.")
        shown = {"id": user["id"], "email": user["email"], "roles": user["roles"].split()}
        return {**shown, "scopes": self._scopes(user)}

    async def set_user(
        self,
        email: str,
        password: str,
        *,
        roles: Iterable[str] | None = None,
        scopes: Iterable[str] | None = None,
    ) -> bool:
        """Makes a user, or changes the one with this address and ends their log-ins; whether it is
        a new one. Roles and scopes that are not given stay as they are. Raises ValueError.
        """
        check_password(password)
        check_roles(roles or ())
        check_scopes(scopes or (), self._every_scope)
        values = {"password_hash": await self._passwords.hash(password)}
        values |= {} if roles is None else {"roles": " ".join(roles)}
        values |= {} if scopes is None else {"scopes": " ".join(scopes)}
        async with self._database.transaction() as transaction:
            user = await USERS.first(transaction, {"email": email.lower()})
            if user is None:
                first = {"email": email.lower(), "roles": FIRST_ROLE, "scopes": ""}
                await USERS.add(transaction, {**first, "last_login_at": None, **values})
            else:
                await USERS.change(transaction, user["id"], values)
                await LOGINS.remove_all(transaction, [Filter("user_id", "eq", user["id"])])
        return user is None

    def _values(self, secret: str) -> Row:
        expires_at = moments.after(self._settings.jwt_refresh_seconds)
        return {"token_hash": _hash(secret), "expires_at": expires_at}

    def _given(self, user: Row, login_id: str, secret: str) -> dict[str, Any]:
        return {
            "access_token": self._tokens.make(user["id"], self._scopes(user)),
            "refresh_token": f"{login_id}.{secret}",
            "token_type": "Bearer",
            "expires_in": self._settings.jwt_access_seconds,
        }

    def _scopes(self, user: Row) -> list[str]:
        return scopes_of(user["roles"].split(), user["scopes"].split(), self._every_scope)

    async def _end(self, login_id: str) -> None:
        async with self._database.transaction() as transaction:
            await LOGINS.remove_all(transaction, [Filter("id", "eq", login_id)])

    async def _sweep(self) -> None:
        """Removes what has expired; now and then, for that is soon enough."""
        if time.monotonic() < self._swept + SWEEP_SECONDS:
            return
        self._swept = time.monotonic()
        async with self._database.transaction() as transaction:
            outdated = Filter("expires_at", "lte", moments.now())
            await LOGINS.remove_all(transaction, [outdated])
        await self._throttle.sweep()


async def _changed(transaction: Transaction, user_id: str, values: Row) -> Row:
    try:
        return await USERS.change(transaction, user_id, values)
    except NotFound as error:
        raise _wrong() from error


def _parts(token: str) -> tuple[str, str]:
    """The id of the log-in, and the secret. Raises Unauthenticated."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise _refused()
    return found[1], found[2]


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _wrong() -> Unauthenticated:
    return Unauthenticated("The e-mail address or the password is wrong.")


def _refused() -> Unauthenticated:
    return Unauthenticated("The refresh token is not valid.")
