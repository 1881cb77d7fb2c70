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
        self._exact: dict[str, Target] = {}
        self._below: dict[str, Target] = {}
        for route in routes(owner):
            self._add(route)
        self._headers = [
            (name.lower().encode(), value.encode()) for name, value in read_headers(owner).items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            target = self._target(scope["path"])
            if target is not None and await self._lets_in(target, scope):
                key = key_of(scope, target.route.path_format)
                looked = await self._store.look(target.group, key)
                if looked.value is not None:
                    scope["route"] = target.route
                    await send_kept(looked.value, self._headers, scope, send)
                    return
                scope[LOOKED] = looked
        await self._app(scope, receive, send)

    def _add(self, route: APIRoute) -> None:
        group = kept_in(route.endpoint)
        only_requires = all(isinstance(it.dependency, Requirement) for it in route.dependencies)
        if group is None or "GET" not in (route.methods or ()) or not only_requires:
            return
        target = Target(route=route, group=group, requirement=requirement(route))
        above, _, last = route.path.rpartition("/")
        if "{" not in route.path:
            self._exact[route.path] = target
        elif "{" not in above and last[0] == "{" and last[-1] == "}" and ":" not in last:
            self._below[above] = target

    def _target(self, path: str) -> Target | None:
        return self._exact.get(path) or self._below.get(path.rpartition("/")[0])

    async def _lets_in(self, target: Target, scope: Scope) -> bool:
        if target.requirement is None:
            return True
        try:
            await target.requirement.check(Request(scope))
        except AppError:
            return False
        return True
