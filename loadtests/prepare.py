"""What happens before the clock starts: the first contact, the log-in, the ids of existing rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

import gevent
from client import Connection, Encoder, ExchangeError, TimedOut
from fillers import PlaceholderError, fill_headers
from operation import SUCCESS, Request, ScenarioError, Send
from placeholders import SERIES
from replay import Scenario
from transport import Origin, Unreachable

_RENEW_AFTER = 0.7
_RETRY = 0.1
"""Shares of a log-in's life: when it is renewed, and how soon again where that failed."""


class CannotStart(Exception):
    """The test cannot begin; `kind` is "unreachable", "unready" or "scenario"."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Work:
    """What to send, and where; `begin` is called when it counts from then on."""

    origin: Origin
    names: tuple[str, ...]
    choose: Callable[[Random], Request]
    answered: Callable[[Request, int, bytes], None] = lambda *answer: None
    begin: Callable[[], None] = lambda: None
    warnings: list[str] = field(default_factory=list)


def prepare(subject: dict[str, Any]) -> Work:
    """Makes sure that the target answers and all is known to begin. Raises CannotStart."""
    SERIES.share(subject["origin"], subject["worker"], subject["workers"])
    scenario = None if subject["url"] else _load(subject)
    try:
        if scenario is None:
            return _single(subject)
        origin = Origin.resolve(subject["base_url"])
        send = make_sender(origin, subject["timeout"])
        send(_get("/", {}))
        scenario.prepare(send)
    except (Unreachable, ExchangeError) as error:
        raise CannotStart("unreachable", str(error)) from error
    except PlaceholderError as error:
        raise CannotStart("scenario", str(error)) from error
    except ScenarioError as error:
        raise CannotStart("unready", str(error)) from error
    left_out = [f"left out: {reason}" for reason in scenario.left_out]
    work = Work(origin, scenario.names, scenario.next, scenario.answered, scenario.begin, left_out)
    if scenario.token_lifetime:
        gevent.spawn(_stay_logged_in, scenario, send, work.warnings)
    return work


def _load(subject: dict[str, Any]) -> Scenario:
    extra = {"headers": subject["headers"], "data": subject["data"]}
    share = (subject["worker"], subject["workers"])
    try:
        path = Path(subject["scenario"])
        return Scenario.load(path, subject["environment"], extra=extra, share=share)
    except ScenarioError as error:
        raise CannotStart("scenario", str(error)) from error


def _single(subject: dict[str, Any]) -> Work:
    """A test of one address: the same GET again and again."""
    parts = urlsplit(subject["url"])
    origin = Origin.resolve(f"{parts.scheme}://{parts.netloc}")
    headers = fill_headers(subject["headers"], subject["environment"])
    request = _get(_path_of(subject["url"]), headers)
    make_sender(origin, subject["timeout"])(request)
    return Work(origin, (request.name,), lambda random: request)


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return quote(path, safe="/%?&=:@+,;")


def _get(path: str, headers: dict[str, str]) -> Request:
    headers = {"Accept": "*/*", **headers}
    return Request(f"GET {path}", "GET", path, headers, None, SUCCESS, False, 1, None)


def make_sender(origin: Origin, timeout: float) -> Send:
    """Sends to the origin, or where a path is a whole address, there: a log-in may be elsewhere."""
    connections = {"": (Connection(origin), Encoder(origin))}

    def send(request: Request) -> tuple[int, bytes]:
        place = ""
        if request.path.startswith(("http://", "https://")):
            parts = urlsplit(request.path)
            place = f"{parts.scheme}://{parts.netloc}"
            request = request._replace(path=_path_of(request.path))
        if place not in connections:
            other = Origin.resolve(place)
            connections[place] = (Connection(other), Encoder(other))
        connection, encoder = connections[place]
        with gevent.Timeout(timeout, TimedOut(f"no answer within {timeout:g} s")):
            status, body = connection.exchange(request.method, encoder.encode(request))
        return status, connection.location() if request.by_location else body

    return send


def _stay_logged_in(scenario: Scenario, send: Send, warnings: list[str]) -> None:
    """Logs in again before the token is too old; a test may be longer than its life."""
    wait = _RENEW_AFTER
    while scenario.token_lifetime:
        gevent.sleep(scenario.token_lifetime * wait)
        try:
            scenario.login(send)
            wait = _RENEW_AFTER
        except (Unreachable, ExchangeError, ScenarioError) as error:
            # The test goes on: what is refused for it is judged, and this says why it was.
            wait = _RETRY
            told = f"the log-in could not be renewed: {error}"
            if told not in warnings:
                warnings.append(told)
