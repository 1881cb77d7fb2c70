"""Routes: how they parse, how they are added, which scopes they require."""

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute

from app.auth.port import Requirement


class StrictRequest(Request):
    """Rejects what Python's own parser lets through: NaN, Infinity, lone surrogates."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = orjson.loads(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route whose request is a StrictRequest; who may not call it is told so before the body is
    looked at.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        required = requirement(self)

        async def strict_handler(request: Request) -> Response:
            if required is not None:
                await required.check(request)
            return await handler(StrictRequest(request.scope, request.receive))

        return strict_handler


def include(app: FastAPI, router: APIRouter) -> None:
    """Adds a router with complete paths; one level deep, as every level is matched again."""
    app.state.routers.append(router)
    app.include_router(router)


def routes(app: FastAPI) -> list[APIRoute]:
    """Every route that was included."""
    routers: list[APIRouter] = app.state.routers
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def methods(route: APIRoute) -> list[str]:
    """Its methods, sorted."""
    return sorted(route.methods or ())


def requirement(route: APIRoute) -> Requirement | None:
    """What `requires` said of this route."""
    for dependency in route.dependencies:
        if isinstance(dependency.dependency, Requirement):
            return dependency.dependency
    return None


def every_scope(app: FastAPI) -> list[str]:
    """Every scope that some route requires, sorted."""
    required = [requirement(route) for route in routes(app)]
    return sorted({one.scope for one in required if one is not None and one.scope is not None})
