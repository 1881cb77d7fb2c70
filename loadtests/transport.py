"""How bytes travel: a TCP connection, with or without TLS, in gevent's event loop.

`send` waits in its greenlet; `receive` never waits, so that it can run in the loop's callback.
Linux notes when bytes came in: where a hundred answers come at once, or this process had to wait
for a processor, that is when they were there, and not when it got to read them.
"""

import errno
import os
import socket
import ssl
import struct
import sys
import time
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import gevent
from clock import now
from gevent import monkey

READ, WRITE = 1, 2
_CHUNK = 65536
_NOTE_ARRIVAL = 35  # SO_TIMESTAMPNS, which Python's socket module does not name
_MOMENT = struct.Struct("@ll")
_NOTE_SIZE = socket.CMSG_SPACE(_MOMENT.size)
Notes = list[tuple[int, int, bytes]]
system_time = time.time
_RawSocket: type[socket.socket] = monkey.get_original("socket", "socket")


class Unreachable(Exception):
    """No connection could be made; the text says why."""


class Transport(Protocol):
    """An open connection."""

    def fileno(self) -> int: ...

    def send(self, data: bytes) -> None:
        """Waits until all of it is on its way. Raises OSError."""

    def send_at_once(self, data: bytes) -> None:
        """Sends as much as the buffer of an idle connection takes, and never waits. Raises OSError
        where that was not all."""

    def receive(self) -> bytes | None:
        """What has come so far; None if nothing, b"" at the end. Raises OSError."""

    def close(self) -> None: ...

    @property
    def arrived(self) -> float:
        """When the last of what was received came in, by the monotonic clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where requests go; resolved once, so that DNS is never part of a measurement."""

    host: str
    prefix: str
    addresses: tuple[tuple[int, tuple[object, ...]], ...]
    server_name: str
    tls: ssl.SSLContext | None

    @classmethod
    def resolve(cls, url: str) -> "Origin":
        """Looks the host up. Raises Unreachable if it has no address."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        name = parts.hostname or ""
        port = parts.port or (443 if secure else 80)
        try:
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Unreachable(f"{name} has no address: {error.strerror or error}") from error
        context = ssl.create_default_context() if secure else None
        if context:
            context.set_alpn_protocols(["http/1.1"])
        return cls(
            host=parts.netloc.rpartition("@")[2],
            prefix=parts.path.rstrip("/"),
            addresses=tuple((family, address) for family, _, _, _, address in found),
            server_name=name,
            tls=context,
        )

    def connect(self) -> Transport:
        """Opens a connection to the first address that answers. Raises Unreachable."""
        failure = ""
        for family, address in self.addresses:
            try:
                plain = _Plain(_connected(family, address))
            except OSError as error:
                failure = error.strerror or str(error)
                continue
            return plain if self.tls is None else self._secured(plain, self.tls)
        raise Unreachable(failure[:1].lower() + failure[1:])

    def _secured(self, plain: "_Plain", context: ssl.SSLContext) -> Transport:
        secure = _Secure(plain, context, self.server_name)
        try:
            secure.handshake()
        except ssl.SSLCertVerificationError as error:
            plain.close()
            raise Unreachable(f"its certificate is not valid: {error.verify_message}") from error
        except OSError as error:
            plain.close()
            raise Unreachable(f"TLS handshake failed: {error}") from error
        except BaseException:
            plain.close()
            raise
        return secure


def _connected(family: int, address: tuple[object, ...]) -> socket.socket:
    raw = _RawSocket(family, socket.SOCK_STREAM)
    try:
        raw.setblocking(False)
        if sys.platform == "linux":
            raw.setsockopt(socket.SOL_SOCKET, _NOTE_ARRIVAL, 1)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            raw.connect(address)
        except BlockingIOError:
            _wait_for(raw.fileno(), WRITE)
            code = raw.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                raise OSError(code, os.strerror(code)) from None
    except BaseException:
        raw.close()
        raise
    return raw


def _wait_for(descriptor: int, event: int) -> None:
    hub = gevent.get_hub()
    watcher = hub.loop.io(descriptor, event)
    try:
        hub.wait(watcher)
    finally:
        watcher.close()


def _arrival(notes: Notes) -> float:
    """The moment that is noted, else now. Of the system's clock, which is set now and then, only
    the few milliseconds since are used."""
    moment = now()
    if not notes:
        return moment
    seconds, nanoseconds = _MOMENT.unpack(notes[0][2])
    age = system_time() - seconds - nanoseconds / 1e9
    return moment - age if age > 0 else moment


class _Plain:
    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self.arrived = 0.0
        self.fileno = raw.fileno
        self.close = raw.close

    def send(self, data: bytes) -> None:
        count = self.send_some(data)
        while count < len(data):
            data = data[count:]
            _wait_for(self._raw.fileno(), WRITE)
            count = self.send_some(data)

    def send_at_once(self, data: bytes) -> None:
        if self.send_some(data) < len(data):
            raise OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS))

    def send_some(self, data: bytes) -> int:
        try:
            return self._raw.send(data)
        except BlockingIOError:
            return 0

    def receive(self) -> bytes | None:
        try:
            data, notes, _, _ = self._raw.recvmsg(_CHUNK, _NOTE_SIZE)
        except BlockingIOError:
            return None
        self.arrived = _arrival(notes)
        return data


class _Secure:
    """TLS over memory buffers: the same two calls for the event loop as without it."""

    def __init__(self, plain: _Plain, context: ssl.SSLContext, server_name: str) -> None:
        self._plain = plain
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self.fileno = plain.fileno
        self.close = plain.close

    @property
    def arrived(self) -> float:
        return self._plain.arrived

    def handshake(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._plain.send(self._outgoing.read())
                _wait_for(self.fileno(), READ)
                self._take_in()
            except ssl.SSLError:
                self._plain.send_some(self._outgoing.read())
                raise
        self._plain.send(self._outgoing.read())

    def send(self, data: bytes) -> None:
        self._tls.write(data)
        self._plain.send(self._outgoing.read())

    def send_at_once(self, data: bytes) -> None:
        self._tls.write(data)
        self._plain.send_at_once(self._outgoing.read())

    def receive(self) -> bytes | None:
        self._take_in()
        pieces = []
        try:
            while piece := self._tls.read(_CHUNK):
                pieces.append(piece)
        except ssl.SSLWantReadError:
            return b"".join(pieces) or None
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            pass
        finally:
            # An answer to a key update: small enough never to fill the socket's buffer.
            if self._outgoing.pending:
                self._plain.send_some(self._outgoing.read())
        return b"".join(pieces)

    def _take_in(self) -> None:
        data = self._plain.receive()
        if data:
            self._incoming.write(data)
        elif data == b"":
            self._incoming.write_eof()
