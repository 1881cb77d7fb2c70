"""What one load test asks for."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from apiforge.errors import UsageError

Arrivals = Literal["constant", "poisson"]
_MOST_IN_FLIGHT = 5000
_HIGHEST_RATE = 100_000
_MOST_WORKERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Rates are requests per second, times are seconds.

    Either `scenario`, the path of a scenario.toml replayed against `base_url`, or `url`, one
    address that is sent GETs. `environment` fills the scenario's `{env:NAME}`; it may hold
    secrets and is never part of a result. Impossible values raise UsageError.
    """

    base_url: str = ""
    scenario: str | None = None
    url: str | None = None
    rate: float = 50.0
    arrivals: Arrivals = "constant"
    warmup: float = 5.0
    duration: float = 30.0
    timeout: float = 10.0
    seed: int | None = None
    """Of what is asked for and when; None: another one each time, noted in the result. A server
    tested twice with one seed may refuse the second time what must be unique."""
    environment: Mapping[str, str] = field(default_factory=dict)
    workers: int = 1
    """Load generating processes, each with its share of the load."""
    max_in_flight: int = 0
    """How many requests may wait for an answer at once; 0: rate x timeout, at most 5,000."""

    def __post_init__(self) -> None:
        self._check()
        if not self.max_in_flight:
            limit = min(_MOST_IN_FLIGHT, math.ceil(self.rate * self.timeout))
            object.__setattr__(self, "max_in_flight", limit)

    @property
    def target(self) -> str:
        """What is tested, as a person would write it."""
        return self.url or self.base_url

    def subject(self) -> dict[str, Any]:
        """What load generating processes prepare for; it may hold secrets."""
        return {
            "base_url": self.base_url,
            "scenario": self.scenario,
            "url": self.url,
            "timeout": self.timeout,
            "environment": dict(self.environment),
        }

    def order(self) -> dict[str, Any]:
        """What they then do, as `loadtests/session.py` reads it."""
        same = ("arrivals", "warmup", "duration", "timeout", "max_in_flight", "seed")
        return {
            **{name: getattr(self, name) for name in same},
            "warmup_plan": [(self.warmup, self.rate, self.rate)],
            "plan": [(self.duration, self.rate, self.rate)],
            "users": 0,
            "think_time": 0.0,
        }

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "environment": dict(self.environment)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        values: dict[str, Any] = json.loads(text)
        return cls(**values)

    def _check(self) -> None:
        if not self.target.startswith(("http://", "https://")):
            raise UsageError(
                f"{self.target!r} is not an address to test",
                hint="it begins with http:// or https://, as in http://127.0.0.1:8000",
            )
        if (self.url is None) == (self.scenario is None):
            raise UsageError("a load test needs either a scenario or one address")
        for name in ("rate", "duration", "timeout"):
            _check_number(name, getattr(self, name), positive=True)
        if self.rate > _HIGHEST_RATE:
            raise UsageError(
                f"a rate of {self.rate:g} requests/s is beyond one load generator",
                hint=f"ask for at most {_HIGHEST_RATE}",
            )
        _check_number("warmup", self.warmup, positive=False)
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
