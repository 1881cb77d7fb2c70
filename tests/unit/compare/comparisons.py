"""Comparisons without any server: visits made up from what each variant is to be like."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from apiforge import paths
from apiforge.catalog.load import load_catalog
from apiforge.catalog.model import Catalog
from apiforge.compare.cast import Trouble
from apiforge.compare.document import make_document
from apiforge.compare.order import Order, Wishes, make_order
from apiforge.compare.session import Outcome
from apiforge.compare.stage import Software
from apiforge.compare.visit import Ceiling, Load, Visit
from apiforge.loadtest.histogram import Histogram
from apiforge.loadtest.recording import Tally

CATALOG: Catalog = load_catalog([paths.templates()])
ENDPOINTS = ("GET /api/v1/products/{id}", "GET /api/v1/products", "POST /api/v1/products")

SOME = Software(name="Some", version="1.0", origin="here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What a variant is like: milliseconds in the middle, requests per second at most."""

    p50: float = 5.0
    max_rate: float | None = 400.0
    faults: Mapping[int, str] = field(default_factory=dict)
    software: Software = SOME
    trouble: Trouble | None = None
    rounds: int | None = None
    """So many were finished; all, if None."""


def make_order_of(databases: Sequence[str], **wishes: Any) -> Order:
    asked = {
        "project": None,
        "spec": None,
        "values": {"database": tuple(databases)},
        "addresses": (),
        "rate": 50.0,
        "duration": 20.0,
        "rounds": 5,
        "rows": 1000,
    }
    return make_order(Wishes(**{**asked, **wishes}), CATALOG, seed=7)


def make_visit(order: Order, label: str, number: int, likeness: Likeness) -> Visit:
    source = random.Random(f"{label} {number} {likeness.p50}")
    level = math.exp(source.gauss(0, 0.05))
    return Visit(
        round=number,
        label=label,
        started=f"2026-11-01T10:{number % 60:02}:00.000+00:00",
        took=order.duration + 15,
        measured=order.duration,
        probed=9.0,
        faults=(likeness.faults[number],) if number in likeness.faults else (),
        endpoints={name: _tally(source, likeness.p50 * level) for name in ENDPOINTS},
        errors=(),
        lag_p99_ms=1.0,
        ceiling=_ceiling(source, likeness),
        api=Load(cpu=0.2 * level, memory_bytes=int(90e6 * level)),
        server=Load(cpu=0.05 * level, memory_bytes=int(50e6 * level)),
        disk_bytes=4_000_000 + 1000 * number,
    )


def _tally(source: random.Random, p50: float) -> Tally:
    times = Histogram()
    for _ in range(300):
        times.record(int(1000 * p50 * math.exp(source.gauss(0, 0.5))))
    return Tally(requests=300, times=times)


def _ceiling(source: random.Random, likeness: Likeness) -> Ceiling:
    found = likeness.max_rate
    if found is None:
        return Ceiling(
            rate=None, held=100.0, limited_by_generator=True, start_of_next=100.0, probes=()
        )
    rate = found * math.exp(source.gauss(0, 0.04))
    probes = [
        {
            "rate": rate * factor,
            "held": factor <= 1,
            "reason": "",
            "p95_ms": 3 * likeness.p50 * (1 + factor**6 * source.uniform(0.8, 1.2)) ** 2,
            "growth_ms_per_s": 0.0,
            "seconds": 3.0,
        }
        for factor in (0.83, 1.0, 1.2)
    ]
    return Ceiling(
        rate=rate,
        held=rate,
        limited_by_generator=False,
        start_of_next=rate,
        probes=tuple(probes),
    )


def make_outcome(order: Order, likenesses: Mapping[str, Likeness], **changes: Any) -> Outcome:
    visits = [
        make_visit(order, variant.label, number, likenesses[variant.label])
        for number in range(order.rounds)
        for variant in order.rotated(number)
        if number < _finished(order, likenesses[variant.label])
    ]
    known = {label: it for label, it in likenesses.items() if _finished(order, it)}
    outcome = Outcome(
        visits=visits,
        software={label: it.software for label, it in known.items()},
        startup=dict.fromkeys(known, 0.8),
        troubles={label: it.trouble for label, it in likenesses.items() if it.trouble},
        interrupted=False,
        setup=60.0,
    )
    return replace(outcome, **changes)


def _finished(order: Order, likeness: Likeness) -> int:
    return order.rounds if likeness.rounds is None else likeness.rounds


def compared(
    likenesses: Mapping[str, Likeness], *, smallest: float = 0.05, **wishes: Any
) -> dict[str, Any]:
    """The document of a comparison of these databases."""
    order = make_order_of(list(likenesses), **wishes)
    outcome = make_outcome(order, likenesses)
    return make_document(order, outcome, CATALOG, comparison_id="0", smallest=smallest)
