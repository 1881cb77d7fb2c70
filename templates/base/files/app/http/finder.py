"""Which route an address belongs to, found at once instead of by asking every route in turn."""

import re
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.routing import Mount
from starlette.types import Scope

_USUAL = re.compile(r"(?P<above>[^{}]*)/(?:(?P<last>[^{}/]*)|\{(?P<name>\w+)\})")
_ANYTHING = "/{rest:path}"


class OfRoute(Protocol):
    """Something that belongs to a route."""

    @property
    def route(self) -> APIRoute: ...


T = TypeVar("T", bound=OfRoute)


class Finder(Generic[T]):
    """Finds what belongs to the route of a request.

    It knows those with an address like `/things` or `/things/{id}`, and finds what asking in turn
    would find: it leaves out what a route that comes earlier could hide.
    """

    def __init__(self, app: FastAPI, known: Iterable[T]) -> None:
        self._exact: dict[tuple[str, str], T] = {}
        self._below: dict[tuple[str, str], tuple[T, str]] = {}
        self._unknown: set[str] = set()
        by_route = {id(one.route): one for one in known}
        earlier: list[tuple[str, frozenset[str]]] = []
        for context in iter_route_contexts(app.routes):
            path, methods = _address(context)
            hidden = any(_hides(path, methods, *other) for other in earlier)
            one = by_route.get(id(context.original_route))
            if one is not None and not hidden:
                self._add(path, methods, one)
            elif "{" not in path:
                self._unknown.add(path)
            earlier.append((path, methods))

    def find(self, scope: Scope) -> tuple[T, dict[str, str]] | None:
        """What belongs to the route of this request, and the values of its path."""
        method, path = scope["method"], scope["path"]
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact, {}
        above, _, last = path.rpartition("/")
        below = self._below.get((method, above))
        if below is None or not last or path in self._unknown:
            return None
        return below[0], {below[1]: last}

    def _add(self, path: str, methods: frozenset[str], value: T) -> None:
        usual = _USUAL.fullmatch(path)
        if usual is None:
            return
        for method in methods:
            if usual["name"]:
                self._below[method, usual["above"]] = (value, usual["name"])
            else:
                self._exact[method, path] = value


def _address(context: RouteContext) -> tuple[str, frozenset[str]]:
    """The path and the methods; none stands for all of them."""
    path = context.path
    if path is None or isinstance(context.original_route, Mount):
        path = f"{path or ''}{_ANYTHING}"
    return path, frozenset(context.methods or ())


def _hides(path: str, methods: frozenset[str], earlier: str, its_methods: frozenset[str]) -> bool:
    """Whether a request for `path` could be the earlier route's, as far as `find` does not see."""
    if methods and its_methods and not methods & its_methods:
        return False
    if "{" not in earlier:
        return path == earlier
    if ":path}" in earlier:
        first, other = (it.partition("{")[0] for it in (path, earlier))
        return first.startswith(other) or other.startswith(first)
    parts = list(zip(path.split("/"), earlier.split("/"), strict=False))
    same_length = path.count("/") == earlier.count("/")
    return same_length and all(a == b or "{" in a or "{" in b for a, b in parts)
