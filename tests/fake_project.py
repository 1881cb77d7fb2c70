"""A project small enough to make in a test: it answers like a generated one, from the standard
library alone, and has the same commands."""

import sys
from dataclasses import dataclass
from pathlib import Path

SETTINGS = """
[project]
name = "fake"

[choices]
database = "{database}"
cache = "none"
auth = ["none"]
monitoring = ["none"]
deploy = ["none"]

[requirements]
peak_rate = 40
rows = 30

[loadtest]
targets = {targets}
"""

MAKEFILE = """
VENV ?= .venv
install: ; @{install} mkdir -p $(VENV)/bin && ln -sf {python} $(VENV)/bin/python
"""

EXAMPLE = """
# Written by hand.
DATABASE_URL=sqlite:///real.db
TOKEN_KEY=
GREETING="hello" # said by nobody
"""

SCENARIO = """
[login]
method = "POST"
path = "/api/v1/auth/login"
body = {email = "{env:LOAD_USER_EMAIL}", password = "{env:LOAD_USER_PASSWORD}"}
token = "access_token"

[pools.products]
path = "/api/v1/products?limit=200"
size = 100

[[requests]]
name = "GET /api/v1/products/{id}"
weight = 9.0
method = "GET"
path = "/api/v1/products/{products.id}"
expect = [200]

[[requests]]
name = "POST /api/v1/products"
weight = 1.0
method = "POST"
path = "/api/v1/products"
body = {name = "{text:20}"}
expect = [201]
made = "products"
"""

APPLICATION = """
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

database = os.environ["DATABASE_URL"]
file = Path(database.removeprefix("sqlite:///")) if "sqlite" in database else Path("fake.db")
MODE = os.environ.get("FAKE_MODE", "")
EMAIL, PASSWORD = os.environ["LOAD_USER_EMAIL"], os.environ["LOAD_USER_PASSWORD"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *words):
        pass

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def is_logged_in(self):
        return self.headers["Authorization"] == "Bearer " + PASSWORD

    def do_GET(self):
        if self.path == "/readyz":
            return self.answer(503 if MODE == "never ready" else 200, {})
        if not self.is_logged_in():
            return self.answer(401, {})
        if self.path.startswith("/api/v1/products?"):
            ids = file.read_text().split()
            return self.answer(200, {"items": [{"id": id} for id in ids], "next_cursor": None})
        self.answer(200, {"id": self.path.rpartition("/")[2]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/v1/auth/login":
            known = body == {"email": EMAIL, "password": PASSWORD}
            content = {"access_token": PASSWORD} if known else {}
            return self.answer(200 if known else 401, content)
        self.answer(201 if self.is_logged_in() else 401, {"id": "made"})


command = sys.argv[1]
if command == "migrate":
    if MODE == "broken migration":
        sys.exit("relation does not exist")
    file.write_text("")
    assert len(os.environ["TOKEN_KEY"]) == 44 and os.environ["GREETING"] == "hello"
elif command == "seed":
    file.write_text(" ".join(f"id-{number}" for number in range(int(sys.argv[3]))))
    Path("seeded").write_text(f"{sys.argv[3]} rows in {database}")
elif command == "serve":
    if MODE == "crash":
        sys.exit("no such setting: WORKERZ")
    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
    Path("serving").write_text(f"{os.getpid()} {server.server_port}")
    server.serve_forever()
"""


@dataclass(frozen=True, slots=True)
class FakeProject:
    """Its folder, and what it left there while it ran."""

    folder: Path

    @property
    def seeded(self) -> str:
        return (self.folder / "seeded").read_text()

    @property
    def serving(self) -> tuple[int, int]:
        """The pid and port of the running service."""
        pid, port = (self.folder / "serving").read_text().split()
        return int(pid), int(port)

    def is_serving(self) -> bool:
        file = self.folder / "serving"
        return file.exists() and len(file.read_text().split()) == 2


def make_project(
    folder: Path, *, database: str = "sqlite", targets: str = '["errors<1%"]', install: str = ""
) -> FakeProject:
    """Write one into `folder`; `install` is put before what `make install` does."""
    (folder / "app").mkdir(parents=True)
    (folder / "loadtests").mkdir()
    settings = SETTINGS.format(database=database, targets=targets)
    makefile = MAKEFILE.format(python=sys.executable, install=install)
    (folder / "apiforge.toml").write_text(settings)
    (folder / "Makefile").write_text(makefile)
    (folder / ".env.example").write_text(EXAMPLE)
    (folder / "loadtests" / "scenario.toml").write_text(SCENARIO)
    (folder / "app" / "__init__.py").write_text("")
    (folder / "app" / "__main__.py").write_text(APPLICATION)
    return FakeProject(folder)
