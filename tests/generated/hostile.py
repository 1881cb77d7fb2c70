"""Requests that no client should send: malformed, absurd, enormous; the same ones for a seed."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from tests.generated.absurdities import (
    ABSURD,
    DEEP,
    ESCAPES,
    EXTRA_FIELDS,
    FIELDS,
    HEADERS,
    HUGE,
    METHODS,
    NUMBERS,
    TEXTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """Bytes for one connection; `is_whole` when an answer is due."""

    content: bytes
    is_whole: bool = True


class Attacker:
    """Makes requests against the list at `path`, some with `token`."""

    def __init__(self, seed: int, path: str, token: str | None) -> None:
        self._random = Random(seed)
        self._path = path
        self._token = token

    def requests(self, count: int) -> Iterator[Hostile]:
        """So many, of all kinds."""
        kinds: tuple[tuple[int, Callable[[], Hostile]], ...] = (
            (40, self._wrong_body),
            (20, self._wrong_query),
            (15, self._wrong_path),
            (15, self._wrong_headers),
            (5, self._wrong_framing),
            (5, self._wrong_protocol),
        )
        weights = [weight for weight, _ in kinds]
        for _ in range(count):
            (chosen,) = self._random.choices([make for _, make in kinds], weights)
            yield chosen()

    def _request(
        self, method: str, target: str, body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()
    ) -> Hostile:
        lines = [f"{method} {target} HTTP/{self._random.choice(('1.1', '1.1', '1.1', '1.0'))}"]
        lines += ["Host: localhost", "Connection: close"]
        if self._token and self._random.random() < 0.8:
            lines.append(f"Authorization: {self._token}")
        if body:
            lines.append(f"Content-Length: {len(body)}")
        lines += [f"{name}: {value}" for name, value in headers]
        return Hostile(content="\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body)

    # -- bodies ----------------------------------------------------------------------------

    def _wrong_body(self) -> Hostile:
        method = self._random.choice(("POST", "POST", "PUT", "PATCH"))
        target = self._path if method == "POST" else f"{self._path}/{self._id()}"
        makers = (self._fields, self._fields, self._fields, self._broken_json, self._bytes)
        kind = self._random.choice(
            ("application/json",) * 8 + ("text/plain", "", "application/xml")
        )
        return self._request(
            method, target, self._random.choice(makers)(), (("Content-Type", kind),)
        )

    def _fields(self) -> bytes:
        names = self._random.choices(
            (*FIELDS * 4, *EXTRA_FIELDS), k=self._random.choice((1, 1, 2, 6))
        )
        pairs = [f"{json.dumps(name)}: {self._value()}" for name in names]
        return ("{" + ", ".join(pairs) + "}").encode("utf-8", "surrogatepass")

    def _value(self) -> str:
        chosen = self._random.random()
        if chosen < 0.4:
            return self._random.choice(NUMBERS)
        if chosen < 0.8:
            return json.dumps(self._random.choice(TEXTS))
        return self._random.choice(
            (*ESCAPES, "null", "true", "[]", "{}", "[[[[[]]]]]", '{"a": NaN}', '{"\\u0000": 1}')
        )

    def _broken_json(self) -> bytes:
        whole = self._fields()
        depth = self._random.choice((10, 200, 1000, DEEP))
        return self._random.choice(
            (
                whole[: self._random.randrange(len(whole))],
                whole + b"}",
                b"\xef\xbb\xbf" + whole,
                whole.decode("utf-8", "replace").encode("utf-16"),
                b"[" * depth,
                b"[" * depth + b"]" * depth,
                b'{"data": ' * depth + b"1" + b"}" * depth,
                b'{"data": ' + b"[" * depth + b"]" * depth + b', "name": "deep"}',
                b'{"name": "' + b"x" * HUGE + b'"}',
                b'{"name": "' + "字".encode() * 40_000 + b'"}',
                b'{"data": [' + b"1," * HUGE + b"1]}",
                b"{" + b",".join(b'"k%d": 1' % number for number in range(5000)) + b"}",
            )
        )

    def _bytes(self) -> bytes:
        return self._random.randbytes(self._random.choice((1, 20, 3000, HUGE)))

    # -- targets ---------------------------------------------------------------------------

    def _wrong_query(self) -> Hostile:
        names = ("limit", "cursor", "sort", *FIELDS, "created_at", "id", "nothing", "")
        operators = ("", "__gte", "__lte", "__in", "__", "__like")
        pairs = [
            f"{self._random.choice(names)}{self._random.choice(operators)}={self._text_in_url()}"
            for _ in range(self._random.choice((1, 1, 2, 300)))
        ]
        return self._request("GET", f"{self._path}?{'&'.join(pairs)}")

    def _text_in_url(self) -> str:
        chosen = self._random.random()
        if chosen < 0.2:
            return self._random.choice(
                ("%", "%zz", "%ff", "%00", "%c3%28", "%ed%a0%80", "=&=&", "#", "+")
            )
        if chosen < 0.4:
            return self._cursor()
        if chosen < 0.5:
            return ",".join(self._random.choices(("a", "1", "", "%2C"), k=150))
        return quote(self._random.choice(TEXTS + NUMBERS))

    def _cursor(self) -> str:
        order = self._random.choice(("id", "-id", "name", "at", "", "nothing"))
        value = self._random.choice((self._value(), "[" * 500 + "]" * 500))
        inside = self._random.choice(
            (f'["{order}", {value}, {value}]', f'["{order}", {value}]', value, "[" * DEEP)
        )
        text = inside.encode("utf-8", "replace")
        return base64.urlsafe_b64encode(text).decode().rstrip(self._random.choice(("=", "")))

    def _wrong_path(self) -> Hostile:
        target = self._random.choice(
            (
                f"{self._path}/{self._id()}",
                f"{self._path}/{self._text_in_url()}",
                f"{self._path}//",
                f"{self._path}/../../{self._text_in_url()}",
                f"http://elsewhere.example{self._path}",
                "*",
                "/" + "a" * self._random.choice((10, 5000, 70_000)),
                "/%2e%2e/%2e%2e/etc/passwd",
                "/\xff\xfe",
                "//",
                "/livez?" + self._text_in_url(),
                "/openapi.json/x",
            )
        )
        return self._request(self._random.choice(METHODS), target)

    def _id(self) -> str:
        known = "01890a5d-ac96-774b-bcce-b302099a8057"
        return self._random.choice((known, known.upper(), known[:-1], "0" * 32, "%00", "🦊", "-1"))

    # -- headers, framing, protocols -------------------------------------------------------

    def _wrong_headers(self) -> Hostile:
        count = self._random.choice((1, 3, 20, 200))
        headers = [
            (self._random.choice(HEADERS), self._random.choice(ABSURD)) for _ in range(count)
        ]
        if self._random.random() < 0.2:
            headers.append(("X-Huge", "h" * self._random.choice((9000, HUGE))))
        body = self._random.choice((b"", b'{"name": "headers"}'))
        method = self._random.choice(("GET", "POST", "PATCH"))
        target = self._path if method == "POST" else f"{self._path}/{self._id()}"
        # Content-Length comes from us; who waits for the rest of a body is not hanging.
        return self._request(method, target, body, tuple(headers))

    def _wrong_framing(self) -> Hostile:
        head = f"POST {self._path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        chunked = head + "Transfer-Encoding: chunked\r\n\r\n"
        return self._random.choice(
            (
                Hostile(content=f"{chunked}zz\r\nab\r\n0\r\n\r\n".encode()),
                Hostile(content=f"{chunked}-1\r\nab\r\n0\r\n\r\n".encode()),
                Hostile(content=f"{chunked}ffffffffffffffffff\r\nab\r\n0\r\n\r\n".encode()),
                Hostile(content=f"{chunked}2\r\nabc\r\n0\r\n\r\n".encode()),
                Hostile(content=f"{chunked}2;x={'y' * 5000}\r\n{{}}\r\n0\r\n\r\n".encode()),
                Hostile(content=f"{chunked}5\r\nab".encode(), is_whole=False),
                Hostile(content=f"{head}Content-Length: -5\r\n\r\nabc".encode()),
                Hostile(content=f"{head}Content-Length: abc\r\n\r\nabc".encode()),
                Hostile(content=f"{head}Content-Length: {'9' * 30}\r\n\r\n{{}}".encode()),
                Hostile(
                    content=f"{head}Content-Length: 2\r\nContent-Length: 9\r\n\r\n{{}}".encode()
                ),
                Hostile(content=f"{head}Content-Length: 99999999\r\n\r\n{{}}".encode()),
                Hostile(content=f"{head}Content-Length: 50\r\n\r\n{{}}".encode(), is_whole=False),
                Hostile(content=head.encode(), is_whole=False),
            )
        )

    def _wrong_protocol(self) -> Hostile:
        get = f"GET {self._path}"
        upgrade = "Host: x\r\nConnection: Upgrade, close\r\nUpgrade: "
        websocket = "websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n\r\n"
        return self._random.choice(
            (
                Hostile(content=f"{get} HTTP/9.9\r\n\r\n".encode()),
                Hostile(content=f"{get} HTTP/1.0\r\n\r\n".encode()),
                Hostile(content=f"{get} HTTP/1.1 extra\r\nHost: x\r\n\r\n".encode()),
                Hostile(content=f"{get}\r\n\r\n".encode()),
                Hostile(content=f"{get} HTTP/1.1\r\n{upgrade}{websocket}".encode()),
                Hostile(content=f"{get} HTTP/1.1\r\n{upgrade}h2c\r\n\r\n".encode()),
                Hostile(content=b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                Hostile(content=b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", is_whole=False),
                Hostile(content=b"\r\n\r\n\0\0\0", is_whole=False),
                Hostile(content=self._random.randbytes(200), is_whole=False),
            )
        )
