"""Plain Locust over scenario.toml: locust -f loadtests/locustfile.py --host http://127.0.0.1:8000

Where the service asks for a log-in, LOAD_USER_EMAIL and LOAD_USER_PASSWORD say who logs in;
`python -m app seed` makes that user.
"""

import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from random import Random
from typing import Any

from locust import FastHttpUser, between, events, task
from locust.env import Environment
from locust.exception import StopTest
from locust.runners import MasterRunner
from replay import Request, Scenario
from rows import RowsUsedUp

SCENARIO = Path(__file__).with_name("scenario.toml")
RENEWED_AT = 0.8
"""Of its lifetime, when a log-in is renewed."""


class Replay:
    """The scenario while a test runs."""

    def __init__(self, host: str) -> None:
        self._host = host.rstrip("/")
        self.scenario = Scenario.load(SCENARIO, os.environ)
        self.scenario.prepare(self._send)
        self.scenario.begin()
        self._logged_in = time.monotonic()

    def next(self, random: Random) -> Request:
        """The next request; logs in again in time."""
        lifetime = self.scenario.token_lifetime
        if lifetime and time.monotonic() - self._logged_in > lifetime * RENEWED_AT:
            self._logged_in = time.monotonic()
            self.scenario.login(self._send)
        return self.scenario.next(random)

    def _send(self, request: Request) -> tuple[int, bytes]:
        is_whole = request.path.startswith(("http://", "https://"))
        address = request.path if is_whole else self._host + request.path
        asked = urllib.request.Request(
            address, request.body, dict(request.headers), method=request.method
        )
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                location = answer.headers.get("Location", "").encode()
                return answer.status, location if request.by_location else answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


replays: dict[str, Replay] = {}


@events.test_start.add_listener
def prepare(environment: Environment, **_: Any) -> None:
    """Logs in and reads which rows there are, before the users start."""
    if not isinstance(environment.runner, MasterRunner):
        host = environment.host or ""
        replays[host] = Replay(host)


class Caller(FastHttpUser):
    """Asks for what the scenario says, at a leisurely pace."""

    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        self.replay = replays[self.environment.host or ""]
        self.random = Random()

    @task
    def ask(self) -> None:
        try:
            request = self.replay.next(self.random)
        except RowsUsedUp as error:
            raise StopTest(str(error)) from error
        with self.client.request(
            request.method,
            request.path,
            data=request.body,
            headers=dict(request.headers),
            name=request.name,
            catch_response=True,
        ) as answer:
            if answer.status_code in request.expect:
                answer.success()
            else:
                answer.failure(f"answered {answer.status_code}")
            location = (answer.headers.get("Location") or "").encode()
            told = location if request.by_location else answer.content or b""
            self.replay.scenario.answered(request, answer.status_code, told)
