"""Answers: JSON written once as bytes, with an entity tag, kept in the cache where there is one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.types import Scope, Send

from app.auth.port import Caller
from app.cache.port import LOOKED, Cache
from app.http.conditions import etag_of, is_known
from app.listing import Page
from app.schema import Row

JSON = "application/json"
_encode = msgspec.json.Encoder().encode


def json_answer(content: Any, status: int = 200) -> Response:
    """Any JSON."""
    return Response(_encode(content), status, media_type=JSON)


def created(row: Row, location: str) -> Response:
    """201 for a row that now has the address `location`."""
    # A header holds ASCII; the name of a resource may hold any letters.
    headers = {"Location": quote(location), "ETag": etag_of(row["version"])}
    return Response(_encode(row), 201, headers, JSON)


def item(row: Row) -> Response:
    """200 for a row."""
    return Response(_encode(row), 200, {"ETag": etag_of(row["version"])}, JSON)


def deleted() -> Response:
    """204."""
    return Response(status_code=204)


async def cached_item(
    request: Request,
    group: str,
    load: Callable[[], Awaitable[Row]],
    caller: Caller | None = None,
) -> Response:
    """200 for the row that `load` reads, or 304; from the cache if it is there.

    Pass `caller` where the answer depends on who asks: it is kept for that one alone.
    """

    async def make() -> bytes:
        row = await load()
        return etag_of(row["version"]).encode() + b"\n" + _encode(row)

    return await _cached(request, group, make, caller)


async def cached_page(
    request: Request,
    group: str,
    load: Callable[[], Awaitable[Page]],
    caller: Caller | None = None,
) -> Response:
    """200 for the page that `load` reads, or 304; as `cached_item`."""

    async def make() -> bytes:
        page = await load()
        body = _encode({"items": page.items, "next_cursor": page.next_cursor})
        return b'"%s"\n%s' % (blake2b(body, digest_size=12).hexdigest().encode(), body)

    return await _cached(request, group, make, caller)


async def _cached(
    request: Request, group: str, make: Callable[[], Awaitable[bytes]], caller: Caller | None
) -> Response:
    """The cache keeps an entity tag, a line feed and the body."""
    cache: Cache = request.app.state.cache
    scope = request.scope
    key = key_of(scope, scope["route"].path_format, "" if caller is None else caller.subject)
    looked = scope.get(LOOKED) if caller is None else None
    tag, _, body = (await cache.read(group, key, make, looked)).partition(b"\n")
    headers = {"ETag": tag.decode(), **read_headers(request.app)}
    seen = request.headers.get("if-none-match")
    if seen is not None and is_known(headers["ETag"], seen):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, JSON)


def key_of(scope: Scope, template: str, subject: str = "") -> str:
    """What an answer is kept under: route, query, caller, path. No two requests share one."""
    # A template and a raw query hold no line feed; a decoded path and a subject may.
    query = scope["query_string"].decode("latin-1")
    return f"{template}\n{query}\n{len(subject)}\n{subject}{scope['path']}"


def read_headers(app: FastAPI) -> Mapping[str, str]:
    """What every answer to a read says to caches between here and the caller."""
    state = app.state
    if not hasattr(state, "read_headers"):
        authenticators = state.authenticators.installed
        seconds = state.settings.service.read_max_age
        freshness = f"max-age={seconds}" if seconds else "no-cache"
        if authenticators:
            names = {_header(one.description()) for one in authenticators}
            vary = {"Vary": ", ".join(sorted(names))}
            state.read_headers = {"Cache-Control": f"private, {freshness}", **vary}
        else:
            state.read_headers = {"Cache-Control": f"public, {freshness}"}
    headers: Mapping[str, str] = state.read_headers
    return headers


def _header(scheme: Mapping[str, Any]) -> str:
    """The header that a security scheme reads."""
    if scheme["type"] != "apiKey":
        return "Authorization"
    return "Cookie" if scheme["in"] == "cookie" else str(scheme["name"])


async def send_kept(
    kept: bytes, headers: Sequence[tuple[bytes, bytes]], scope: Scope, send: Send
) -> None:
    """Sends what a cache has kept, or 304; without the cost of a Response."""
    tag, _, body = kept.partition(b"\n")
    start = {"type": "http.response.start", "status": 200}
    own = [(b"etag", tag), *headers]
    seen = [value for name, value in scope["headers"] if name == b"if-none-match"]
    if seen and is_known(tag.decode(), seen[0].decode("latin-1")):
        await send({**start, "status": 304, "headers": own})
        await send({"type": "http.response.body", "body": b""})
        return
    own += [(b"content-type", JSON.encode()), (b"content-length", b"%d" % len(body))]
    await send({**start, "headers": own})
    await send({"type": "http.response.body", "body": body})
