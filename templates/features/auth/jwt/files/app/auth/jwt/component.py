"""The log-in as a part of the service."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import ClassVar

from fastapi import FastAPI

from app.auth.jwt import rotation, users
from app.auth.jwt.endpoints import router
from app.auth.jwt.keys import key_ring
from app.auth.jwt.passwords import Passwords
from app.auth.jwt.roles import FIRST_ROLE
from app.auth.jwt.service import LoginService
from app.auth.jwt.settings import LoadUserSettings
from app.auth.jwt.tokens import AccessTokens
from app.component import Command
from app.environment import ConfigurationError
from app.http.route import every_scope, include
from app.settings import Settings


class JwtLogin:
    """Installs the authenticator and the endpoints."""

    name: ClassVar[str] = "jwt"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.jwt
        secret = settings.jwt.jwt_signing_key.get_secret_value()
        if not secret and settings.service.workers > 1:
            raise ConfigurationError("JWT_SIGNING_KEY is empty, and all workers need the same one")
        others = settings.jwt.jwt_previous_keys
        self._keys = key_ring(secret, others.get_secret_value() if others else "")
        self._service: LoginService

    def install(self, app: FastAPI) -> None:
        tokens = AccessTokens(self._settings, self._keys)
        app.state.authenticators.installed.append(tokens)
        app.state.key_ring = self._keys
        include(app, router)
        self._app, self._tokens = app, tokens

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        app = self._app
        passwords = Passwords(self._settings)
        self._service = LoginService(
            app.state.database, self._tokens, passwords, self._settings, every_scope(app)
        )
        app.state.login_service = self._service
        try:
            yield
        finally:
            passwords.close()

    async def ready(self) -> None:
        """Whenever the database is."""

    async def seed(self) -> None:
        """The user of load tests, who may do everything."""
        user = LoadUserSettings()
        password = user.load_user_password.get_secret_value()
        if user.load_user_email and password:
            await self._service.set_user(user.load_user_email, password, roles=[FIRST_ROLE])

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return {"user": users.COMMAND, "rotate-key": rotation.COMMAND}
