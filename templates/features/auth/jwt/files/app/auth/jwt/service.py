"""Logging in, staying logged in, logging out."""

import hashlib
import secrets
from typing import Any

from app import moments
from app.auth.jwt.passwords import NOBODY, hash_password, is_password
from app.auth.jwt.settings import JwtSettings
from app.auth.jwt.tokens import AccessTokens
from app.auth.refresh_tokens.repository import ROWS as REFRESH_TOKENS
from app.auth.users.repository import ROWS as USERS
from app.database.session import Database, Transaction
from app.errors import Stale, Unauthenticated
from app.ids import new_id
from app.listing import Filter
from app.schema import Row

EVERY_SCOPE = "*"


class LoginService:
    """Users and their tokens. Its transactions are its own: a refused token is revoked for good,
    though the caller gets an error.
    """

    def __init__(
        self,
        database: Database,
        tokens: AccessTokens,
        settings: JwtSettings,
        every_scope: list[str],
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._settings = settings
        self._every_scope = every_scope

    async def log_in(self, email: str, password: str) -> dict[str, Any]:
        """New tokens. Raises Unauthenticated."""
        user = await USERS.first(self._database.reader, {"email": email.lower()})
        password_hash = user["password_hash"] if user else NOBODY
        if not await is_password(password, password_hash) or user is None:
            raise Unauthenticated("The e-mail address or the password is wrong.")
        async with self._database.transaction() as transaction:
            outdated = Filter("expires_at", "lte", moments.now())
            await REFRESH_TOKENS.remove_all(
                transaction, [Filter("user_id", "eq", user["id"]), outdated]
            )
            return await self._new_tokens(transaction, user, new_id())

    async def refresh(self, token: str) -> dict[str, Any]:
        """New tokens for a refresh token, which is then used up. Raises Unauthenticated."""
        async with self._database.transaction() as transaction:
            given = await _use(transaction, token)
            user = given and await USERS.first(transaction, {"id": given["user_id"]})
            if given is not None and user is not None:
                return await self._new_tokens(transaction, user, given["family"])
        raise Unauthenticated("The refresh token is not valid.")

    async def log_out(self, token: str) -> None:
        """Ends the log-in that this refresh token is of."""
        async with self._database.transaction() as transaction:
            given = await REFRESH_TOKENS.first(transaction, {"token_hash": _hash(token)})
            if given is not None:
                await _revoke(transaction, given)

    async def user(self, user_id: str) -> dict[str, Any]:
        """Who is logged in. Raises Unauthenticated for a user who is gone."""
        user = await USERS.first(self._database.reader, {"id": user_id})
        if user is None:
            raise Unauthenticated("This user is gone.")
        return {"id": user["id"], "email": user["email"], "scopes": self._scopes(user)}

    async def set_user(self, email: str, password: str, scopes: str = EVERY_SCOPE) -> bool:
        """Makes a user, or changes the one with this address; whether it is a new one."""
        values = {"password_hash": await hash_password(password), "scopes": scopes}
        async with self._database.transaction() as transaction:
            user = await USERS.first(transaction, {"email": email.lower()})
            if user is None:
                await USERS.add(transaction, {"email": email.lower(), **values})
            else:
                await USERS.change(transaction, user["id"], values)
                await REFRESH_TOKENS.remove_all(transaction, [Filter("user_id", "eq", user["id"])])
        return user is None

    async def _new_tokens(self, transaction: Transaction, user: Row, family: str) -> dict[str, Any]:
        refresh_token = secrets.token_urlsafe(32)
        row = {
            "user_id": user["id"],
            "family": family,
            "token_hash": _hash(refresh_token),
            "is_used": False,
            "expires_at": moments.after(self._settings.jwt_refresh_seconds),
        }
        await REFRESH_TOKENS.add(transaction, row)
        return {
            "access_token": self._tokens.make(user["id"], self._scopes(user)),
            "refresh_token": refresh_token,
            "token_type": "Bearer",
            "expires_in": self._settings.jwt_access_seconds,
        }

    def _scopes(self, user: Row) -> list[str]:
        return self._every_scope if user["scopes"] == EVERY_SCOPE else user["scopes"].split()


async def _use(transaction: Transaction, token: str) -> Row | None:
    """The stored token, now used up; None when it is not good. Its reuse revokes the family."""
    given = await REFRESH_TOKENS.first(transaction, {"token_hash": _hash(token)})
    if given is None or given["expires_at"] <= moments.now():
        return None
    try:
        if not given["is_used"]:
            versions = {given["version"]}
            return await REFRESH_TOKENS.change(
                transaction, given["id"], {"is_used": True}, versions
            )
    except Stale:  # somebody else used it at this very moment
        pass
    await _revoke(transaction, given)
    return None


async def _revoke(transaction: Transaction, given: Row) -> None:
    await REFRESH_TOKENS.remove_all(transaction, [Filter("family", "eq", given["family"])])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
