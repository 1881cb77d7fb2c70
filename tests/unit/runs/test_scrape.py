"""A service is asked for its numbers while it is tested, and only if it has any."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest

from apiforge.runs.scrape import watch_server
from tests.servers.processes import eventually


class Server(ThreadingHTTPServer):
    status = 200
    body = ""
    tokens: list[str | None]
    asked: threading.Event


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.tokens.append(self.headers["Authorization"])
        self.server.asked.set()
        body = self.server.body.replace("COUNT", str(len(self.server.tokens))).encode()
        self.send_response(self.server.status if self.path == "/metrics" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None:
        """Tests need no log."""


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server(("127.0.0.1", 0), Handler)
    started.tokens, started.asked = [], threading.Event()
    threading.Thread(target=started.serve_forever, daemon=True).start()
    yield started
    started.shutdown()
    started.server_close()


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}/api"


def test_numbers_are_read_with_the_token(server: Server) -> None:
    server.body = "process_cpu_seconds_total COUNT\n"
    begun = datetime.now(UTC).isoformat()
    with watch_server(address(server), token="t0ken") as watch:
        assert server.asked.wait(5)
    assert set(server.tokens) == {"Bearer t0ken"}
    assert [sample.values["process_cpu_seconds_total"] for sample in watch.samples] == [
        float(number) for number, _ in zip(count(1), server.tokens, strict=False)
    ]
    observed = watch.observed(begun, 1)
    assert observed is not None
    assert observed["source"] == "/metrics"
    assert observed["failures"] == 0


@pytest.mark.parametrize(("status", "body"), [(404, ""), (401, "x 1"), (200, "<html>")])
def test_service_without_numbers_is_asked_once(server: Server, status: int, body: str) -> None:
    server.status, server.body = status, body
    with watch_server(address(server), token=None) as watch:
        assert server.asked.wait(5)
    assert server.tokens == [None]
    assert watch.observed(datetime.now(UTC).isoformat(), 1) is None


def test_nobody_is_asked_without_an_address() -> None:
    with watch_server(None, token="t0ken") as watch:
        pass
    assert watch.samples == []


def test_service_that_goes_away_is_a_failure_not_an_error(server: Server) -> None:
    server.body = "process_cpu_seconds_total 1\n"
    with watch_server(address(server), token=None) as watch:
        assert eventually(lambda: bool(watch.samples))
        server.status = 500
    assert (len(watch.samples), watch.failures) == (1, 1)
