"""`python -m benchmarks.trials [equal|slower] [--comparisons N]`: judge what is known beforehand.

`equal` compares a PostgreSQL with another just like it: at most one comparison in ten, of five
rounds each, may call any difference. `slower` puts a proxy before both, one of which holds back
what clients send until the p95 of the service is 20 % longer: nine of ten, of ten rounds each,
must find it. The complete rounds of one long comparison are judged in groups, which spares starting
everything again for each. `slower` leaves out the search for the highest rate. An hour for ten of
each, on a machine that does nothing else; it is not part of `make bench`.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from apiforge import paths
from apiforge.catalog.load import load_catalog
from apiforge.compare import store
from apiforge.compare.metrics import judge_rounds
from apiforge.compare.order import Order, Wishes, make_order
from apiforge.compare.rounds import complete_rounds
from apiforge.compare.session import hold
from apiforge.compare.statistics import SMALLEST, Difference
from apiforge.compare.visit import Visit
from apiforge.servers import postgresql
from apiforge.servers.directory import throw_away_directory
from benchmarks.trials.dragging import Drag, dragged

CATALOG = load_catalog([paths.templates()])
RATE, DURATION, ROWS = 100.0, 4.0, 500
ROUNDS = {"equal": 5, "slower": 10}
CALLED, TOO_FEW = {"faster", "slower"}, "too few rounds"
SLOWER = 1.2
FIRST_DELAY = 0.001


def order_of(
    rounds: int, addresses: Sequence[str] = (), *, finds_highest_rate: bool = False
) -> Order:
    """Two PostgreSQLs of the same, at these addresses if any."""
    labels = ("postgresql", "postgresql-2")
    wishes = Wishes(
        project=None,
        spec=None,
        values={"database": ("postgresql", "postgresql")},
        addresses=tuple(f"{label}={url}" for label, url in zip(labels, addresses, strict=False)),
        rate=RATE,
        duration=DURATION,
        rounds=rounds,
        rows=ROWS,
        finds_highest_rate=finds_highest_rate,
    )
    return make_order(wishes, CATALOG, seed=int(datetime.now(UTC).timestamp()))


def visits_of(order: Order) -> Mapping[str, list[Visit]]:
    """Holds the comparison; what was measured, by variant."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = store.begin(Path(folder), order, now=datetime.now(UTC))
        outcome = hold(
            order,
            CATALOG,
            notebook,
            tell=tell,
            on_progress=lambda progress: None,
            keep_awake=None,
        )
    for visit in outcome.visits:
        for fault in visit.faults:
            tell(f"left out: round {visit.round + 1} of {visit.label}: {fault}")
    return {
        label: [visit for visit in outcome.visits if visit.label == label] for label in order.labels
    }


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def groups(visits: Mapping[str, list[Visit]], size: int) -> Iterator[list[Difference]]:
    """The verdicts of each `size` rounds that are complete, in the order they were made; as in a
    comparison of its own, those that are not were made up for."""
    together = [visit for those in visits.values() for visit in those]
    complete = complete_rounds(together, visits.keys())
    for begin in range(0, len(complete) - size + 1, size):
        numbers = complete[begin : begin + size]
        chosen = {
            label: [visit for visit in those if visit.round in numbers]
            for label, those in visits.items()
        }
        yield judge_rounds(chosen, smallest=SMALLEST)


@contextmanager
def two_slow_servers() -> Iterator[tuple[list[str], list[Drag]]]:
    """Two empty PostgreSQLs, each behind a proxy."""
    with ExitStack() as running:
        urls, drags = [], []
        for _ in range(2):
            directory = running.enter_context(throw_away_directory())
            at = running.enter_context(postgresql.run_private(postgresql.find(), directory))
            drag = running.enter_context(dragged(at.port))
            drags.append(drag)
            urls.append(f"postgresql://{at.user}:{at.password}@127.0.0.1:{drag.port}/{at.database}")
        yield urls, drags


def main() -> int:
    """Prints each verdict, and how many were right; 1 where too few were."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trials")
    parser.add_argument("kind", choices=sorted(ROUNDS))
    parser.add_argument("--comparisons", type=int, default=10)
    parser.add_argument("--delay-ms", type=float, help="of `slower`; found out if not given")
    options = parser.parse_args()
    size = ROUNDS[options.kind]
    rounds = size * options.comparisons
    if options.kind == "equal":
        found = list(groups(visits_of(order_of(rounds, finds_highest_rate=True)), size))
    else:
        found = slower(rounds, size, options.delay_ms)
    return report(options.kind, found, options.comparisons)


def slower(rounds: int, size: int, delay_ms: float | None) -> list[list[Difference]]:
    delay = delay_for(SLOWER) if delay_ms is None else delay_ms / 1000
    print(f"the second holds back each message for {1000 * delay:.2f} ms")
    with two_slow_servers() as (urls, drags):
        drags[1].hold_back(delay)
        return list(groups(visits_of(order_of(rounds, urls)), size))


def delay_for(ratio: float) -> float:
    """What delay makes the p95 so many times longer: interpolated from one that is tried."""
    with two_slow_servers() as (urls, drags):
        drags[1].hold_back(FIRST_DELAY)
        visits = visits_of(order_of(3, urls))
    usual, slow = (median(map(p95, those)) for those in visits.values())
    longer = max(slow / usual - 1, 0.02)
    return FIRST_DELAY * (ratio - 1) / longer


def p95(visit: Visit) -> float:
    return visit.whole.times.percentile(95) or 0.0


def in_words(it: Difference) -> str:
    interval = f"{it.low or 0:.2f} to {it.high or 0:.2f}"
    return f"{it.metric} {it.ratio or 0:.2f} ({interval}) {it.verdict}"


def report(kind: str, found: Sequence[Sequence[Difference]], comparisons: int) -> int:
    for number, differences in enumerate(found, 1):
        print(f"{number:>3}  {'; '.join(map(in_words, differences))}")
    judged = sum(any(it.verdict != TOO_FEW for it in those) for those in found)
    called = sum(any(it.verdict in CALLED for it in those) for those in found)
    print(
        f"{kind}: a difference was called in {called} of {judged} comparisons that were judged, "
        f"of {comparisons}"
    )
    allowed = -(-comparisons // 10)
    is_right = called <= allowed if kind == "equal" else called >= comparisons - allowed
    return 0 if judged == comparisons and is_right else 1


if __name__ == "__main__":
    raise SystemExit(main())
