"""A connection that is asked without waiting, and one request handed to it after another."""

import socket
from collections.abc import Callable, Iterator
from random import Random

import gevent
import pytest
import schedule
from client import Connection, ConnectionLost
from clock import Alarm, now
from gevent.socket import socket as gevent_socket
from operation import SUCCESS, Request
from recorder import Recorder
from traffic import Traffic
from transport import Origin

ASKED = b"GET / HTTP/1.1\r\nHost: there\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Answers whatever comes; closes a connection instead, when told to."""

    def __init__(self) -> None:
        self._listener = gevent_socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.received: list[bytes] = []
        self.opened = self.hung_up = 0
        self.hangs_up_after = 1 << 30
        self._greenlets = [gevent.spawn(self._accept)]

    def close(self) -> None:
        gevent.killall(self._greenlets)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            accepted, _ = self._listener.accept()
            self.opened += 1
            self._greenlets.append(gevent.spawn(self._answer, accepted))

    def _answer(self, accepted: gevent_socket) -> None:
        with accepted:
            for _ in range(self.hangs_up_after):
                data = accepted.recv(65536)
                if not data:
                    return
                self.received.append(data)
                accepted.sendall(ANSWER)
        self.hung_up += 1


def wait_until(condition: Callable[[], object]) -> None:
    """While the event loop runs on; five seconds at most."""
    for _ in range(500):
        if condition():
            return
        gevent.sleep(0.01)


class Diary(Alarm):
    """Remembers until when somebody slept."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: list[float] = []

    def sleep_until(self, moment: float) -> None:
        self.moments.append(moment)
        super().sleep_until(moment)


@pytest.fixture
def server() -> Iterator[Server]:
    """Runs in the event loop of this process."""
    running = Server()
    yield running
    running.close()


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    """Not open yet."""
    made = Connection(Origin.resolve(server.url))
    yield made
    made.close()


def test_only_an_open_connection_is_asked_at_once(connection: Connection, server: Server) -> None:
    told: list[tuple[int, bytes]] = []

    assert not connection.ask("GET", ASKED, lambda: told.append(connection.result()))
    assert connection.exchange("GET", ASKED) == (200, b"{}")
    assert connection.ask("GET", ASKED, lambda: told.append(connection.result()))
    assert told == []
    wait_until(lambda: told)

    assert told == [(200, b"{}")]
    assert server.received == [ASKED, ASKED]
    assert server.opened == 1


def test_large_body_may_have_to_wait_and_is_not_sent_at_once(
    connection: Connection, server: Server
) -> None:
    connection.exchange("GET", ASKED)

    assert not connection.ask("POST", ASKED + b"x" * 10_000, lambda: None)
    gevent.sleep(0.05)
    assert server.received == [ASKED]


def test_connection_closed_while_idle_is_not_asked_for_what_must_not_be_done_twice(
    connection: Connection, server: Server
) -> None:
    server.hangs_up_after = 1
    connection.exchange("GET", ASKED)
    wait_until(lambda: server.hung_up)

    assert not connection.ask("POST", ASKED, lambda: None)


def test_loss_before_any_answer_may_be_repeated_where_that_is_harmless(
    connection: Connection, server: Server
) -> None:
    lost: list[ConnectionLost] = []

    def note() -> None:
        with pytest.raises(ConnectionLost) as caught:
            connection.result()
        lost.append(caught.value)

    connection.exchange("GET", ASKED)
    server.close()
    assert connection.ask("GET", ASKED, note)
    wait_until(lambda: lost)

    assert len(lost) == 1
    assert connection.may_repeat("GET", lost[0])
    assert not connection.may_repeat("POST", lost[0])


def test_what_is_abandoned_is_never_told(connection: Connection) -> None:
    told: list[None] = []
    connection.exchange("GET", ASKED)

    assert connection.ask("GET", ASKED, lambda: told.append(None))
    connection.abandon()
    gevent.sleep(0.05)

    assert told == []


@pytest.mark.parametrize(("early", "slept"), [(0.00005, 0), (0.001, 1)])
def test_what_is_due_very_soon_leaves_now(
    early: float, slept: int, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request("GET /", "GET", "/", {}, None, SUCCESS, False, 1, None)
    traffic = Traffic(Origin.resolve(server.url), lambda *answer: None, timeout=5.0)
    alarm, begin = Diary(), now()
    recorder = Recorder(["GET /"], begin, 1.0)
    due = begin + 0.09
    monkeypatch.setattr(schedule, "now", lambda: due - early)

    sending = schedule.Schedule(traffic, lambda random: request, limit=10, told=10)
    # Before the first one it looks for answers, whenever that is due.
    sending.run(iter([begin, due]), alarm, recorder, Random(0), end=begin + 1)
    traffic.drain()
    traffic.close()
    alarm.close()

    assert alarm.moments[1:] == [due] * slept
    whole = recorder.endpoints["GET /"]
    assert (recorder.due, whole.requests, whole.failures) == (2, 2, 0)
    assert recorder.lag.minimum == 0
