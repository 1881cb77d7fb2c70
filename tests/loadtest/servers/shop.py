"""A small shop, as tests/unit/openapi/shop.yaml describes it: nothing of it is ours but the log."""

import itertools
import json
import re
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.loadtest.servers.serving import serving

KEY = "k3y-of-the-shop"
_ROW = re.compile(r"/v2/customers/(\d+)")
_ORDER = re.compile(r"/v2/customers/(\d+)/orders/(\d+)")


class Shop(ThreadingHTTPServer):
    """Three customers are there; `changed` holds the ids of those changed or deleted."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.customers: dict[int, Any] = {number: {} for number in (1, 2, 3)}
        self.orders: set[tuple[int, int]] = set()
        self.changed: set[int] = set()
        self.numbers = itertools.count(100)
        self.asked: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Shop

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/v2/search":
            asked = parse_qs(parts.query)
            ok = asked.get("key") == [KEY] and asked.get("q") and self.headers["X-Trace"]
            self._answer(200 if ok else 400)
        elif self._is_refused():
            return
        elif parts.path == "/v2/customers":
            rows = [{"customer_no": number} for number in list(self.server.customers)]
            self._answer(200, {"total": len(rows), "results": rows})
        elif match := _ORDER.fullmatch(parts.path):
            self._found((int(match[1]), int(match[2])) in self.server.orders)
        else:
            match = _ROW.fullmatch(parts.path)
            self._found(match is not None and int(match[1]) in self.server.customers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        if self.path == "/v2/feedback":
            self._answer(202 if parse_qs(body).get("stars", ["9"])[0] in "12345" else 422)
        elif self._is_refused():
            return
        elif self.path == "/v2/customers":
            self._make_customer(json.loads(body))
        elif self.path.endswith("/cancel"):
            match = _ORDER.match(self.path)
            self._found(match is not None and (int(match[1]), int(match[2])) in self.server.orders)
        else:
            self._make_order(json.loads(body))

    def do_PUT(self) -> None:
        json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._change(204)

    def do_DELETE(self) -> None:
        if match := _ORDER.fullmatch(self.path):
            order = (int(match[1]), int(match[2]))
            self._answer(204 if order in self.server.orders else 404)
            self.server.orders.discard(order)
        else:
            self._change(204)

    def _make_customer(self, customer: Any) -> None:
        if not 3 <= len(customer["full_name"]) <= 20 or "@" not in customer["contact"]:
            self._answer(422)
            return
        number = next(self.server.numbers)
        self.server.customers[number] = customer
        self._answer(201, {"customer_no": number})

    def _make_order(self, order: Any) -> None:
        match = _ROW.match(self.path)
        is_right = match is not None and int(match[1]) in self.server.customers
        is_right = is_right and order["item"] in ("pen", "ink") and 1 <= order["amount"] <= 9
        is_right = is_right and re.fullmatch(r"[A-Z]{3}-\d{4}", order["code"]) is not None
        if match is None or not is_right or type(order["customer_id"]) is not int:
            self._answer(422)
            return
        number = next(self.server.numbers)
        self.server.orders.add((int(match[1]), number))
        self._answer(201, location=f"{self.server.url}{self.path}/{number}")

    def _change(self, status: int) -> None:
        match = _ROW.fullmatch(self.path)
        number = 0 if match is None else int(match[1])
        if self.command == "PUT":
            self._found(number in self.server.customers)
        else:
            self._answer(status if self.server.customers.pop(number, None) is not None else 404)
        self.server.changed.add(number)

    def _is_refused(self) -> bool:
        if self.headers["X-Shop-Key"] == KEY:
            return False
        self._answer(401)
        return True

    def _found(self, is_there: bool) -> None:
        self._answer(200 if is_there else 404)

    def _answer(self, status: int, content: object = None, *, location: str = "") -> None:
        self.server.asked.add(f"{self.command} {re.sub(r'[0-9]+', 'N', urlsplit(self.path).path)}")
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None:
        """Tests need no log."""


def open_shop() -> AbstractContextManager[Shop]:
    """One that answers, as long as the context lasts."""
    return serving(Shop())
