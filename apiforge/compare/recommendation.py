"""Which variant to take for the stated requirements, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apiforge.catalog.model import Axis, Catalog, Feature
from apiforge.compare.limits import find_limits
from apiforge.compare.order import Order
from apiforge.compare.statistics import Difference
from apiforge.project.proposals import number, shortfalls

HEADROOM = 1.5
"""How many times the required rate must be borne for it to be no close call: a load test's peak is
a mean, and a server that is busy all the time makes queues."""
_METRICS = {"p95": "p95", "max_rate": "highest rate"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A variant as the result tells it, and its feature, if its value has one."""

    measured: Mapping[str, Any]
    feature: Feature | None

    @property
    def label(self) -> str:
        """Of the variant."""
        return str(self.measured["label"])

    @property
    def is_eligible(self) -> bool:
        """A stand-in or an untested value is never recommended, nor what did not last."""
        return bool(self.measured["compared"]) and self.measured["failed"] is None

    @property
    def missed(self) -> list[str]:
        """The targets that it did not meet."""
        return [
            target["text"]
            for target in self.measured["targets"]
            if target["judged"] and not target["met"]
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Assessment:
    """What speaks for and against a candidate. `headroom`: times the required rate; at least so
    many where the load generator was the limit."""

    candidate: Candidate
    shortfalls: tuple[str, ...]
    headroom: float | None
    beaten: int
    """In how many primary metrics another eligible one was better."""
    rank: int

    def merit(self) -> tuple[object, ...]:
        """What was required and measured; the best comes first."""
        is_close = self.headroom is None or self.headroom < HEADROOM
        return (bool(self.candidate.missed), len(self.shortfalls), is_close, self.beaten)

    def key(self) -> tuple[object, ...]:
        """By merit; what nothing tells apart stays in the catalogue's order."""
        return (*self.merit(), self.rank)


def recommend(
    order: Order,
    candidates: Sequence[Candidate],
    *,
    differences: Sequence[Difference],
    catalog: Catalog,
) -> dict[str, Any]:
    """`value` is the label of the one to take, None where none meets the targets."""
    axis = catalog.axis(order.axis)
    eligible = [candidate for candidate in candidates if candidate.is_eligible]
    assessed = sorted(
        (_assess(order, one, eligible, differences, axis) for one in eligible),
        key=_Assessment.key,
    )
    best = assessed[0] if assessed and not assessed[0].candidate.missed else None
    reasons = _nobody(order, assessed) if best is None else _reasons(order, best, differences)
    facts = [] if best is None else list(_facts(best.candidate))
    return {
        "value": None if best is None else best.candidate.label,
        "headline": _headline(best, assessed[1:]),
        "reasons": [*reasons, *_against(assessed[1:] if best else ()), *facts],
        "facts": facts,
        "limits": list(find_limits(order, [one.measured for one in candidates])),
        "assessments": [_as_json(order, one) for one in assessed],
    }


def _headline(best: _Assessment | None, others: Sequence[_Assessment]) -> str:
    if best is None:
        return "No recommendation"
    label = best.candidate.label
    equals = [one.candidate.label for one in others if one.merit() == best.merit()]
    if not equals:
        return f"{label} is recommended"
    return f"{label} comes first, but nothing measured tells it from {' and '.join(equals)}"


def _assess(
    order: Order,
    candidate: Candidate,
    eligible: Sequence[Candidate],
    differences: Sequence[Difference],
    axis: Axis,
) -> _Assessment:
    labels = {one.label for one in eligible}
    highest = candidate.measured["max_rate"] or candidate.measured["held_rate"]
    required = order.specification.requirements
    value = str(candidate.measured["value"])
    return _Assessment(
        candidate=candidate,
        shortfalls=shortfalls(axis, value, required),
        headroom=None if highest is None else highest / _needed(order),
        beaten=sum(
            loser == candidate.label and winner in labels
            for winner, loser in map(_called, differences)
        ),
        rank=axis.values.index(value),
    )


def _needed(order: Order) -> float:
    return max(order.rate, order.specification.requirements.peak_rate)


def _called(one: Difference) -> tuple[str | None, str | None]:
    """The better and the worse of a pair, if a difference was called."""
    if one.verdict == "faster":
        return one.a, one.b
    return (one.b, one.a) if one.verdict == "slower" else (None, None)


def _nobody(order: Order, assessed: Sequence[_Assessment]) -> Iterator[str]:
    if not assessed:
        yield "no variant was measured that could be recommended"
    for one in assessed:
        missed = ", ".join(one.candidate.missed)
        yield f"{one.candidate.label} missed {missed} at {number(order.rate)} requests/s"


def _reasons(order: Order, best: _Assessment, differences: Sequence[Difference]) -> Iterator[str]:
    candidate = best.candidate
    yield _targets(order, candidate)
    yield _headroom(order, best)
    yield from (f"Mind: it {problem}" for problem in best.shortfalls)
    yield from _beside_others(candidate.label, differences)
    yield _growth(order, candidate)


def _targets(order: Order, candidate: Candidate) -> str:
    targets = [target for target in candidate.measured["targets"] if target["judged"]]
    count = "its target" if len(targets) == 1 else f"all {len(targets)} targets"
    p95 = candidate.measured["latency_ms"]["p95"]
    slow = "" if p95 is None else f"; 95 in 100 answers came within {p95:.3g} ms"
    return f"{candidate.label} met {count} at {number(order.rate)} requests/s{slow}"


def _headroom(order: Order, one: _Assessment) -> str:
    if one.headroom is None:
        is_sought = order.finds_highest_rate
        why = "the load generator could not judge more" if is_sought else "it was not asked for"
        return f"How much more it bears is not known: {why}"
    found, held = (one.candidate.measured[key] for key in ("max_rate", "held_rate"))
    growth = order.specification.requirements.growth_per_year
    later = one.headroom / max(growth, 1.0)
    close = "" if one.headroom >= HEADROOM else ": that is close"
    more = "" if found else "; more was not tried, or the load generator could not judge it"
    return (
        f"It met them up to {found or held:,.0f} requests/s here, {one.headroom:.1f} times the "
        f"{number(_needed(order))} that are required, {later:.1f} times what comes in a year{close}"
        f"{more}"
    )


def _beside_others(label: str, differences: Sequence[Difference]) -> Iterator[str]:
    for one in differences:
        if label not in (one.a, one.b) or one.ratio is None:
            continue
        other = one.b if one.a == label else one.a
        name = _METRICS[one.metric]
        winner, _ = _called(one)
        if winner is None:
            yield f"Its {name} beside that of {other}: {one.verdict}{_interval(one)}"
        else:
            verb = "better" if winner == label else "worse"
            yield f"Its {name} is {verb} than that of {other}{_interval(one)}"


def _interval(one: Difference) -> str:
    if one.low is None or one.high is None:
        return ""
    return f" ({one.a} / {one.b}: {one.ratio:.2f}, between {one.low:.2f} and {one.high:.2f})"


def _facts(candidate: Candidate) -> Iterator[str]:
    facts = candidate.feature.facts if candidate.feature else None
    for topic, fact in facts.topics.items() if facts else ():
        yield f"{topic.capitalize()}: {fact.text} ({fact.source})"


def _growth(order: Order, candidate: Candidate) -> str:
    required = order.specification.requirements
    rows = order.rows * required.growth_per_year
    text = (
        f"{order.rows:,} rows of each resource were measured; if they grow as the load does, "
        f"there are {rows:,.0f} in a year"
    )
    disk = candidate.measured["disk_bytes"]
    if disk:
        then = disk * required.growth_per_year
        text += f", and {_megabytes(disk)} on disk become about {_megabytes(then)}"
    return text


def _megabytes(size: float) -> str:
    return f"{size / 1e6:,.1f} MB"


def _against(others: Sequence[_Assessment]) -> Iterator[str]:
    for one in others:
        label = one.candidate.label
        yield from (f"Not {label}: it missed {text}" for text in one.candidate.missed)
        yield from (f"Not {label}: it {problem}" for problem in one.shortfalls)


def _as_json(order: Order, one: _Assessment) -> dict[str, Any]:
    facts = one.candidate.feature.facts if one.candidate.feature else None
    topics = facts.topics.items() if facts else ()
    return {
        "label": one.candidate.label,
        "targets_missed": one.candidate.missed,
        "headroom": None if one.headroom is None else round(one.headroom, 2),
        "shortfalls": list(one.shortfalls),
        "beaten": one.beaten,
        "rows_in_a_year": round(order.rows * order.specification.requirements.growth_per_year),
        "facts": {topic: {"text": it.text, "source": it.source} for topic, it in topics},
    }
