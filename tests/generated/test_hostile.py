"""Ten thousand malformed and hostile requests: no 5xx, nothing hangs, memory stays as it was."""

import re
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice

import psutil
import pytest

from tests.generated.conftest import Boot, Live, MakeProject, login
from tests.generated.hostile import Attacker, Hostile

THING = (
    "thing: name:string(120)? size:integer?# big:bigint?# key:uuid?! price:decimal(10,2)?#"
    " weight:float?# day:date?# at:datetime? data:json? state:enum(new|old)? active:boolean?"
)
PATH = "/api/v1/things"
PROJECTS = {
    "sqlite": ["--database", "sqlite", "--cache", "memory", "--auth", "jwt"],
    "postgresql": ["--database", "postgresql", "--cache", "none", "--auth", "none"],
}
REQUESTS = 10_000
WARM_UP = 3_000
"""Requests after which caches are full, interpreters' arenas grown."""
AT_ONCE = 4
PATIENCE = 10.0
GROWTH = 40 * 2**20
STATUS = re.compile(rb"HTTP/1\.[01] ([2-5]\d\d) ")


@pytest.fixture(params=PROJECTS.values(), ids=PROJECTS)
def live(request: pytest.FixtureRequest, make_project: MakeProject, boot: Boot) -> Iterator[Live]:
    project = make_project(*request.param, "--resource", THING)
    with boot(project, rows=50) as live:
        login(live)
        yield live


def test_hostile_requests_do_no_harm(live: Live) -> None:
    token = live.client.headers.get("Authorization")
    requests = Attacker(20261122, PATH, token).requests(REQUESTS)
    port = live.client.base_url.port or 0
    answers = Counter(attack(port, islice(requests, WARM_UP)))
    before = memory(port)

    answers += Counter(attack(port, requests))

    after = memory(port)
    assert sum(answers.values()) == REQUESTS
    assert not {status for status in answers if status >= 500}, f"{answers}\n{tail(live)}"
    assert {200, 201, 404, 405, 422} <= set(answers), answers
    assert after - before < GROWTH, f"{before / 2**20:.0f} MiB, then {after / 2**20:.0f} MiB"
    assert live.client.get("/readyz").status_code == 200
    assert live.client.get(PATH).status_code == 200


def attack(port: int, requests: Iterator[Hostile]) -> list[int]:
    """The status of each answer; 0 where none was due, or the connection was just closed."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda one: send(port, one), requests))


def send(port: int, request: Hostile) -> int:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        if not request.is_whole:
            connection.sendall(request.content)
            return 0
        # Refused before all of it was sent: the answer may be there all the same.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request.content)
        answer = received(connection, request)
    found = STATUS.findall(answer)
    status = int(found[-1]) if found else 0
    if status >= 400:
        check_problem(answer, request)
    return status


def received(connection: socket.socket, request: Hostile) -> bytes:
    """All that comes until the server closes."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass  # closed with some of the request unread
    except TimeoutError:
        raise AssertionError(f"hangs: {request.content[:300]!r} … {parts}") from None
    return b"".join(parts)


def check_problem(answer: bytes, request: Hostile) -> None:
    """Problems are JSON, also for what is no HTTP at all; and tell nothing of the inside."""
    is_problem = b"content-type: application/problem+json" in answer.lower()
    assert is_problem, f"{request.content[:300]!r}: {answer[:1000]!r}"
    assert b"Traceback" not in answer


def memory(port: int) -> int:
    """What the service that listens there holds, in bytes."""
    pids = {
        one.pid
        for one in psutil.net_connections("tcp")
        if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid
    }
    assert pids
    return sum(psutil.Process(pid).memory_info().rss for pid in pids)


def tail(live: Live) -> str:
    """What the service logged of its own failures."""
    lines = live.log.read_text(errors="replace").splitlines()
    return "\n".join(line for line in lines if '"level":"error"' in line)[-5000:]
