"""What nobody measured, and what the project's choices bear: each with where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apiforge.capacity.figures import Sheet
from apiforge.project.requirements import Requirements

ANY_NUMBER = 1000
ONE_MACHINE = 99.9
"""Percent that one machine reaches: its restarts and updates take the rest, 44 minutes a month."""
STORAGE_SOURCE = "from the types of the fields: strings half full, text and json 400 bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """What the project's choices bear at most; None where they set no limit, or none is known.

    `why` has for each figure that is limited what limits it, such as `database sqlite`; `advice`
    what to do about it, where something is known.
    """

    replicas: int | None = None
    workers: int | None = None
    connections: int | None = None
    writes_per_second: int | None = None
    why: Mapping[str, str] = field(default_factory=dict)
    advice: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Those that the command line can replace."""

    utilisation: float = 0.7
    peak_to_mean: float = 4.0
    cores: int = 2


def give(
    sheet: Sheet, requirements: Requirements, bearing: Bearing, assumptions: Assumptions
) -> None:
    """Note what is assumed of the service and of those who call it."""
    spare, spared = _spare_replicas(requirements, bearing)
    _assume(sheet, "spare_replicas", spare, "replicas that may be lost", spared)
    _assume(
        sheet,
        *("utilisation", assumptions.utilisation, "of what was measured is planned with"),
        "--utilisation; in an M/M/1 queue, 70 % busy answers in 3.3 times the service time",
    )
    _assume(
        sheet,
        *("peak_to_mean", assumptions.peak_to_mean, "times the mean of a month is the peak"),
        "--peak-to-mean; most come in the hours of a day or an evening",
    )
    cores, granted = _cores(bearing, assumptions)
    _assume(sheet, "cores_per_replica", cores, "cores that a replica may use", granted)
    possible = bearing.replicas or ANY_NUMBER
    limited = bearing.why.get("replicas", "nothing that was chosen limits them")
    _assume(sheet, "replicas_possible", possible, "replicas that there can be", limited)
    if bearing.connections is not None:
        taken = f"{bearing.why['connections_at_most']}, as it is when new"
        meaning = "connections that the server takes"
        _assume(sheet, "connections_possible", bearing.connections, meaning, taken)
    _assume(sheet, "surge", 2, "times the planned peak is followed by scaling", "a day unforeseen")
    _assume(sheet, "burst", 10, "times an equal share is granted to one caller", "a page at once")


def _spare_replicas(requirements: Requirements, bearing: Bearing) -> tuple[int, str]:
    availability = float(requirements.availability.rstrip("%"))
    if bearing.replicas == 1 and availability <= ONE_MACHINE:
        one = f"{bearing.why['replicas']} serves one replica"
        return 0, f"{one}, and one machine reaches {ONE_MACHINE:g} %"
    return 1, "one may fail, or be replaced, at the peak"


def _cores(bearing: Bearing, assumptions: Assumptions) -> tuple[int, str]:
    if bearing.workers is not None and bearing.workers < assumptions.cores:
        return bearing.workers, f"{bearing.why['workers']} serves so many workers"
    return assumptions.cores, "--cores; the generated compose.yaml grants 2"


def give_storage(sheet: Sheet, row_bytes: float, resources: int) -> None:
    """Note what is assumed of the data: bytes of a row of one of so many `resources`."""
    _assume(sheet, "resources", resources, "kinds of rows", "[resources]")
    _assume(sheet, "row_bytes", round(row_bytes, 1), "of a row", STORAGE_SOURCE, unit="bytes")
    _assume(
        sheet,
        *("storage_factor", 3, "times its rows is what a table takes"),
        "indexes, dead rows and the log: a rule of thumb",
    )
    _assume(
        sheet,
        *("answer_factor", 4, "times its row is what a cached answer takes"),
        "names in JSON, headers, the cache's own",
    )
    _assume(sheet, "hot_share", 0.2, "of the rows are asked for again and again", "Pareto's rule")


def _assume(
    sheet: Sheet, key: str, value: float, meaning: str, source: str, *, unit: str = ""
) -> None:
    sheet.give(key, value, meaning=meaning, unit=unit, origin="assumed", source=source)
