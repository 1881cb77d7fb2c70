"""The plan: replicas, workers, pools, bounds and storage from requirements and a measurement."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apiforge.capacity import assumptions as assumed
from apiforge.capacity import formulas
from apiforge.capacity.assumptions import Assumptions, Bearing
from apiforge.capacity.figures import Sheet
from apiforge.capacity.measurement import Measurement
from apiforge.capacity.scalability import FEWEST_POINTS, Fit, rates
from apiforge.project.requirements import Requirements

SCHEMA = "apiforge.plan/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityPlan:
    """The figures, and in words what is wrong with the project's choices for them."""

    sheet: Sheet
    measurement: Measurement
    scalability: Fit | None
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return not self.problems

    def as_json(self, project: str) -> dict[str, Any]:
        """One document of schema `apiforge.plan/1`."""
        bottleneck = self.measurement.bottleneck
        return {
            "schema": SCHEMA,
            "project": project,
            "run": self.measurement.run,
            "local_estimate": self.measurement.is_local,
            "fits": self.fits,
            "problems": list(self.problems),
            "notes": list(self.notes),
            "bottleneck": {"component": bottleneck.component, "reason": bottleneck.reason},
            "figures": [figure.as_json() for figure in self.sheet],
            "scalability": None if self.scalability is None else self.scalability.as_json(),
        }


def make_capacity_plan(
    requirements: Requirements,
    measurement: Measurement,
    *,
    bearing: Bearing,
    assumptions: Assumptions,
    row_bytes: float,
    resources: int,
    scalability: Fit | None,
) -> CapacityPlan:
    """Everything that follows; `row_bytes` is of one row of one of so many `resources`."""
    sheet = Sheet()
    _require(sheet, requirements)
    _measured(sheet, measurement)
    assumed.give(sheet, requirements, bearing, assumptions)
    assumed.give_storage(sheet, row_bytes, resources)
    for formula in formulas.EVERY:
        # What rests on something that the service did not tell is left out.
        if formula.is_known(sheet):
            sheet.compute(formula)
    return CapacityPlan(
        sheet=sheet,
        measurement=measurement,
        scalability=scalability,
        problems=tuple(_problems(sheet, bearing)),
        notes=tuple(_notes(measurement, scalability)),
    )


def _require(sheet: Sheet, requirements: Requirements) -> None:
    stated = {
        "peak_rate": (requirements.peak_rate, "requests at the peak, today", "/s"),
        "growth_per_year": (requirements.growth_per_year, "as much load a year from now", "times"),
        "expected_users": (requirements.expected_users, "people", ""),
        "rows": (requirements.rows, "rows of each resource, today", ""),
        "availability": (float(requirements.availability.rstrip("%")), "of the time", "%"),
    }
    for key, (value, meaning, unit) in stated.items():
        source = "[requirements] or a flag"
        sheet.give(key, value, meaning=meaning, unit=unit, origin="required", source=source)


def _measured(sheet: Sheet, measurement: Measurement) -> None:
    rows: list[tuple[str, float | None, str, str]] = [
        ("capacity_rate", measurement.rate, "the highest rate at which the targets held", "/s"),
        ("service_workers", measurement.workers, "processes that bore it", ""),
        ("latency_ms", measurement.latency_ms, "mean latency there", "ms"),
        ("service_cpu", measurement.cpu, "cores that the service used there", ""),
        ("database_ms", measurement.database_ms, "database time for each request", "ms"),
        ("write_share", measurement.write_share, "part of the requests that wrote", ""),
        ("create_share", measurement.create_share, "part of the requests that made a row", ""),
    ]
    for key, value, meaning, unit in rows:
        if value is not None:
            source = f"run {measurement.run}"
            sheet.give(
                key, round(value, 4), meaning=meaning, unit=unit, origin="measured", source=source
            )


def _problems(sheet: Sheet, bearing: Bearing) -> Iterator[str]:
    """What the project's choices do not bear."""
    checks = (
        ("replicas", bearing.replicas, "serves {limit} replica(s), and {value} are needed"),
        ("connections_at_most", bearing.connections, "takes {limit} connections, and {value} come"),
        (
            "writes_per_second",
            bearing.writes_per_second,
            "bears {limit} writes/s, and {value} come",
        ),
    )
    for key, limit, problem in checks:
        if limit is None or key not in sheet or sheet[key] <= limit:
            continue
        advice = bearing.advice.get(key)
        told = problem.format(limit=limit, value=f"{sheet[key]:.4g}")
        yield f"{bearing.why[key]} {told}" + (f": {advice}" if advice else "")


def _notes(measurement: Measurement, scalability: Fit | None) -> Iterator[str]:
    """What a reader has to know of these numbers."""
    if measurement.is_local:
        yield (
            "a local estimate: the load generator, the service and its database shared one "
            "machine; measure again where it is to run"
        )
    if measurement.bottleneck.component == "generator":
        yield "the load generator gave way first: the service may bear more than was measured"
    if measurement.database_ms is None:
        yield "the service told nothing of itself: no pool sizes, no CPU to scale by"
    if scalability is None:
        count = rates(measurement.points)
        yield (
            f"the universal scalability law needs {FEWEST_POINTS} rates that held; "
            f"there are {count}"
        )
    elif not scalability.is_good:
        yield (
            "the universal scalability law does not describe what was measured "
            f"(R² {scalability.r_squared:.2f})"
        )
