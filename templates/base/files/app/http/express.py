"""The short way to most endpoints, past FastAPI's routing; what goes another way goes through it.

Routing, dependencies and the handling of exceptions cost more there than all the rest of a request.
Nothing depends on this: without it everything is answered alike, by FastAPI.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any, cast

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from app.auth.port import Requirement
from app.http.calls import Call, NotDirect
from app.http.finder import Finder
from app.http.route import StrictRequest, StrictRoute, requirement, routes


@dataclass(frozen=True, slots=True)
class Direct:
    """A route that can be called directly."""

    route: APIRoute
    requirement: Requirement | None
    call: Call


class Express:
    """Around FastAPI's own handling of exceptions and its routing."""

    def __init__(self, app: ASGIApp, *, owner: FastAPI) -> None:
        self._app = app
        self._owner = owner
        direct = [_direct(route) for route in routes(owner)]
        self._finder = Finder(owner, [it for it in direct if it is not None])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._finder.find(scope) if self._is_usual(scope) else None
        if found is None:
            await self._app(scope, receive, send)
            return
        direct, scope["path_params"] = found
        scope["route"], scope["endpoint"] = direct.route, direct.route.endpoint
        request = StrictRequest(scope, receive, send)
        try:
            if direct.requirement is not None:
                await direct.requirement.check(request)
            answer = await direct.call(request)
        except Exception as error:
            answer = await self._handled(request, error)
        await answer(scope, receive, send)

    def _is_usual(self, scope: Scope) -> bool:
        """Whether nothing wants to look into what FastAPI does, or to change it."""
        return (
            scope["type"] == "http"
            and not scope.get("root_path")
            and "fastapi.telemetry" not in scope
            and not self._owner.dependency_overrides
        )

    async def _handled(self, request: StrictRequest, error: Exception) -> Response:
        """What the application's handler of such exceptions answers, as Starlette finds it."""
        handlers = self._owner.exception_handlers
        kinds: list[Any] = [kind for kind in type(error).__mro__ if kind is not Exception]
        if isinstance(error, HTTPException):
            kinds.insert(0, error.status_code)
        handler = next((handlers[kind] for kind in kinds if kind in handlers), None)
        if handler is None:
            raise error
        if iscoroutinefunction(handler):
            answer: Response = await handler(request, error)
        else:
            answer = await run_in_threadpool(cast(Callable[..., Response], handler), request, error)
        return answer


def _direct(route: APIRoute) -> Direct | None:
    dependencies = [it.dependency for it in route.dependencies]
    if not isinstance(route, StrictRoute) or not all(
        isinstance(it, Requirement) for it in dependencies
    ):
        return None
    try:
        call = Call(route.endpoint, route.param_convertors)
    except NotDirect:
        return None
    return Direct(route, requirement(route), call)
