"""What happens before the clock starts: the first contact, the log-in, the ids of existing rows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

import gevent
from client import Connection, Encoder, ExchangeError, TimedOut
from placeholders import SERIES
from replay import Request, Scenario, ScenarioError, Send
from transport import Origin, Unreachable

_SUCCESS = frozenset(range(200, 300))
_RENEW_AFTER = 0.7


class CannotStart(Exception):
    """The test cannot begin; `kind` is "unreachable", "unready" or "scenario"."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Work:
    """What to send, and where."""

    origin: Origin
    names: tuple[str, ...]
    choose: Callable[[Random], Request]
    answered: Callable[[Request, int, bytes], None]


def prepare(subject: dict[str, Any]) -> Work:
    """Makes sure that the target answers and all is known to begin. Raises CannotStart."""
    SERIES.share(subject["origin"], subject["worker"], subject["workers"])
    scenario = None if subject["url"] else _load(subject)
    try:
        if scenario is None:
            return _single(subject["url"], subject["timeout"])
        origin = Origin.resolve(subject["base_url"])
        send = _sender(origin, subject["timeout"])
        send(_get("/"))
        scenario.prepare(send)
    except (Unreachable, ExchangeError) as error:
        raise CannotStart("unreachable", str(error)) from error
    except ScenarioError as error:
        raise CannotStart("unready", str(error)) from error
    if scenario.token_lifetime:
        gevent.spawn(_stay_logged_in, scenario, send)
    return Work(origin, scenario.names, scenario.next, scenario.answered)


def _load(subject: dict[str, Any]) -> Scenario:
    try:
        return Scenario.load(Path(subject["scenario"]), subject["environment"])
    except ScenarioError as error:
        raise CannotStart("scenario", str(error)) from error


def _single(url: str, timeout: float) -> Work:
    """A test of one address: the same GET again and again."""
    parts = urlsplit(url)
    origin = Origin.resolve(f"{parts.scheme}://{parts.netloc}")
    path = quote(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", safe="/%?&=:@+,;")
    request = _get(path)
    _sender(origin, timeout)(request)
    return Work(origin, (request.name,), lambda random: request, lambda *answer: None)


def _get(path: str) -> Request:
    headers = {"Accept": "*/*"}
    return Request(f"GET {path}", "GET", path, headers, None, _SUCCESS, False, 1, None)


def _sender(origin: Origin, timeout: float) -> Send:
    connection, encoder = Connection(origin), Encoder(origin)

    def send(request: Request) -> tuple[int, bytes]:
        with gevent.Timeout(timeout, TimedOut(f"no answer within {timeout:g} s")):
            return connection.exchange(request.method, encoder.encode(request))

    return send


def _stay_logged_in(scenario: Scenario, send: Send) -> None:
    """Logs in again before the token is too old; a test may be longer than its life."""
    while scenario.token_lifetime:
        gevent.sleep(scenario.token_lifetime * _RENEW_AFTER)
        scenario.login(send)
