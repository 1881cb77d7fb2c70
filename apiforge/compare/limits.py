"""What a comparison did not measure, so that nobody believes it did."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apiforge.catalog.model import NONE
from apiforge.compare.order import DATABASE, Order
from apiforge.compare.statistics import FEWEST_ROUNDS
from apiforge.project.proposals import number


def find_limits(order: Order, variants: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each in a line; `variants` as the result tells them."""
    for one in variants:
        yield from _trouble(one)
        yield from _standing(one)
        yield from _rounds(one)
    yield from _unjudged(variants)
    yield (
        "Service, server and load generator shared this machine: highest rates compare the "
        "variants here, and promise nothing of another machine"
    )
    yield "Not measured: the end of a server, failover, backups, and a network in between"
    yield (
        f"Not measured: more than {order.rows:,} rows of each resource, and more than "
        f"{order.duration:g} s at a time"
    )
    cache = order.specification.choices.get("cache", ("the default",))
    if order.axis == DATABASE and cache != (NONE,):
        yield f"Reads are answered by the cache where it can ({', '.join(cache)}), in all alike"
    if order.rate < order.specification.requirements.peak_rate:
        peak = number(order.specification.requirements.peak_rate)
        yield f"The peak of {peak} requests/s that is required was not asked for: see --rate"
    added = max((len(it["rounds"]) for it in variants), default=0) - order.rounds
    if added > 0:
        yield f"{added} more than the {order.rounds} rounds asked for, as some were incomplete"
    if order.rounds < FEWEST_ROUNDS:
        yield f"{order.rounds} rounds are too few to call a difference: {FEWEST_ROUNDS} are needed"


def _trouble(variant: Mapping[str, Any]) -> Iterator[str]:
    for kind, verb in (("skipped", "was skipped"), ("failed", "failed")):
        if variant[kind] is not None:
            yield f"{variant['label']} {verb}: {variant[kind]}"


def _standing(variant: Mapping[str, Any]) -> Iterator[str]:
    server = variant["server"] or {}
    left_out = "it was left out of differences and recommendation"
    if server.get("stand_in"):
        what = f"{server['name']}, a stand-in for {server['stands_in_for']}"
        yield f"{variant['label']} ran on {what}: {left_out}"
    if server.get("untested"):
        yield f"{variant['label']} is untested: {left_out}"


def _unjudged(variants: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    texts = [target["text"] for it in variants for target in it["targets"] if not target["judged"]]
    for text in dict.fromkeys(texts):
        yield f"{text} was not judged: too few requests for it, ask for longer or more rounds"


def _rounds(variant: Mapping[str, Any]) -> Iterator[str]:
    rounds = variant["rounds"]
    invalid = sum(not it["valid"] for it in rounds)
    if invalid:
        yield (
            f"{invalid} of {len(rounds)} rounds of {variant['label']} are left out: the load "
            "generator was at fault, because this machine or its host was busy with other work"
        )
    sought = [it for it in rounds if it["held_rate"] is not None and it["max_rate"] is None]
    limited = sum(it["limited_by_generator"] for it in sought)
    which = f"The highest rate of {variant['label']} was not found in"
    if limited:
        yield f"{which} {limited} of {len(rounds)} rounds: the load generator could not judge it"
    if limited < len(sought):
        yield f"{which} {len(sought) - limited} of {len(rounds)} rounds: their time was over before"
