"""Who may call what: endpoints state a scope, authenticators say who is calling.

With no authenticator installed every caller is let in, and the API description says nothing of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from app.errors import Forbidden, Unauthenticated


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is calling, and what they may do."""

    subject: str
    scopes: frozenset[str]


class Authenticator(Protocol):
    """One way to prove who is calling."""

    scheme: str
    """Its name in the API description."""
    challenge: str
    """The value of `WWW-Authenticate` in a 401."""

    def description(self) -> dict[str, Any]:
        """The security scheme for the API description."""

    async def authenticate(self, request: Request) -> Caller | None:
        """The caller; None when the request does not use this way. Raises Unauthenticated."""


class Authenticators:
    """Those installed, asked in order."""

    def __init__(self) -> None:
        self.installed: list[Authenticator] = []

    async def caller(self, request: Request) -> Caller | None:
        """Who calls; None when there is no authenticator at all. Raises Unauthenticated."""
        for authenticator in self.installed:
            caller = await authenticator.authenticate(request)
            if caller is not None:
                return caller
        if self.installed:
            challenge = ", ".join(one.challenge for one in self.installed)
            raise Unauthenticated("This needs a log-in.", challenge=challenge)
        return None


async def current_caller(request: Request) -> Caller | None:
    """Who calls, found out once for each request. Raises Unauthenticated."""
    scope = request.scope
    if "caller" not in scope:
        authenticators: Authenticators = request.app.state.authenticators
        scope["caller"] = await authenticators.caller(request)
    return known_caller(request)


def known_caller(request: Request) -> Caller | None:
    """Who calls, if an endpoint or its requirement has asked."""
    caller: Caller | None = request.scope.get("caller")
    return caller


CurrentCaller = Annotated[Caller | None, Depends(current_caller)]


@dataclass(frozen=True, slots=True)
class Requirement:
    """The dependency behind `requires`; the API description reads `scope` from it."""

    scope: str | None

    async def __call__(self, request: Request) -> None:
        """For routes of any kind; a StrictRoute has checked before it reads the body."""
        if request.scope.get("granted") is not self:
            await self.check(request)

    async def check(self, request: Request) -> None:
        """Raises Unauthenticated or Forbidden."""
        caller = await current_caller(request)
        if caller is not None and self.scope is not None and self.scope not in caller.scopes:
            raise Forbidden(f"This needs the scope {self.scope}.")
        request.scope["granted"] = self


def requires(scope: str | None = None) -> Any:
    """A dependency for `dependencies=[…]`: the caller must be known and have `scope`."""
    return Depends(Requirement(scope))


def security(authenticators: Sequence[Authenticator], scope: str | None) -> list[dict[str, Any]]:
    """The `security` of an operation that requires `scope`."""
    scopes = [scope] if scope else []
    return [{one.scheme: scopes} for one in authenticators]
