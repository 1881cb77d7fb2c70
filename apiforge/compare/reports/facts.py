"""What the report tells besides measurements: facts with their sources, and the set-up."""

from collections.abc import Mapping, Sequence
from typing import Any

from apiforge.loadtest.reports import figures

Fact = tuple[str, str, str]
"""A variant, a sentence, and its source."""


def fact_table(document: Mapping[str, Any]) -> list[tuple[str, Sequence[Fact]]]:
    """The topics, each with what is known of the variants that can be recommended."""
    found: dict[str, list[Fact]] = {}
    seen = set()
    values = {it["label"]: it["value"] for it in document["variants"]}
    for one in document["recommendation"]["assessments"]:
        value = values[one["label"]]
        if value in seen:
            continue
        seen.add(value)
        for topic, fact in one["facts"].items():
            found.setdefault(topic, []).append((value, fact["text"], fact["source"]))
    return [(topic.capitalize(), those) for topic, those in found.items()]


def setup(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was asked for, where it ran, and how the time was spent."""
    asked, time, machine = document["asked"], document["time"], document["machine"]
    choices = ", ".join(f"{axis} {'+'.join(those)}" for axis, those in asked["choices"].items())
    share = figures.number(time["measured_share"])
    return [
        ("Rate", figures.rate(asked["rate"])),
        ("Each round", figures.duration(asked["duration_s"])),
        ("Rounds", str(asked["rounds"])),
        ("Rows of each resource", figures.count(asked["rows"])),
        ("Resources", ", ".join(asked["resources"]) or "the example's"),
        ("Targets", ", ".join(asked["targets"])),
        ("Other choices", choices or "the defaults"),
        ("Seed", str(asked["seed"])),
        ("Took", figures.duration(time["whole_s"])),
        ("Of it measuring", figures.NOTHING if share is None else f"{100 * share:.0f} %"),
        ("Cores", str(machine.get("cores", figures.NOTHING))),
        ("System", str(machine.get("os", figures.NOTHING))),
        ("Python", str(machine.get("python", figures.NOTHING))),
        ("apiforge", str(document["apiforge"])),
    ]
