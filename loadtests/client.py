"""A lean keep-alive HTTP/1.1 client on gevent: one connection, one request at a time.

The answer is parsed inside the event loop's callback, and whoever waits is called once, when all
of it is there: a greenlet, or a function, which costs less. Time-outs come from outside: one sweep
over all requests costs far less than a timer for each. Redirects are not followed.
"""

import re
from collections.abc import Callable, Mapping

import gevent
from httptools import HttpParserError, HttpResponseParser
from operation import Request
from transport import READ, Origin, Transport, Unreachable

_LOCATION = re.compile(rb"\r\nlocation:([^\r\n]*)", re.IGNORECASE)
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
_AT_ONCE = 8192  # bytes: the smallest buffer of an idle socket takes so many without waiting


class ExchangeError(Exception):
    """No usable answer came back; the text says why."""


class TimedOut(ExchangeError):
    """The request became older than the timeout."""


class ConnectionLost(ExchangeError):
    """The connection ended before the answer did."""


class Encoder:
    """Makes the bytes of a request; what does not change between requests is made once."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._blocks: dict[int, tuple[Mapping[str, str], str]] = {}

    def encode(self, request: Request) -> bytes:
        start = f"{request.method} {self._origin.prefix}{request.path} HTTP/1.1\r\n"
        block = self._block(request.headers)
        if request.body is None and request.method in ("GET", "HEAD", "DELETE"):
            return f"{start}{block}\r\n".encode("latin-1")
        body = request.body or b""
        return f"{start}{block}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body

    def _block(self, headers: Mapping[str, str]) -> str:
        # By identity: a scenario hands out the same mapping until it logs in again. Keeping the
        # mapping beside its text makes sure that its identity is not used for another one.
        known = self._blocks.get(id(headers))
        if known is None:
            named = {"Host": self._origin.host, "User-Agent": "apiforge", **headers}
            text = "".join(f"{name}: {value}\r\n" for name, value in named.items())
            known = self._blocks[id(headers)] = (headers, text)
        return known[1]


class Connection:
    """One connection, opened when first used and again when the other side closed it."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._hub = gevent.get_hub()
        self._transport: Transport | None = None
        self._done: Callable[[], object] | None = None
        self._start = b""
        self.arrived = 0.0
        """When the last answer was complete here, by the monotonic clock."""
        self._begin(head_only=False)

    def exchange(self, method: str, data: bytes) -> tuple[int, bytes]:
        """Sends one encoded request and waits for the answer: (status, body). Raises ExchangeError.

        A connection that the other side closed while it was idle is replaced once, and only if no
        answer was begun, and doing the request twice is harmless or none of it was sent.
        """
        reused = self._open_for(method) is not None
        try:
            return self._exchange(method, data)
        except ConnectionLost as failure:
            if not reused or not self.may_repeat(method, failure):
                raise
        return self._exchange(method, data)

    def ask(self, method: str, data: bytes, done: Callable[[], object]) -> bool:
        """Sends one encoded request at once, and has `done` called in the event loop when there is
        a `result`. False, and nothing is done, where it would have to wait first."""
        transport = self._open_for(method)
        if transport is None or len(data) > _AT_ONCE:
            return False
        self._begin(head_only=method == "HEAD")
        self._done = done
        try:
            transport.send_at_once(data)
        except OSError as error:
            self._break(ConnectionLost(_loss(error)))
            self._hub.loop.run_callback(self._tell)
        return True

    def result(self) -> tuple[int, bytes]:
        """The answer's status and body, once it is there. Raises ExchangeError."""
        if self._failure is not None:
            raise self._failure
        if not self._keep_alive:
            self.close()
        body = self._body
        return self._status, body[0] if len(body) == 1 else b"".join(body)

    def may_repeat(self, method: str, failure: ExchangeError) -> bool:
        """Is it harmless to ask again what failed on a connection that had been used before?"""
        lost = isinstance(failure, ConnectionLost) and not self._received
        return lost and method in _IDEMPOTENT

    def abandon(self) -> None:
        """Does not wait any more."""
        self._done = None
        self.close()

    def location(self) -> bytes:
        """The Location header of the last answer; empty without one."""
        # Only few requests need a header: parsing all of all answers would cost each of them.
        head = self._start.partition(b"\r\n\r\n")[0]
        found = _LOCATION.search(head)
        return found[1].strip() if found else b""

    def close(self) -> None:
        if self._transport is not None:
            self._watcher.stop()
            self._watcher.close()
            self._transport.close()
            self._transport = None

    def read_now(self) -> bool:
        """Reads what has come; was that the end of what is waited for? Runs in the event loop."""
        if self._done is None or self._transport is None:
            return False
        return self._readable(self._transport)

    def _open_for(self, method: str) -> Transport | None:
        """The connection, if it is open; looks again where a request must not be sent twice."""
        if self._transport is not None and method not in _IDEMPOTENT:
            self._readable(self._transport)
        return self._transport

    def _exchange(self, method: str, data: bytes) -> tuple[int, bytes]:
        self._begin(head_only=method == "HEAD")
        try:
            self._send(data)
            if not self._complete and self._failure is None:
                self._done = gevent.getcurrent().switch
                self._hub.switch()
        except BaseException:
            self.abandon()
            raise
        return self.result()

    def _begin(self, *, head_only: bool) -> None:
        self._head_only = head_only
        self._body: list[bytes] = []
        self._received = self._complete = self._keep_alive = False
        self._failure: ExchangeError | None = None

    def _send(self, data: bytes) -> None:
        transport = self._transport or self._open()
        try:
            transport.send(data)
        except OSError as error:
            # An early answer (413, say) may come with the end of the connection.
            if not self._complete:
                raise ConnectionLost(_loss(error)) from error

    def _open(self) -> Transport:
        try:
            transport = self._origin.connect()
        except Unreachable as error:
            raise ExchangeError(str(error)) from error
        self._transport = transport
        self._parser = HttpResponseParser(self)
        self._watcher = self._hub.loop.io(transport.fileno(), READ)
        self._watcher.start(self._readable, transport)
        return transport

    def _readable(self, transport: Transport) -> bool:
        """Runs in the event loop, also while idle, so that a closed connection is seen at once.
        Was it the end of what is waited for?"""
        try:
            data = transport.receive()
            if data is None:
                return False
            if data and not self._complete:
                if not self._received:
                    self._received, self._start = True, data
                self._parser.feed_data(data)
            else:
                self._ended()
        except HttpParserError as error:
            self._break(ExchangeError(f"the answer is not HTTP: {error}"))
        except OSError as error:
            self._break(ConnectionLost(_loss(error)))
        if not (self._complete or self._failure):
            return False
        self.arrived = transport.arrived
        return self._tell()

    def _tell(self) -> bool:
        """Calls whoever waits, if anyone does."""
        done, self._done = self._done, None
        if done is not None:
            done()
        return done is not None

    def _ended(self) -> None:
        """The other side closed: the end of an answer without a length, or a loss."""
        head, complete, _ = (self._start if self._received else b"").partition(b"\r\n\r\n")
        head = head.lower()
        if complete and b"content-length:" not in head and b"transfer-encoding:" not in head:
            self._status = self._parser.get_status_code()
            self._complete = True
        self._break(ConnectionLost("the connection was closed before the answer was complete"))

    def _break(self, failure: ExchangeError) -> None:
        if not self._complete:
            self._failure = failure
        self._keep_alive = False
        self.close()

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_headers_complete(self) -> None:
        # The parser cannot know that the answer to a HEAD has no body whatever its length says.
        if self._head_only and self._parser.get_status_code() >= 200:
            self._complete = True
            self._status = self._parser.get_status_code()

    def on_message_complete(self) -> None:
        """Called by the parser; an answer of 1xx is followed by the real one."""
        status = self._parser.get_status_code()
        if status >= 200 and not self._complete:
            self._status = status
            # Only known in here: asked later it is always false and every request reconnects.
            self._keep_alive = self._parser.should_keep_alive()
            self._complete = True


def _loss(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"the connection was lost: {reason[:1].lower()}{reason[1:]}"
