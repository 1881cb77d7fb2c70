"""The one middleware: request id, body limit, log line, metrics, headers, and the last resort.

It is one on purpose, and plain ASGI: each layer of Starlette's `BaseHTTPMiddleware` would cost more
than all of this together.
"""

import logging
import re
from collections.abc import Callable, Sequence
from time import perf_counter, time
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import problem
from app.http import log
from app.http.bodiless import as_get
from app.http.body_limit import limited
from app.http.draining import Draining
from app.monitoring.port import Reading

Observer = Callable[[str, str, int, float], None]
"""Told of every request: method, route template, status, seconds."""

UNMATCHED = "unmatched"
_LOGGER = logging.getLogger("app.request")
_ACCEPTED_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Traffic:
    """How much is going on in this process."""

    __slots__ = ("in_progress",)

    def __init__(self) -> None:
        self.in_progress = 0

    def readings(self) -> list[Reading]:
        """For the monitor."""
        return [
            Reading(
                name="http_requests_in_progress",
                help="Requests that are being answered.",
                kind="gauge",
                read=lambda: self.in_progress,
            )
        ]


class Middleware:
    """Around the whole application, its error handlers included."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        observers: Sequence[Observer],
        traffic: Traffic,
        draining: Draining,
        max_body_bytes: int,
        logs: bool,
    ) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._observers = observers
        self._traffic = traffic
        self._draining = draining
        self._logs = logs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        method = scope["method"]
        if method == "HEAD":
            scope, send = as_get(scope, send)
        self._traffic.in_progress += 1
        request_id = scope["request_id"] = _request_id(scope)
        own_headers = [*SECURITY_HEADERS, (b"x-request-id", request_id.encode())]
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *own_headers]
                if self._draining.active:
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        try:
            body = limited(scope, receive, self._max_body_bytes)
            await self._app(scope, body, send_with_headers)
        except Exception:
            _LOGGER.exception("unexpected error", extra={"request_id": request_id})
            if status != 0:
                raise
            message = "The service has failed."
            answer = problem(500, "internal_error", message, request_id=request_id)
            await answer(scope, receive, send_with_headers)
        finally:
            self._traffic.in_progress -= 1
            self._record(method, scope, status, perf_counter() - started)

    def _record(self, method: str, scope: Scope, status: int, seconds: float) -> None:
        # The template, never the path itself: its values are without bound.
        route = getattr(scope.get("route"), "path_format", UNMATCHED)
        for observe in self._observers:
            observe(method, route, status, seconds)
        if self._logs:
            log.write(
                {
                    "time": round(time(), 3),
                    "level": "info",
                    "message": "request",
                    "request_id": scope["request_id"],
                    "method": method,
                    "route": route,
                    "path": scope["path"],
                    "status": status,
                    "ms": round(seconds * 1000, 3),
                }
            )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ACCEPTED_ID.fullmatch(value):
            return str(value, "ascii")
    return uuid4().hex
