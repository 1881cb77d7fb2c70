"""A server that misbehaves in the way it is told to, and keeps a log of it.

Prints its port. Every line of standard input is an order, [mode, seed]: from the next request on,
which begins its schedule, it behaves so, and where that leaves something open (when it hangs, how
long it takes) the seed decides. It answers with a line that holds the log of the order before:
[received, answered, status] of each request, in seconds of the monotonic clock, which the load
generator uses, too; `answered` is null where nothing was ever done about it, `status` where no
whole answer was sent. It ends with its input.
"""

import asyncio
import json
import os
import socket
import struct
import sys
import time
from collections.abc import Awaitable, Callable
from random import Random

BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
AWAY_SECONDS = 0.5
PAUSE = 0.05
LOOK = 0.005
Answer = tuple[tuple[bytes, ...], bool]
"""What to send, nothing for no answer ever, and whether to close then."""


class Behaviour:
    """One mode, from one seed, and the log of the requests that came while it lasted."""

    def __init__(self, mode: str, seed: int) -> None:
        self.mode = mode
        self.answer: Callable[[float], Awaitable[Answer]] = getattr(self, mode)
        self.log: list[tuple[float, float | None, int | None]] = []
        self._random = Random(seed)
        self._drawn = self._random.random()
        self._began: float | None = None

    def age(self, moment: float) -> float:
        """Seconds since the first request."""
        if self._began is None:
            self._began = moment
        return moment - self._began

    @property
    def is_away(self) -> bool:
        if self.mode != "away" or self._began is None:
            return False
        return 0.0 <= self.age(time.monotonic()) - self._between(0.4, 1.2) < AWAY_SECONDS

    def _between(self, low: float, high: float) -> float:
        """The same one each time."""
        return low + (high - low) * self._drawn

    async def steady(self, age: float) -> Answer:
        return (BODY,), False

    async def stall(self, age: float) -> Answer:
        """One second in every ten."""
        await asyncio.sleep(max(0.0, 1 - (age - self._between(1.0, 8.0)) % 10))
        return (BODY,), False

    async def hang(self, age: float) -> Answer:
        return ((BODY,) if age < self._between(0.5, 1.5) else ()), False

    async def slower(self, age: float) -> Answer:
        await asyncio.sleep(age * self._between(0.08, 0.15))
        return (BODY,), False

    async def close(self, age: float) -> Answer:
        return (CLOSING,), True

    async def half(self, age: float) -> Answer:
        return (HALF,), True

    async def error(self, age: float) -> Answer:
        return (ERROR,), False

    async def redirect(self, age: float) -> Answer:
        return (REDIRECT,), False

    async def reset(self, age: float) -> Answer:
        return (), True

    async def away(self, age: float) -> Answer:
        await asyncio.sleep(0.01)
        return (BODY,), False

    async def headers(self, age: float) -> Answer:
        """Piece by piece."""
        await asyncio.sleep(self._between(0.02, 0.06))
        return (BODY[:10], BODY[10:30], BODY[30:]), False

    async def late(self, age: float) -> Answer:
        """One in a hundred."""
        await asyncio.sleep(0.4 if self._random.random() < 0.01 else 0.01)
        return (BODY,), False

    async def lognormal(self, age: float) -> Answer:
        await asyncio.sleep(0.03 * self._random.lognormvariate(0.0, 0.6))
        return (BODY,), False


class Server:
    """Behaves as it was told last."""

    def __init__(self) -> None:
        self.behaviour = Behaviour("steady", 0)
        self._writers: set[asyncio.StreamWriter] = set()
        self._orders = b""

    def obey(self) -> None:
        """Reads what standard input holds."""
        data = os.read(sys.stdin.fileno(), 4096)
        if not data:
            sys.exit()
        *lines, self._orders = (self._orders + data).split(b"\n")
        for line in lines:
            print(json.dumps(self.behaviour.log), flush=True)
            self.behaviour = Behaviour(*json.loads(line))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._serve_one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side is gone
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        await reader.readuntil(b"\r\n\r\n")
        received, behaviour = time.monotonic(), self.behaviour
        pieces, closes = await behaviour.answer(behaviour.age(received))
        if writer.transport.is_closing():
            return False  # went away meanwhile: no answer, so nothing to log
        # Before it is sent: whom it wakes may take this processor at once.
        answered = time.monotonic() if pieces or closes else None
        for piece in pieces[:1]:
            writer.write(piece)
        for piece in pieces[1:]:
            await asyncio.sleep(PAUSE)
            answered = time.monotonic()
            writer.write(piece)
        behaviour.log.append((received, answered, status_of(b"".join(pieces))))
        if closes and not pieces:
            reset(writer)
        return not closes

    async def listen(self) -> None:
        """On one port, as long as it is not away."""
        port = 0
        while True:
            listener = await asyncio.start_server(self.serve, "127.0.0.1", port, backlog=1024)
            if not port:
                port = listener.sockets[0].getsockname()[1]
                print(port, flush=True)
            while not self.behaviour.is_away:
                await asyncio.sleep(LOOK)
            listener.close()
            for writer in list(self._writers):
                writer.transport.abort()
            while self.behaviour.is_away:
                await asyncio.sleep(LOOK)


def status_of(answer: bytes) -> int | None:
    return int(answer[9:12]) if answer and answer != HALF else None


def reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def main() -> None:
    server = Server()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), server.obey)
    await server.listen()


if __name__ == "__main__":
    asyncio.run(main())
