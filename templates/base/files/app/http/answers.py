"""Answers: JSON written once as bytes, with an entity tag, kept in the cache where there is one."""

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import msgspec
from fastapi import Request, Response

from app.cache.port import Cache
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


async def cached_item(request: Request, group: str, load: Callable[[], Awaitable[Row]]) -> Response:
    """200 for the row that `load` reads, or 304; from the cache if it is there."""

    async def make() -> bytes:
        row = await load()
        return etag_of(row["version"]).encode() + b"\n" + _encode(row)

    return await _cached(request, group, make)


async def cached_page(
    request: Request, group: str, load: Callable[[], Awaitable[Page]]
) -> Response:
    """200 for the page that `load` reads, or 304; from the cache if it is there."""

    async def make() -> bytes:
        page = await load()
        body = _encode({"items": page.items, "next_cursor": page.next_cursor})
        return b'"%s"\n%s' % (blake2b(body, digest_size=12).hexdigest().encode(), body)

    return await _cached(request, group, make)


async def _cached(request: Request, group: str, make: Callable[[], Awaitable[bytes]]) -> Response:
    """The cache keeps an entity tag, a line feed and the body, under path and query."""
    cache: Cache = request.app.state.cache
    key = f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"
    kept = await cache.get(group, key)
    if kept is None:
        generation = await cache.generation(group)
        kept = await make()
        await cache.put(group, key, kept, generation)
    tag, _, body = kept.partition(b"\n")
    headers = {"ETag": tag.decode()}
    seen = request.headers.get("if-none-match")
    if seen is not None and is_known(headers["ETag"], seen):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, JSON)
