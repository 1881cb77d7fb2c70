"""Near what Python can do: Starlette, asyncpg, msgspec and one plain ASGI middleware, no framework.

It does the same reads as ours with the same work around them: a JSON log line, metrics, headers, a
request id. It has no limits, no deadlines, no shedding, no entity tags and no description. Run with
`uvicorn`, the database from DATABASE_URL.
"""

import os
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
import orjson
from prometheus_client import Counter, Histogram
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter("requests", "Requests", ["method", "route", "status"])
SECONDS = Histogram("seconds", "Seconds", ["method", "route"])
COLUMNS = "id, created_at, updated_at, version, name, price, stock, note"
ONE = f"SELECT {COLUMNS} FROM things WHERE id = $1"
PAGE = f"SELECT {COLUMNS} FROM things ORDER BY id LIMIT $1"
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
encode = msgspec.json.Encoder().encode


class Around:
    """Request id, headers, metrics and the log line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._counters: dict[tuple[str, str, int], Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = uuid.uuid4().hex
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [*HEADERS, (b"x-request-id", request_id.encode())]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        await self._app(scope, receive, send_with_headers)
        seconds = time.perf_counter() - started
        route = scope["endpoint"].__name__ if "endpoint" in scope else "unmatched"
        self._count(scope["method"], route, status, seconds)
        line = {
            "time": time.time(),
            "level": "info",
            "message": "request",
            "request_id": request_id,
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "ms": seconds * 1000,
        }
        sys.stdout.write(orjson.dumps(line).decode() + "\n")
        sys.stdout.flush()

    def _count(self, method: str, route: str, status: int, seconds: float) -> None:
        key = method, route, status
        if key not in self._counters:
            timer = SECONDS.labels(method, route)
            self._counters[key] = REQUESTS.labels(method, route, str(status)), timer
        counter, timer = self._counters[key]
        counter.inc()
        timer.observe(seconds)


async def readyz(request: Request) -> Response:
    """The service answers."""
    return JSONResponse({"status": "ready"})


async def list_things(request: Request) -> Response:
    """A page of things."""
    try:
        limit = int(request.query_params.get("limit", "50"))
    except ValueError:
        return JSONResponse({"detail": "limit"}, 422)
    if not 1 <= limit <= 200:
        return JSONResponse({"detail": "limit"}, 422)
    async with request.app.state.pool.acquire() as connection:
        rows = await connection.fetch(PAGE, limit + 1)
    items = [dict(row) for row in rows[:limit]]
    cursor = str(items[-1]["id"]) if len(rows) > limit else None
    body = encode({"items": items, "next_cursor": cursor})
    return Response(body, media_type="application/json")


async def get_thing(request: Request) -> Response:
    """One thing."""
    try:
        row_id = uuid.UUID(request.path_params["id"])
    except ValueError:
        return JSONResponse({"detail": "id"}, 422)
    async with request.app.state.pool.acquire() as connection:
        row = await connection.fetchrow(ONE, row_id)
    if row is None:
        return JSONResponse({"detail": "not found"}, 404)
    return Response(encode(dict(row)), media_type="application/json")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """A pool while the service runs."""
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], max_size=20) as pool:
        app.state.pool = pool
        yield


app = Starlette(
    routes=[
        Route("/readyz", readyz),
        Route("/api/v1/things", list_things),
        Route("/api/v1/things/{id}", get_thing),
    ],
    lifespan=lifespan,
)
app.add_middleware(Around)
