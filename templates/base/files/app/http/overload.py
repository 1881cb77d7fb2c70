"""Sheds what the service cannot do in time: 503 early, and no request without an end."""

import asyncio
from collections.abc import Set

from fastapi import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.environment import ServiceSettings
from app.errors import problem
from app.http.gate import Gate
from app.http.head import refusal
from app.http.watch import Watch

CLIENT_CLOSED_REQUEST = 499
"""Nobody sees it but the log and the metrics."""


class Overload:
    """Inside the one middleware, around everything that works on requests.

    Paths in `exempt` are always served: whoever asks for health or metrics must not have to queue.
    """

    def __init__(self, app: ASGIApp, *, settings: ServiceSettings, exempt: Set[str]) -> None:
        self._app = app
        self._exempt = exempt
        self._seconds = settings.request_seconds
        self._gate = Gate(
            limit=settings.requests_at_once,
            waiting=settings.requests_waiting,
            seconds=settings.waiting_seconds,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._exempt:
            await self._app(scope, receive, send)
            return
        refused = refusal(scope)
        if refused is not None:
            await refused(scope, receive, send)
            return
        if not self._gate.enter() and not await self._gate.wait():
            message = "The service is doing as much as it can; try again."
            answer = _problem(scope, 503, "overloaded", message)
            await answer(scope, receive, send)
            return
        try:
            await self._work(scope, receive, send)
        finally:
            self._gate.leave()

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        watch = Watch(scope, receive, send, seconds=self._seconds)
        try:
            await self._app(scope, watch.receive, watch.send)
        except asyncio.CancelledError:
            if not watch.caught():
                raise
            if watch.has_answered and watch.ended_by != "client":
                # The answer is cut off in the middle: that must not look like its end.
                raise TimeoutError("the client was too slow to take the answer") from None
            if not watch.has_answered:
                await self._ended(scope, watch)(scope, receive, send)
        finally:
            watch.close()

    def _ended(self, scope: Scope, watch: Watch) -> Response:
        if watch.ended_by == "client":
            return Response(status_code=CLIENT_CLOSED_REQUEST)
        if watch.ended_by == "upload":
            message = f"The body did not come within {self._seconds:g} s."
            return _problem(scope, 408, "body_too_slow", message)
        message = f"This was not done within {self._seconds:g} s."
        return _problem(scope, 503, "deadline_exceeded", message)


def _problem(scope: Scope, status: int, code: str, message: str) -> Response:
    headers = {"Connection": "close"} if status == 408 else {"Retry-After": "1"}
    return problem(status, code, message, headers=headers, request_id=scope.get("request_id"))
