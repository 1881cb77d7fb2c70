"""The table of what was said of misbehaving servers and what was so, shown after the tests."""

import re
from collections.abc import Sequence

from tests.loadtest.truth import Outcome, Percentile

TITLE = "what was said of misbehaving servers, beside their own logs, in milliseconds"
COUNTS = ("requests", "failures", "unfinished", "dropped")
WIDTHS = {
    **{"server": -10, "status": -7, "exit": 4, "right": 6, "again": 6},
    **dict.fromkeys(COUNTS, 11),
    **{"worst": 6, "said": 8, "true": 8, "off by": 7, "allowed": 8},
}
NOTHING = "-"


class Table:
    """A row for each server. Counts are summed over its seeds, `again` tells how many tests called
    themselves invalid and were made again, `worst` is the percentile nearest to what is allowed."""

    def __init__(self) -> None:
        self.lines = [_line(dict(zip(WIDTHS, WIDTHS, strict=True)), "reason")]

    def add(self, outcomes: Sequence[Outcome]) -> None:
        complaints = {outcome.seed: outcome.complaints() for outcome in outcomes}
        summaries = [outcome.result["summary"] for outcome in outcomes]
        cells = {
            "server": outcomes[0].case.mode,
            "status": _all({outcome.status for outcome in outcomes}),
            "exit": _all({outcome.exit_code for outcome in outcomes}),
            "right": f"{sum(not found for found in complaints.values())}/{len(outcomes)}",
            "again": sum(outcome.again for outcome in outcomes),
            **{name: sum(figures[name] for figures in summaries) for name in COUNTS},
            **_worst([one for outcome in outcomes for one in outcome.percentiles()]),
        }
        self.lines.append(_line(cells, _reason(outcomes[-1])))
        for seed, found in complaints.items():
            self.lines += [f"  seed {seed}: {complaint}" for complaint in found]

    def add_refused(self, codes: Sequence[int], right: int) -> None:
        """Of a server that never was there: the exit codes, of which one is right."""
        cells = {
            "server": "refuses",
            "exit": _all(set(codes)),
            "right": f"{codes.count(right)}/{len(codes)}",
        }
        self.lines.append(_line(cells, "never reachable"))


def _worst(percentiles: Sequence[Percentile]) -> dict[str, object]:
    if not percentiles:
        return {}
    worst = max(percentiles, key=lambda one: one.off_by / one.allowed)
    return {
        "worst": worst.name,
        "said": f"{worst.told:.1f}",
        "true": f"{worst.truth:.1f}",
        "off by": f"{worst.off_by:.1f}",
        "allowed": f"{worst.allowed:.1f}",
    }


def _reason(outcome: Outcome) -> str:
    """What was looked for in the reasons, as it was found."""
    told = "\n".join(outcome.result["verdict"]["reasons"])
    found = re.search(outcome.case.reason, told)
    return found.group() if found else told


def _all(different: set[object]) -> str:
    return "/".join(sorted(map(str, different)))


def _line(cells: dict[str, object], reason: str) -> str:
    texts = {name: str(cells.get(name, NOTHING)) for name in WIDTHS}
    padded = [
        texts[name].rjust(width) if width > 0 else texts[name].ljust(-width)
        for name, width in WIDTHS.items()
    ]
    return f"{''.join(padded)}  {reason}"
