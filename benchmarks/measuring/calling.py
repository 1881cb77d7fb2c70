"""Calls a service with a few kept-alive connections and weighs the CPU time that it took."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil

CONNECTIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one request: the service's CPU time in microseconds, and the rate that was reached."""

    cpu: float
    rate: float


def measure(pid: int, port: int, make_request: Callable[[int], bytes], count: int) -> Cost:
    """Sends `count` requests; every answer must be a 2xx. `pid` is the service's process."""
    process = psutil.Process(pid)
    before = process.cpu_times()
    seconds = asyncio.run(_send_all(port, make_request, count))
    after = process.cpu_times()
    used = after.user + after.system - before.user - before.system
    return Cost(cpu=used / count * 1e6, rate=count / seconds)


def request(method: str, path: str, body: bytes = b"") -> bytes:
    """The bytes of an HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _send_all(port: int, make_request: Callable[[int], bytes], count: int) -> float:
    loop = asyncio.get_running_loop()
    start = loop.time()
    numbers = iter(range(count))
    await asyncio.gather(*(_send(port, make_request, numbers) for _ in range(CONNECTIONS)))
    return loop.time() - start


async def _send(port: int, make_request: Callable[[int], bytes], numbers: Iterator[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in numbers:
        writer.write(make_request(number))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 2"):
            raise AssertionError(head.decode(errors="replace"))
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
    writer.close()
