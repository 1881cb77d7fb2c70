"""An HTTP server that behaves as its paths and options say; prints its port when it listens.

It is written on bare asyncio so that every byte it sends, or does not send, is decided here.
"""

import argparse
import asyncio
import heapq
import json
import os
import signal
import socket
import ssl
import struct
import time
from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n'
ANSWERS = {
    "/error": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    "/redirect": b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
    "/chunked": CHUNKED,
    "/hints": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK,
    "/continue": b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    "/empty": b"HTTP/1.1 204 No Content\r\n\r\n",
    "/nonsense": b"SMTP ready\r\n\r\n",
}
THEN_CLOSE = {
    "/close": OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1),
    "/until-eof": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
    "/truncated": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
    "/vanish": OK,
}


class Server:
    """The schedule that all connections share; it begins with the second request.

    The first one is a load test's way to find out whether the server is there.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.began: float | None = None
        self.is_found = False
        self.free = [0.0] * options.slots
        self.log = Path(options.log) if options.log else None
        self.times: list[tuple[float, float]] = []
        """When each request was received, and answered."""

    def note(self, **values: object) -> None:
        """Writes a line to the log, where one was asked for."""
        if self.log is not None:
            with self.log.open("a") as log:
                log.write(json.dumps(values) + "\n")

    def delay(self, path: str) -> float | None:
        """Seconds until the answer; None: it never comes."""
        now = time.monotonic()
        if self.began is None and self.is_found:
            self.began = now
        self.is_found = True
        age = now - (self.began or now)
        if self.options.exit_after and age > self.options.exit_after:
            os._exit(0)
        if self.options.hang_after and age > self.options.hang_after:
            return None
        if path == "/slow":
            return float(self.options.delay)
        phase = (age + self.options.period / 2) % self.options.period
        stalled = path == "/stall" and phase < self.options.stall
        return self.options.stall - phase if stalled else 0.0


class Connection(asyncio.Protocol):
    def __init__(self, server: Server) -> None:
        self.server = server
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, complete, body = self.received.partition(b"\r\n\r\n")
        length = next(
            (
                int(line[15:])
                for line in head.split(b"\r\n")
                if line[:15].lower() == b"content-length:"
            ),
            0,
        )
        if not complete or len(body) < length:
            return
        self.received = body[length:]
        method, target, _ = head.split(b" ", 2)
        path = target.decode().partition("?")[0]
        received = time.monotonic()
        self.server.note(received=received, path=path, body=body[:length].decode())
        if path == "/slots":
            self.serve_in_a_slot(asyncio.get_running_loop())
            return
        delay = self.server.delay(path)
        if delay is not None:
            asyncio.get_running_loop().call_later(delay, self.answer, method, path, received)

    def answer(self, method: bytes, path: str, received: float) -> None:
        if path == "/reset":
            self.reset()
        elif path in THEN_CLOSE:
            self.transport.write(THEN_CLOSE[path])
            self.transport.close()
        elif path == "/bytes":
            asyncio.get_running_loop().create_task(self.byte_by_byte())
        elif method == b"HEAD":
            self.transport.write(OK[:-2])
        else:
            self.transport.write(ANSWERS.get(path, OK))
        self.server.times.append((received, time.monotonic()))

    def serve_in_a_slot(self, loop: asyncio.AbstractEventLoop) -> None:
        """A server of known capacity: so many at a time, each for so long.

        Slots are kept by the clock: an answer that a busy machine sends late takes no capacity.
        """
        begin = max(loop.time(), self.server.free[0])
        heapq.heapreplace(self.server.free, begin + self.server.options.service)
        loop.call_at(begin + self.server.options.service, self.transport.write, OK)

    async def byte_by_byte(self) -> None:
        for byte in CHUNKED:
            self.transport.write(bytes([byte]))
            await asyncio.sleep(0)

    def reset(self) -> None:
        raw = self.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--delay", type=float, default=0.3)
    parser.add_argument("--stall", type=float, default=0.5)
    parser.add_argument("--period", type=float, default=3.0)
    parser.add_argument("--hang-after", type=float, default=0.0)
    parser.add_argument("--exit-after", type=float, default=0.0)
    parser.add_argument("--slots", type=int, default=10)
    parser.add_argument("--service", type=float, default=0.1)
    parser.add_argument("--log")
    parser.add_argument("--times", help="a file for them, written when told to end")
    parser.add_argument("--certificate")
    return parser.parse_args()


def end(server: Server) -> None:
    Path(server.options.times).write_text(json.dumps(server.times))
    os._exit(0)


async def main() -> None:
    options = read_options()
    tls = None
    if options.certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.certificate)
    shared = Server(options)
    listener = await asyncio.get_running_loop().create_server(
        lambda: Connection(shared), options.host, 0, ssl=tls, backlog=1024
    )
    if options.times:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end, shared)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
