"""A proxy that holds back what clients send, in a process of its own: no other shares its lock."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import PIPE, Popen

from apiforge.servers.ports import LOOPBACK, free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Drag:
    """A proxy that runs."""

    port: int
    process: "Popen[str]"

    def hold_back(self, seconds: float) -> None:
        """From now on."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()


@contextmanager
def dragged(target: int) -> Iterator[Drag]:
    """A proxy in front of this port while the context lasts."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.trials.dragging", str(port), str(target)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield Drag(port=port, process=process)
        finally:
            process.kill()


class _Proxy:
    def __init__(self, port: int, target: int) -> None:
        self._port, self._target = port, target
        self._delay = 0.0

    async def serve(self) -> None:
        server = await asyncio.start_server(self._connected, LOOPBACK, self._port)
        print("listening", flush=True)
        asyncio.get_running_loop().add_reader(sys.stdin, self._be_told)
        async with server:
            await server.serve_forever()

    def _be_told(self) -> None:
        line = sys.stdin.readline()
        if not line:
            raise SystemExit
        self._delay = float(line)

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
                if waits and self._delay:
                    await asyncio.sleep(self._delay)
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            return
        finally:
            sink.close()


if __name__ == "__main__":
    asyncio.run(_Proxy(int(sys.argv[1]), int(sys.argv[2])).serve())
