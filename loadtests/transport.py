"""How bytes travel: a TCP connection, with or without TLS, in gevent's event loop.

`send` waits in its greenlet; `receive` never waits, so that it can run in the loop's callback.
"""

import os
import socket
import ssl
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import gevent
from gevent import monkey

READ, WRITE = 1, 2
_CHUNK = 65536
_RawSocket: type[socket.socket] = monkey.get_original("socket", "socket")


class Unreachable(Exception):
    """No connection could be made; the text says why."""


class Transport(Protocol):
    """An open connection."""

    def fileno(self) -> int: ...

    def send(self, data: bytes) -> None:
        """Waits until all of it is on its way. Raises OSError."""

    def receive(self) -> bytes | None:
        """What has come so far; None if nothing, b"" at the end. Raises OSError."""

    def close(self) -> None: ...


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


class _Plain:
    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self.fileno = raw.fileno
        self.close = raw.close

    def send(self, data: bytes) -> None:
        count = self.send_some(data)
        while count < len(data):
            data = data[count:]
            _wait_for(self._raw.fileno(), WRITE)
            count = self.send_some(data)

    def send_some(self, data: bytes) -> int:
        try:
            return self._raw.send(data)
        except BlockingIOError:
            return 0

    def receive(self) -> bytes | None:
        try:
            return self._raw.recv(_CHUNK)
        except BlockingIOError:
            return None


class _Secure:
    """TLS over memory buffers: the same two calls for the event loop as without it."""

    def __init__(self, plain: _Plain, context: ssl.SSLContext, server_name: str) -> None:
        self._plain = plain
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self.fileno = plain.fileno
        self.close = plain.close

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
