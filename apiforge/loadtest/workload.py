"""What one load test asks for."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from apiforge.errors import UsageError

Arrivals = Literal["constant", "poisson"]
Phase = Literal["warmup", "measure", "drain"]
Stage = tuple[float, float]
"""So many seconds in which the rate goes evenly from where it was to this one."""
_MOST_IN_FLIGHT = 5000
_HIGHEST_RATE = 100_000
_MOST_WORKERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Rates are requests per second, times are seconds.

    With `users` the model is closed and there is no rate: each user asks, waits for the answer and
    thinks, `think_time` on average. With `stages` the rate begins at 0 and follows them; `rate`
    is then the highest of them, `duration` the time of all.

    One of: `scenario`, the path of a scenario.toml replayed against `base_url`; `locustfile`, the
    path of a user's own, whose `users` come `spawn_rate` a second (0: within the warm-up) and think
    as it says; `url`, one address that is sent GETs. `headers` go with every request, `data` are
    files of rows besides the scenario's own. `environment` fills `{env:NAME}` of both; it and they
    may hold secrets and are never part of a result. Impossible values raise UsageError.
    """

    base_url: str = ""
    scenario: str | None = None
    locustfile: str | None = None
    url: str | None = None
    rate: float = 50.0
    arrivals: Arrivals = "constant"
    warmup: float = 5.0
    duration: float = 30.0
    timeout: float = 10.0
    users: int = 0
    think_time: float = 0.0
    spawn_rate: float = 0.0
    stages: tuple[Stage, ...] = ()
    seed: int | None = None
    """Of what is asked for and when; None: another one each time, noted in the result. A server
    tested twice with one seed may refuse the second time what must be unique."""
    origin: int | None = None
    """Where the values that must be unique begin; None: somewhere else each time. With the same
    seed and the same origin, two servers are asked exactly the same."""
    environment: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    workers: int = 1
    """Load generating processes, each with its share of the load."""
    max_in_flight: int = 0
    """How many requests may wait for an answer at once; 0: rate x timeout, at most 5,000."""
    by_second: tuple[str, ...] = ()
    """Endpoints that are counted second by second, since they are judged so."""

    def __post_init__(self) -> None:
        if self.stages:
            object.__setattr__(self, "rate", max(rate for _, rate in self.stages))
            object.__setattr__(self, "duration", sum(seconds for seconds, _ in self.stages))
        self._check()
        if self.users:
            object.__setattr__(self, "max_in_flight", self.users)
        if not self.max_in_flight:
            limit = min(_MOST_IN_FLIGHT, math.ceil(self.rate * self.timeout))
            object.__setattr__(self, "max_in_flight", limit)

    @property
    def target(self) -> str:
        """What is tested, as a person would write it."""
        return self.url or self.base_url

    @property
    def model(self) -> Literal["open", "closed"]:
        return "closed" if self.users else "open"

    @property
    def plan(self) -> list[tuple[float, float, float]]:
        """Seconds in which the rate goes evenly from one to another."""
        if not self.stages:
            return [(self.duration, self.rate, self.rate)]
        before = [0.0, *(rate for _, rate in self.stages)]
        return [
            (seconds, low, high) for (seconds, high), low in zip(self.stages, before, strict=False)
        ]

    def asked(self, seconds: float) -> float | None:
        """The mean rate asked for in the first seconds of the window; None in the closed model."""
        if self.users:
            return None
        if not self.stages or not seconds:
            return self.rate
        return self._requests_until(seconds) / seconds

    def rate_in(self, second: int) -> float | None:
        """The rate asked for in one second of the window, the first being 1."""
        if self.users:
            return None
        return self._requests_until(second) - self._requests_until(second - 1)

    def expected(self, phase: Phase, second: int) -> float | None:
        """The rate asked for in a second of a phase, the first being 1."""
        if phase == "measure":
            return self.rate_in(second)
        return 0.0 if phase == "drain" and not self.users else self.asked(0.0)

    def _requests_until(self, moment: float) -> float:
        due = 0.0
        for seconds, low, high in self.plan:
            part = max(0.0, min(moment, seconds))
            due += part * (low + (high - low) * part / (2 * seconds or 1.0))
            moment -= seconds
        return due

    def subject(self) -> dict[str, Any]:
        """What load generating processes prepare for; it may hold secrets."""
        return {
            "base_url": self.base_url,
            "scenario": self.scenario,
            "locustfile": self.locustfile,
            "url": self.url,
            "timeout": self.timeout,
            "environment": dict(self.environment),
            "headers": dict(self.headers),
            "data": {name: dict(table) for name, table in self.data.items()},
        }

    def order(self) -> dict[str, Any]:
        """What they then do, as `loadtests/session.py` reads it."""
        same = (
            *("arrivals", "warmup", "duration", "timeout", "max_in_flight", "seed", "plan"),
            *("users", "think_time", "spawn_rate", "by_second"),
        )
        first = next((rate for _, rate in self.stages if rate), self.rate)
        return {
            **{name: getattr(self, name) for name in same},
            "warmup_plan": [(self.warmup, first, first)],
        }

    def _check(self) -> None:
        if not self.target.startswith(("http://", "https://")):
            raise UsageError(
                f"{self.target!r} is not an address to test",
                hint="it begins with http:// or https://, as in http://127.0.0.1:8000",
            )
        given = [self.url, self.scenario, self.locustfile]
        if given.count(None) != len(given) - 1:
            raise UsageError("a load test needs a scenario, a locustfile or one address")
        if self.locustfile is not None and not self.users:
            raise UsageError("a locustfile is of users", hint="say how many there are")
        for name in ("rate", "duration", "timeout"):
            _check_number(name, getattr(self, name), positive=True)
        if self.rate > _HIGHEST_RATE:
            raise UsageError(
                f"a rate of {self.rate:g} requests/s is beyond one load generator",
                hint=f"ask for at most {_HIGHEST_RATE}",
            )
        for name in ("warmup", "users"):
            _check_number(name, getattr(self, name), positive=False)
        _check_number("think time", self.think_time, positive=False)
        _check_number("spawn rate", self.spawn_rate, positive=False)
        if self.users > _MOST_IN_FLIGHT:
            raise UsageError(
                f"{self.users} users are beyond one load generator",
                hint=f"ask for at most {_MOST_IN_FLIGHT}",
            )
        if not 1 <= self.workers <= _MOST_WORKERS:
            raise UsageError(
                f"a load test cannot have {self.workers} workers",
                hint=f"give 1 to {_MOST_WORKERS}; more than there are cores help nothing",
            )
        if self.arrivals not in ("constant", "poisson"):
            raise UsageError(
                f"no arrivals called {self.arrivals!r}", hint="choose one of: constant, poisson"
            )


def _check_number(name: str, value: float, *, positive: bool) -> None:
    if not math.isfinite(value) or value < 0 or (positive and value == 0):
        least = "above 0" if positive else "0 or more"
        raise UsageError(f"the {name} cannot be {value:g}", hint=f"give a number {least}")
