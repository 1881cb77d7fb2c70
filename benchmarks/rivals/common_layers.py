"""What the usual templates have in common: models of what is sent, four `BaseHTTPMiddleware`."""

import json
import logging
import sys
import time
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Request, Response
from prometheus_client import Counter, Histogram
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

REQUESTS = Counter("requests", "Requests", ["method", "route", "status"])
SECONDS = Histogram("seconds", "Seconds", ["method", "route"])
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
log = logging.getLogger("access")


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


class ThingIn(BaseModel):
    """What callers send."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    price: Annotated[Decimal, Field(max_digits=10, decimal_places=2)]
    stock: int = 0
    note: str | None = None


class ThingOut(ThingIn):
    """What callers get."""

    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    created_at: datetime
    updated_at: datetime
    version: int


class Page(BaseModel):
    """A page of things."""

    items: list[ThingOut]
    next_cursor: str | None


class RequestId(BaseHTTPMiddleware):
    """Gives every request an id."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        request.state.request_id = request.headers.get("x-request-id") or uuid.uuid4().hex
        response = await call_next(request)
        response.headers["x-request-id"] = request.state.request_id
        return response


class Headers(BaseHTTPMiddleware):
    """Adds the security headers."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["x-frame-options"] = "DENY"
        response.headers["referrer-policy"] = "no-referrer"
        response.headers["cross-origin-resource-policy"] = "same-origin"
        return response


class Metrics(BaseHTTPMiddleware):
    """Counts requests and their times."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        start = time.perf_counter()
        response = await call_next(request)
        route = getattr(request.scope.get("route"), "path", "unmatched")
        REQUESTS.labels(request.method, route, response.status_code).inc()
        SECONDS.labels(request.method, route).observe(time.perf_counter() - start)
        return response


class AccessLog(BaseHTTPMiddleware):
    """Writes a line of JSON for each request."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        start = time.perf_counter()
        response = await call_next(request)
        line = {
            "time": time.time(),
            "level": "info",
            "message": "request",
            "request_id": request.state.request_id,
            "method": request.method,
            "path": request.url.path,
            "status": response.status_code,
            "ms": (time.perf_counter() - start) * 1000,
        }
        log.info(json.dumps(line))
        return response


LAYERS = (AccessLog, Metrics, Headers, RequestId)
"""The last is the outermost."""
