"""How many rounds a comparison makes: those asked for, and some in place of incomplete ones.

A round in which the load generator was at fault for one variant, or its search for the highest rate
ran out of time, has no pair. Five rounds of which one lacks it would judge nothing; so rounds are
added until as many as were asked for are complete for all variants that are judged, within a bound:
a machine that is busy all the time ends, too. Which variant did better has no say in it.
"""

from collections.abc import Sequence, Set

from apiforge.compare.statistics import FEWEST_ROUNDS
from apiforge.compare.visit import Visit

ADDED_SHARE = 0.4


def most_rounds(asked: int) -> int:
    """None are added where even all that were asked for could not call a difference."""
    return asked + int(ADDED_SHARE * asked) if asked >= FEWEST_ROUNDS else asked


def complete_rounds(visits: Sequence[Visit], labels: Set[str]) -> list[int]:
    """The numbers of the rounds in which each of these variants has all that is compared."""
    complete = {(visit.round, visit.label) for visit in visits if visit.is_complete}
    numbers = sorted({number for number, _ in complete})
    return [it for it in numbers if all((it, label) in complete for label in labels)]
