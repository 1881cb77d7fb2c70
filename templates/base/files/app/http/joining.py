"""The head of an answer and the body after it, sent together.

uvicorn writes them one after the other, and uvloop sends each at once: two calls of the system, and
two packets, for most answers.
"""

import asyncio
from typing import Any


class Joining:
    """A transport that keeps what is written until more is, or until the loop's next turn."""

    __slots__ = ("_kept", "_later", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._kept = b""
        self._later: asyncio.Handle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._later is None:
            self._kept = data
            self._later = self._loop.call_soon(self._send)
        else:
            self._forget()
            self._transport.writelines((self._kept, data))

    def close(self) -> None:
        """After what was written."""
        if self._later is not None:
            self._send()
        self._transport.close()

    def _send(self) -> None:
        self._forget()
        if not self._transport.is_closing():
            self._transport.write(self._kept)

    def _forget(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
