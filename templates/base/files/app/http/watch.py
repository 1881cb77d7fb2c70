"""Ends the work on a request that takes too long, or that nobody waits for any more."""

import asyncio
from typing import Literal

from starlette.types import Message, Receive, Scope, Send

PATIENCE_SECONDS = 0.25
"""Most requests are done by then; only for the others is it worth looking after the client."""
_BODY_HEADERS = (b"content-length", b"transfer-encoding")


class Watch:
    """Around one request, in the task that works on it.

    The work is cancelled after `seconds`, or when the client has gone; `ended_by` then says why.
    """

    __slots__ = (
        "_body_has_come",
        "_ends_at",
        "_listener",
        "_receive",
        "_scope",
        "_send",
        "_task",
        "_timer",
        "ended_by",
        "has_answered",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, seconds: float) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._body_has_come: bool | None = None
        self._listener: asyncio.Task[None] | None = None
        self._task = asyncio.current_task()
        self.ended_by: Literal["client", "deadline", "upload"] | None = None
        self.has_answered = False
        loop = asyncio.get_running_loop()
        self._ends_at = loop.time() + seconds
        self._timer = loop.call_later(min(PATIENCE_SECONDS, seconds), self._look)

    async def receive(self) -> Message:
        """The server's, noting when the body has come."""
        message = await self._receive()
        self._body_has_come = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """The server's, noting that there is an answer."""
        self.has_answered = True
        await self._send(message)

    def close(self) -> None:
        """The work is done."""
        self._timer.cancel()
        if self._listener is not None:
            self._listener.cancel()

    def caught(self) -> bool:
        """Whether the CancelledError that was just caught came from here."""
        return self.ended_by is not None and self._task is not None and self._task.uncancel() == 0

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        left = self._ends_at - loop.time()
        if left <= 0:
            self._end("deadline" if self._has_body_come() else "upload")
            return
        if self._listener is None and self._has_body_come():
            self._listener = loop.create_task(self._listen())
        pause = left if self._listener is not None else min(left, PATIENCE_SECONDS)
        self._timer = loop.call_later(pause, self._look)

    def _has_body_come(self) -> bool:
        """A message read here would be missing there: so nobody listens while the body comes."""
        if self._body_has_come is None:
            announced = any(name in _BODY_HEADERS for name, _ in self._scope["headers"])
            self._body_has_come = not announced
        return self._body_has_come

    async def _listen(self) -> None:
        message = await self._receive()
        while message["type"] != "http.disconnect":
            message = await self._receive()
        self._end("client")

    def _end(self, reason: Literal["client", "deadline", "upload"]) -> None:
        if self.ended_by is None and self._task is not None:
            self.ended_by = reason
            self._task.cancel()
