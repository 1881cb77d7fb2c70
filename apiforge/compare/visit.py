"""What was measured of one variant in one round, and how it is kept until all rounds are there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

from apiforge.loadtest.recording import Recording, Tally
from apiforge.loadtest.workload import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The highest rate that met the targets in this round, and what was tried to find it.

    `rate` is None where it was not found: the time was over before one that misses them was tried
    just above, or the load generator, not the variant, was the limit. `held` is the highest that
    was seen to meet them, 0 if none; the next round begins to search at `start_of_next`.
    """

    rate: float | None
    held: float
    limited_by_generator: bool
    start_of_next: float
    probes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a tree of processes took while a rate was asked for: a share of a core, and bytes."""

    cpu: float
    memory_bytes: int


# Without slots: `whole` is made once, since every metric asks for it.
@dataclass(frozen=True, kw_only=True)
class Visit:
    """One variant in one round, both counted from 0. `faults` are the load generator's own: then
    the round says nothing of the variant. Times in seconds: `measured` at the asked rate,
    `probed` in search of the highest, `took` in all."""

    round: int
    label: str
    started: str
    took: float
    measured: float
    probed: float
    faults: tuple[str, ...]
    endpoints: Mapping[str, Tally]
    errors: tuple[tuple[str, str, int], ...]
    lag_p99_ms: float | None
    ceiling: Ceiling | None
    api: Load | None
    server: Load | None
    disk_bytes: int | None

    @property
    def is_valid(self) -> bool:
        """Can it be judged?"""
        return not self.faults and self.measured > 0

    @property
    def is_complete(self) -> bool:
        """Is everything there that it can give? No try finds a rate beyond the load generator's."""
        ceiling = self.ceiling
        is_found = ceiling is None or ceiling.rate is not None or ceiling.limited_by_generator
        return self.is_valid and is_found

    @cached_property
    def whole(self) -> Tally:
        """All endpoints as one."""
        return Tally.merged(list(self.endpoints.values()))

    def to_json(self) -> dict[str, Any]:
        """For a line of the notebook, without loss."""
        tallies = {name: _tally(tally) for name, tally in self.endpoints.items()}
        plain = {name: getattr(self, name) for name in _PLAIN}
        parts = {name: _part(getattr(self, name)) for name in ("ceiling", "api", "server")}
        return {**plain, **parts, "endpoints": tallies}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Reads what `to_json` makes."""
        ceiling, api, server = data["ceiling"], data["api"], data["server"]
        return cls(
            **{name: data[name] for name in _PLAIN if name not in ("faults", "errors")},
            ceiling=ceiling and Ceiling(**{**ceiling, "probes": tuple(ceiling["probes"])}),
            api=api and Load(**api),
            server=server and Load(**server),
            faults=tuple(data["faults"]),
            errors=tuple((place, text, count) for place, text, count in data["errors"]),
            endpoints={name: Tally.from_json(part) for name, part in data["endpoints"].items()},
        )


_PLAIN = (
    *("round", "label", "started", "took", "measured", "probed"),
    *("faults", "errors", "lag_p99_ms", "disk_bytes"),
)


def _tally(tally: Tally) -> dict[str, Any]:
    counts = ("requests", "failures", "unfinished", "dropped", "in_flight", "lag")
    return {
        **{name: getattr(tally, name) for name in counts},
        "times": tally.times.to_json(),
        "failed_times": tally.failed_times.to_json(),
    }


def _part(part: Ceiling | Load | None) -> dict[str, Any] | None:
    return None if part is None else asdict(part)


def merged(visits: Sequence[Visit]) -> Recording:
    """All rounds of one variant as one recording, to be judged by targets as a load test is."""
    names = list(dict.fromkeys(name for visit in visits for name in visit.endpoints))
    return Recording(
        workload=Workload(base_url="http://127.0.0.1", scenario=""),
        measured=sum(visit.measured for visit in visits),
        endpoints={
            name: Tally.merged(
                [visit.endpoints[name] for visit in visits if name in visit.endpoints]
            )
            for name in names
        },
        errors=[error for visit in visits for error in visit.errors],
    )
