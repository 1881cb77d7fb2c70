"""A server that misbehaves in one way, and logs when each request came and was answered.

Prints its port. Every line of the log is [received, answered, status] in seconds of the monotonic
clock, which the load generator uses, too; `answered` is null where no answer was ever sent. Its
schedule begins with the second request: the first one only finds out whether it is there.
"""

import asyncio
import json
import socket
import struct
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import TextIO

BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
AWAY = (0.7, 1.2)
Answer = tuple[bytes | None, bool]
"""What to send, None for nothing ever, and whether to close then."""


class Server:
    """Knows how long it runs, and answers as its mode says."""

    def __init__(self, mode: str, log: TextIO) -> None:
        self.answer: Callable[[float], Awaitable[Answer]] = getattr(self, mode)
        self.mode = mode
        self.writers: set[asyncio.StreamWriter] = set()
        self._log = log
        self._random = Random(20261122)
        self._count = 0
        self._began = 0.0

    def note(self, received: float, status: int | None) -> None:
        answered = None if status is None else time.monotonic()
        self._log.write(json.dumps([received, answered, status]) + "\n")

    def age(self, moment: float) -> float:
        """Seconds since the second request."""
        self._count += 1
        if self._count == 2:
            self._began = moment
        return moment - self._began if self._count > 1 else 0.0

    @property
    def is_away(self) -> bool:
        began = self._began and time.monotonic() - self._began
        return self.mode == "away" and AWAY[0] <= began < AWAY[1]

    async def steady(self, age: float) -> Answer:
        return BODY, False

    async def stall(self, age: float) -> Answer:
        """One second in every ten."""
        await asyncio.sleep(max(0.0, 1 - (age + 5) % 10))
        return BODY, False

    async def hang(self, age: float) -> Answer:
        return (BODY if age < 1.0 else None), False

    async def slower(self, age: float) -> Answer:
        await asyncio.sleep(age / 10)
        return BODY, False

    async def close(self, age: float) -> Answer:
        return CLOSING, True

    async def half(self, age: float) -> Answer:
        return HALF, True

    async def error(self, age: float) -> Answer:
        return ERROR, False

    async def redirect(self, age: float) -> Answer:
        return REDIRECT, False

    async def reset(self, age: float) -> Answer:
        return b"", True

    async def away(self, age: float) -> Answer:
        await asyncio.sleep(0.01)
        return BODY, False

    async def headers(self, age: float) -> Answer:
        return BODY, False

    async def late(self, age: float) -> Answer:
        """One in a hundred."""
        await asyncio.sleep(0.4 if self._random.random() < 0.01 else 0.01)
        return BODY, False

    async def lognormal(self, age: float) -> Answer:
        await asyncio.sleep(0.03 * self._random.lognormvariate(0.0, 0.6))
        return BODY, False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.add(writer)
        try:
            while await self._serve_one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side is gone
        finally:
            self.writers.discard(writer)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        await reader.readuntil(b"\r\n\r\n")
        received = time.monotonic()
        age = self.age(received)
        data, closes = await self.answer(age)
        if writer.transport.is_closing():
            return False  # went away meanwhile: no answer, so nothing to log
        if self.mode == "reset" and self._count > 1:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        elif data and self.mode == "headers":
            for piece in (data[:10], data[10:30], data[30:]):
                await asyncio.sleep(0.05)
                writer.write(piece)
        elif self._count == 1:
            writer.write(BODY)
        elif data:
            writer.write(data)
        self.note(received, int(data[9:12]) if data else None)
        return not closes


async def main() -> None:
    mode, log = sys.argv[1:]
    with Path(log).open("w", buffering=1) as opened:
        server = Server(mode, opened)
        listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, backlog=1024)
        port = listener.sockets[0].getsockname()[1]
        print(port, flush=True)
        while True:
            await asyncio.sleep(0.005)
            if not server.is_away:
                continue
            listener.close()
            for writer in list(server.writers):
                writer.transport.abort()
            while server.is_away:
                await asyncio.sleep(0.005)
            listener = await asyncio.start_server(server.serve, "127.0.0.1", port, backlog=1024)


if __name__ == "__main__":
    asyncio.run(main())
