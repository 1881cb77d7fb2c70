"""HTTP on the wire: uvicorn's, but a request must begin in time, and what is no HTTP at all is
told so in a problem document, too.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.errors import problem
from app.http.joining import Joining
from app.http.middleware import SECURITY_HEADERS

HEAD_SECONDS = 10.0
"""How long the head of a request may take to come; a connection may be idle for less."""


class Protocol(HttpToolsProtocol):
    """One connection."""

    _is_in_head = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        joining: Any = Joining(transport, self.loop)
        super().connection_made(joining)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # Most heads come in one piece, and need no timer.
        if self._is_in_head and self._timer is None:
            self._start_timer()

    def on_message_begin(self) -> None:
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        if self._timer is not None:
            self._stop_timer()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Called for what the parser cannot read, before there is a request."""
        self._refuse(400, "bad_request", "This is no HTTP request, or its method is unknown.")

    def _refuse(self, status: int, code: str, message: str) -> None:
        answer = problem(status, code, message, headers={"Connection": "close"})
        lines = [b"%s: %s\r\n" % header for header in (*answer.raw_headers, *SECURITY_HEADERS)]
        self.transport.write(b"".join((STATUS_LINE[status], *lines, b"\r\n", answer.body)))
        self.transport.close()

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._is_late)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_late(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._start_timer()  # the request before is still being answered
        elif self._is_in_head:
            message = f"The head of the request did not come within {HEAD_SECONDS:g} s."
            self._refuse(408, "head_too_slow", message)
        else:
            self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing to warn of: a request to change to WebSocket is answered like any other."""
