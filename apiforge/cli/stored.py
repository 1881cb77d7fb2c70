"""The list of stored runs and comparisons that `apiforge report` shows without a run's name."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from apiforge.cli.console import say, stdout, warn
from apiforge.compare.store import comparisons_folder, list_results
from apiforge.errors import UsageError
from apiforge.loadtest.reports import figures
from apiforge.loadtest.reports.console import shorten
from apiforge.loadtest.reports.headline import moment
from apiforge.runs.outputs import write_text
from apiforge.runs.store import StoredRun, list_runs, runs_folder

_STYLES = {"pass": "green", "fail": "red", "invalid": "yellow"}
_COLUMNS = ("run", "started", "target", "rate", "p95", "verdict")
_TARGET_WIDTH = 22


def list_stored(project: Path, files: Mapping[str, str]) -> None:
    """What the project has. `files` may name one for JSON, which is of load tests alone.

    UsageError for any other form: a report is of one run.
    """
    _list_runs(runs_folder(project), files)
    if not files:
        _list_comparisons(project)


def _list_comparisons(project: Path) -> None:
    for one in list_results(comparisons_folder(project)):
        labels = ", ".join(variant["label"] for variant in one["variants"])
        outcome = one["recommendation"]["headline"]
        state = ", interrupted" if one["interrupted"] else ""
        say(f"{one['id']}  comparison of {labels}: {outcome}{state}")


def _list_runs(runs: Path, files: Mapping[str, str]) -> None:
    for form in files.keys() - {"json"}:
        raise UsageError(f"--{form} needs a run", hint=f"`apiforge report latest --{form} FILE`")
    found, broken = list_runs(runs)
    for folder in broken:
        warn(f"{folder.folder} is left out: {folder.reason}")
    if "json" in files:
        entries = [_entry(stored) for stored in found]
        write_text(files["json"], json.dumps(entries, indent=2, ensure_ascii=False) + "\n")
    elif found:
        _print_list(found)
    else:
        say(f"no stored runs in {runs}")


def _entry(stored: StoredRun) -> Mapping[str, Any]:
    """What a list tells of a run; the keys are for programs and stay."""
    document = stored.document
    summary = document["summary"]
    return {
        "id": stored.id,
        "started": document.get("started"),
        "name": document["run"].get("name"),
        "target": document.get("target"),
        "rate": document["run"].get("rate", summary.get("asked_rate")),
        "p95_ms": (summary.get("latency_ms") or {}).get("p95"),
        "status": document["verdict"].get("status"),
        "interrupted": bool(document["run"].get("interrupted")),
        "result": str(stored.result),
    }


def _print_list(found: Sequence[StoredRun]) -> None:
    rows = [_COLUMNS, *(_cells(_entry(stored)) for stored in found)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(_COLUMNS) - 1)]
    for index, row in enumerate(rows):
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:3], widths[:3], strict=True)]
        cells += [f"{cell:>{width}}" for cell, width in zip(row[3:5], widths[3:], strict=True)]
        line = Text("  ".join(cells) + "  ", style="" if index else "dim")
        stdout().print(line.append(row[-1], style=_STYLES.get(row[-1].split(",")[0], "")))


def _cells(entry: Mapping[str, Any]) -> tuple[str, ...]:
    name = str(entry["name"] or entry["target"] or figures.NOTHING)
    verdict = str(entry["status"] or "none")
    return (
        entry["id"],
        moment(entry["started"])[:16],
        shorten(name.removeprefix("http://").removeprefix("https://"), _TARGET_WIDTH),
        figures.rate(entry["rate"]),
        figures.milliseconds(entry["p95_ms"]),
        verdict + (", interrupted" if entry["interrupted"] else ""),
    )
