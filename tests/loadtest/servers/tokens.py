"""A service whose tokens live a second, and which tells apart who asks how."""

import base64
import json
import time
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from tests.loadtest.servers.serving import serving

LIFETIME = 1.0
SECRET = "s3cret-of-the-client"


class TokenServer(ThreadingHTTPServer):
    """`/token` gives tokens for client credentials, everything else wants one that is alive."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tokens: dict[str, float] = {}
        self.refuses = False
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: TokenServer

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.server.refuses:
            self._answer(503, {})
            return
        pair = base64.b64encode(f"me:{SECRET}".encode()).decode()
        is_known = self.headers["Authorization"] == f"Basic {pair}"
        if not is_known or form.get("grant_type") != ["client_credentials"]:
            self._answer(401, {"error": "invalid_client"})
            return
        token = f"token-{len(self.server.tokens)}"
        self.server.tokens[token] = time.monotonic()
        self._answer(200, {"access_token": token, "expires_in": LIFETIME})

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.server.headers.append(dict(self.headers))
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        born = self.server.tokens.get(token, 0.0)
        is_open = self.path.startswith("/open") or self.path == "/"
        is_alive = time.monotonic() - born < LIFETIME
        self._answer(200 if is_open or is_alive else 401, {"ok": is_alive})

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None:
        """Tests need no log."""


def token_server() -> AbstractContextManager[TokenServer]:
    """One that answers, as long as the context lasts."""
    return serving(TokenServer())
