"""A proxy in front of a database: as slow as it is told to be, or silent."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from apiforge.servers.ports import LOOPBACK, free_port


class SlowProxy:
    """Passes on what clients send after `delay` seconds; nothing while it is `silent`.

    It falls silent by itself when clients send the words `silent_at`, before it has passed them on
    or, if it `delivers` them, before the server's answer.
    """

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.delay = 0.0
        self.silent = False
        self.silent_at: bytes | None = None
        self.delivers = False
        self._target = target
        self._is_listening = Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serves in a thread of its own."""
        thread = Thread(target=lambda: asyncio.run(self._serve()))
        thread.start()
        self._is_listening.wait()
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        begin = self._begin  # a task of our own: the server would report that it is cancelled
        server = await asyncio.start_server(begin, LOOPBACK, self.port)
        self._is_listening.set()
        await self._stop.wait()
        server.close()

    def _begin(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._tasks.append(self._loop.create_task(self._connected(client, to_client)))

    async def _connected(
        self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> None:
        server, to_server = await asyncio.open_connection(LOOPBACK, self._target)
        await asyncio.gather(
            self._pass_on(client, to_server, waits=True),
            self._pass_on(server, to_client, waits=False),
        )

    async def _pass_on(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, waits: bool
    ) -> None:
        try:
            while data := await source.read(65536):
                await asyncio.sleep(self.delay if waits else 0)
                is_last = waits and self.silent_at is not None and self.silent_at in data
                self.silent = self.silent or is_last
                while self.silent and not (is_last and self.delivers):
                    await asyncio.sleep(0.02)
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            return
        finally:
            sink.close()
