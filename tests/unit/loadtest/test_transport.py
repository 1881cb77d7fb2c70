"""When an answer came, and not when somebody got to read it."""

import socket
import time
from collections.abc import Iterator

import pytest
from clock import now
from transport import Origin, Transport


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, Transport]]:
    """Both ends of one connection."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        transport = Origin.resolve(f"http://127.0.0.1:{listener.getsockname()[1]}").connect()
        server, _ = listener.accept()
        yield server, transport
        transport.close()
        server.close()


def test_answer_that_is_read_late_came_when_it_came(pair: tuple[socket.socket, Transport]) -> None:
    server, transport = pair
    sent = now()
    server.sendall(b"answer")
    time.sleep(0.1)

    assert transport.receive() == b"answer"

    assert sent - 0.001 < transport.arrived < now() - 0.05


def test_last_of_several_parts_counts(pair: tuple[socket.socket, Transport]) -> None:
    server, transport = pair
    server.sendall(b"an")
    time.sleep(0.1)
    last = now()
    server.sendall(b"swer")
    while (received := transport.receive()) is None:
        time.sleep(0.001)

    assert received == b"answer"
    assert transport.arrived > last - 0.001


def test_end_of_a_connection_has_its_moment(pair: tuple[socket.socket, Transport]) -> None:
    server, transport = pair
    before = now()
    server.close()
    while (received := transport.receive()) is None:
        time.sleep(0.001)

    assert received == b""
    assert before <= transport.arrived <= now()


def test_arrival_does_not_follow_a_clock_that_was_set(
    pair: tuple[socket.socket, Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, transport = pair
    server.sendall(b"answer")
    time.sleep(0.01)
    monkeypatch.setattr("transport.system_time", lambda: 0.0)

    assert transport.receive() == b"answer"

    assert transport.arrived <= now()
