"""All reports of a comparison of forty rounds: under three seconds of processor time."""

import time

from apiforge.compare.document import make_document
from apiforge.compare.reports.formats import FORMATS
from tests.unit.compare.comparisons import CATALOG, Likeness, make_order_of, make_outcome

ROUNDS = 40
LIMIT = 3.0
VARIANTS = ("sqlite", "postgresql", "sqlite", "postgresql")


def main() -> int:
    """Prints the seconds of a core that each of them takes; 1 where they are too many."""
    order = make_order_of(VARIANTS, rounds=ROUNDS)
    outcome = make_outcome(order, dict.fromkeys(order.labels, Likeness()))
    begun = time.process_time()
    document = make_document(order, outcome, CATALOG, comparison_id="0", smallest=0.05)
    spent = {"document": time.process_time() - begun}
    for form, write in FORMATS.items():
        begun = time.process_time()
        write(document)
        spent[form] = time.process_time() - begun
    for part, seconds in spent.items():
        print(f"{part:<10} {seconds:6.2f} s")
    whole = sum(spent.values())
    print(
        f"{'all':<10} {whole:6.2f} s of {LIMIT:g} s, for {len(VARIANTS)} variants, {ROUNDS} rounds"
    )
    return 0 if whole < LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
