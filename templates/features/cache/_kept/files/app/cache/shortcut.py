"""Gives kept answers before any routing: a hit costs authentication, a look-up and the bytes."""

from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.auth.port import Requirement
from app.cache.port import LOOKED, kept_in
from app.cache.reading import Store
from app.errors import AppError
from app.http.answers import key_of, read_headers, send_kept
from app.http.finder import Finder
from app.http.route import requirement, routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An endpoint that is marked with `kept`."""

    route: APIRoute
    group: str
    requirement: Requirement | None


class Shortcut:
    """Around routing. What it cannot answer itself, errors too, goes on as if it were not there."""

    def __init__(self, app: ASGIApp, *, owner: FastAPI, store: Store) -> None:
        self._app = app
        self._store = store
        targets = [_target(route) for route in routes(owner)]
        self._finder = Finder(owner, [it for it in targets if it is not None])
        self._headers = [
            (name.lower().encode(), value.encode()) for name, value in read_headers(owner).items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            found = self._finder.find(scope)
            if found is not None and await self._lets_in(found[0], scope):
                target = found[0]
                key = key_of(scope, target.route.path_format)
                looked = await self._store.look(target.group, key)
                if looked.value is not None:
                    scope["route"] = target.route
                    await send_kept(looked.value, self._headers, scope, send)
                    return
                scope[LOOKED] = looked
        await self._app(scope, receive, send)

    async def _lets_in(self, target: Target, scope: Scope) -> bool:
        if target.requirement is None:
            return True
        try:
            await target.requirement.check(Request(scope))
        except AppError:
            return False
        return True


def _target(route: APIRoute) -> Target | None:
    group = kept_in(route.endpoint)
    only_requires = all(isinstance(it.dependency, Requirement) for it in route.dependencies)
    if group is None or "GET" not in (route.methods or ()) or not only_requires:
        return None
    return Target(route=route, group=group, requirement=requirement(route))
