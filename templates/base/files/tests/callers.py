"""Callers for tests: who they are stands in a header, whatever way to log in was chosen."""

from typing import Any

from fastapi import FastAPI, Request

from app.auth.port import Authenticators, Caller
from app.http.route import every_scope

HEADER = "X-Test-Scopes"
EVERYTHING = {HEADER: "*"}


class ScopesInHeader:
    """An authenticator that believes what it is told."""

    scheme = "test"
    challenge = "Test"

    def __init__(self, everything: frozenset[str]) -> None:
        self._everything = everything

    @classmethod
    def install(cls, app: FastAPI) -> None:
        """Asked first, where there are authenticators at all."""
        authenticators: Authenticators = app.state.authenticators
        if authenticators.installed:
            authenticators.installed.insert(0, cls(frozenset(every_scope(app))))

    def description(self) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": HEADER}

    async def authenticate(self, request: Request) -> Caller | None:
        scopes = request.headers.get(HEADER)
        if scopes is None:
            return None
        granted = self._everything if scopes == "*" else frozenset(scopes.split())
        return Caller(subject="test", scopes=granted)
