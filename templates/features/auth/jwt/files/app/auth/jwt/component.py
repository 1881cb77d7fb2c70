"""The log-in as a part of the service."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import ClassVar

from fastapi import FastAPI

from app.auth.jwt.endpoints import router
from app.auth.jwt.keys import signing_key
from app.auth.jwt.service import LoginService
from app.auth.jwt.settings import LoadUserSettings
from app.auth.jwt.tokens import AccessTokens
from app.auth.jwt.users import COMMANDS
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
        self._key = signing_key(secret)
        self._service: LoginService

    def install(self, app: FastAPI) -> None:
        tokens = AccessTokens(self._settings, self._key)
        app.state.authenticators.installed.append(tokens)
        app.state.signing_key = self._key
        include(app, router)
        self._app, self._tokens = app, tokens

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        app = self._app
        scopes = every_scope(app)
        self._service = LoginService(app.state.database, self._tokens, self._settings, scopes)
        app.state.login_service = self._service
        yield

    async def ready(self) -> None:
        """Whenever the database is."""

    async def seed(self) -> None:
        """The user of load tests, who may do everything."""
        user = LoadUserSettings()
        password = user.load_user_password.get_secret_value()
        if user.load_user_email and password:
            await self._service.set_user(user.load_user_email, password)

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return COMMANDS
