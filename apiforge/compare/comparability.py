"""Whether two runs can be compared: each has to be sound, and all but the service the same."""

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]
"""The result of a load test, as `--json` writes it."""

_MODEL = {"model": "model"}
_LOAD = {
    "rate": "rate",
    "arrivals": "arrivals",
    "users": "users",
    "think_time_s": "think time",
    "spawn_rate": "spawn rate",
    "stages": "stages",
    "profile": "profile",
}
_TIMES = {"duration_s": "duration", "warmup_s": "warm-up", "timeout_s": "timeout"}
_GENERATOR = {"workers": "workers"}
_MACHINE = {"cores": "cores", "cpu": "processor"}


def differences_of_setup(document: Document, baseline: Document) -> list[str]:
    """What stands against comparing a run with a baseline, in words; nothing where they compare.

    Free to differ are what is tested with its address and workers, the targets, and the seed.
    """
    run, before = document["run"], baseline["run"]
    found = [
        *unsound(document, "this run"),
        *unsound(baseline, "the baseline"),
        *_machines(document["machine"], baseline["machine"]),
        *_different("generator", _GENERATOR, document["generator"], baseline["generator"]),
        *_different("generator", {"joined": "from other machines"}, run, before),
        *_loads(document, baseline),
        *_different("data", {"rows": "rows"}, run, before),
    ]
    if run.get("scenario") != before.get("scenario"):
        found.append("other scenario: other requests were made, or in another mix")
    if run.get("data") != before.get("data"):
        found.append("other data: its files, or how their rows are used, differ")
    if not found and len(document.get("blocks") or ()) != len(baseline.get("blocks") or ()):
        found.append("the baseline was written by another version of apiforge: test it again")
    if not found and not document.get("blocks"):
        found.append("both runs are too short to be compared: test for at least 10 s")
    return found


def unsound(document: Document, name: str) -> list[str]:
    """Why a run says nothing about the service, or not all. A target that too few requests could
    judge makes no run unsound."""
    run = document["run"]
    faults = document["generator"].get("faults") or ()
    checks = {
        f"is invalid: {'; '.join(faults)}": faults,
        "was interrupted": run.get("interrupted"),
        "was ended early": run.get("aborted"),
        "is a search for the breakpoint": run.get("breakpoint"),
    }
    return [f"{name} {what}" for what, holds in checks.items() if holds]


def _loads(document: Document, baseline: Document) -> list[str]:
    """Of two models nothing else needs to be said: what one of them asks for the other has not."""
    run, before = document["run"], baseline["run"]
    models = _different("load", _MODEL, document, baseline)
    return [
        *(models or _different("load", _LOAD, run, before)),
        *_different("load", _TIMES, run, before),
    ]


def _machines(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """A kernel's patch level does not make another machine."""
    found = _different("machine", _MACHINE, now, before)
    words = [str(one.get("os")).split() for one in (now, before)]
    if (words[0][:1], words[0][-1:]) != (words[1][:1], words[1][-1:]):
        found.append(f"other machine: {now.get('os')}, not {before.get('os')}")
    if bool(now.get("kept_awake")) != bool(before.get("kept_awake")):
        found.append("other machine: kept awake in one of the runs only (see --keep-awake)")
    return found


def _different(
    what: str, names: Mapping[str, str], now: Mapping[str, Any], before: Mapping[str, Any]
) -> list[str]:
    return [
        f"other {what}: {label} {_told(now.get(key))}, not {_told(before.get(key))}"
        for key, label in names.items()
        if now.get(key) != before.get(key)
    ]


def _told(value: object) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
