"""A Redis for tests, in this process: what the cache asks of one, and it can be taken away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Server:
    """Listens while started; `hangs` leaves questions without answers."""

    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.asked: list[bytes] = []
        self.hangs = False
        self.port = 0
        self._listener: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._commands: dict[bytes, Callable[[list[bytes]], bytes]] = {
            b"AUTH": lambda words: b"+OK\r\n",
            b"PING": lambda words: b"+PONG\r\n",
            b"MGET": self._mget,
            b"GET": lambda words: _bulk(self.values.get(words[1])),
            b"SET": self._set,
            b"DEL": lambda words: b":%d\r\n" % (self.values.pop(words[1], None) is not None),
        }

    async def start(self) -> None:
        """On a port of its own; later on the same one again."""
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """As when it crashes: what it held is lost."""
        assert self._listener is not None
        self._listener.close()
        for writer in self._writers:
            writer.transport.abort()
        self.values.clear()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                words = await _words(reader)
                command = words[0].upper()
                self.asked.append(command)
                answer = self._commands.get(command, _unknown)
                if not self.hangs:
                    writer.write(answer(words))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
        finally:
            self._writers.discard(writer)

    def _mget(self, words: list[bytes]) -> bytes:
        found = [_bulk(self.values.get(name)) for name in words[1:]]
        return b"*%d\r\n%s" % (len(found), b"".join(found))

    def _set(self, words: list[bytes]) -> bytes:
        if b"NX" in words[3:] and words[1] in self.values:
            return _bulk(None)
        self.values[words[1]] = words[2]
        return b"+OK\r\n"


@asynccontextmanager
async def running() -> AsyncIterator[Server]:
    """A server, while the context lasts."""
    server = Server()
    await server.start()
    yield server
    await server.stop()


async def _words(reader: asyncio.StreamReader) -> list[bytes]:
    count = int((await reader.readuntil(b"\r\n"))[1:])
    return [await _word(reader) for _ in range(count)]


async def _word(reader: asyncio.StreamReader) -> bytes:
    length = int((await reader.readuntil(b"\r\n"))[1:])
    return (await reader.readexactly(length + 2))[:-2]


def _unknown(words: list[bytes]) -> bytes:
    return b"-ERR unknown command\r\n"


def _bulk(value: bytes | None) -> bytes:
    return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)
