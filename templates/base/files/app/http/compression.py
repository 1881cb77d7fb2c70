"""Answers in gzip, for callers who ask for it and where it is worth it.

The compressed form has an entity tag of its own, `"3-gzip"` for `"3"`: it is a different sequence
of bytes. `app/http/conditions.py` takes either for the same version, so 304 and If-Match go on
working. What must not be stored (`no-store`: it may hold secrets) is left as it is.
"""

import asyncio
import zlib
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.conditions import GZIP_SUFFIX

LEVEL = 1
"""Higher ones cost more than they save here."""
INLINE_BYTES = 65_536
"""Larger bodies are compressed in a thread; smaller ones are remembered for a while."""
GZIP_FORMAT = 31
_TYPES = (b"application/json", b"application/problem+json", b"text/")
_VARY = (b"vary", b"Accept-Encoding")


class Compression:
    """Around everything that answers; bodies of less than `smallest` bytes stay as they are."""

    def __init__(self, app: ASGIApp, *, smallest: int) -> None:
        self._app = app
        self._smallest = smallest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            send = _Answer(scope, send, self._smallest).send
        await self._app(scope, receive, send)


class _Answer:
    """One answer: its start is held back until its body has come."""

    __slots__ = ("_held", "_scope", "_send", "_smallest")

    def __init__(self, scope: Scope, send: Send, smallest: int) -> None:
        self._scope, self._send, self._smallest = scope, send, smallest
        self._held: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif self._held is not None and "body" in message and not message.get("more_body"):
            await self._whole(self._held, message["body"])
        else:
            await self._pass_held()
            await self._send(message)

    async def _start(self, message: Message) -> None:
        headers = message["headers"]
        if message["status"] == 304:
            message["headers"] = [*map(self._as_seen, headers), _VARY]
        elif _is_worth_it(headers, self._smallest):
            message["headers"] = [*headers, _VARY]
            if _accepts(_value(self._scope["headers"], b"accept-encoding")):
                self._held = message
                return
        await self._send(message)

    async def _pass_held(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            await self._send(held)

    async def _whole(self, start: Message, body: bytes) -> None:
        self._held = None
        if len(body) <= INLINE_BYTES:
            compressed = _remembered(body)
        else:
            compressed = await asyncio.to_thread(_compress, body)
        start["headers"] = [
            *(
                (name, _with_suffix(value) if name == b"etag" else value)
                for name, value in start["headers"]
                if name != b"content-length"
            ),
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(compressed)).encode()),
        ]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": compressed})

    def _as_seen(self, header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        """A 304 has the tag that the caller knows."""
        name, value = header
        if name == b"etag":
            suffixed = _with_suffix(value)
            if suffixed in _value(self._scope["headers"], b"if-none-match"):
                return name, suffixed
        return header


def _is_worth_it(headers: list[tuple[bytes, bytes]], smallest: int) -> bool:
    length = _value(headers, b"content-length")
    return (
        length.isdigit()
        and int(length) >= smallest
        and _value(headers, b"content-type").startswith(_TYPES)
        and not _value(headers, b"content-encoding")
        and b"no-store" not in _value(headers, b"cache-control")
    )


def _value(headers: list[tuple[bytes, bytes]], wanted: bytes) -> bytes:
    for name, value in headers:
        if name == wanted:
            return value
    return b""


def _with_suffix(tag: bytes) -> bytes:
    """A weak tag says nothing of bytes, and stays."""
    return tag if tag.startswith(b"W/") else tag[:-1] + GZIP_SUFFIX.encode() + b'"'


@lru_cache(maxsize=256)
def _accepts(accept_encoding: bytes) -> bool:
    """Whether gzip is named, or `*`, and not with `q=0` (RFC 9110 section 12.5.3)."""
    weights = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        weights[coding] = weight.strip("0.") != "" if weight else True
    return weights.get("gzip", weights.get("*", False))


def _compress(body: bytes) -> bytes:
    return zlib.compress(body, LEVEL, GZIP_FORMAT)


_remembered = lru_cache(maxsize=128)(_compress)
