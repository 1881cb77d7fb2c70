"""How many rounds a comparison makes: those asked for, and some in place of those left out.

A round in which the load generator was at fault for one variant has no pair. Five rounds of which
one is left out would judge nothing; so rounds are added until as many as were asked for are sound
for all variants that are judged, within a bound: a machine that is busy all the time ends, too.
What was measured of the variants has no say in it, only the generator's own faults.
"""

from collections.abc import Sequence, Set

from apiforge.compare.statistics import FEWEST_ROUNDS
from apiforge.compare.visit import Visit

ADDED_SHARE = 0.4


def most_rounds(asked: int) -> int:
    """None are added where even all that were asked for could not call a difference."""
    return asked + int(ADDED_SHARE * asked) if asked >= FEWEST_ROUNDS else asked


def sound_rounds(visits: Sequence[Visit], labels: Set[str]) -> int:
    """In how many rounds each of these variants has a visit that can be judged."""
    valid = {(visit.round, visit.label) for visit in visits if visit.is_valid}
    numbers = {number for number, _ in valid}
    return sum(all((number, label) in valid for label in labels) for number in numbers)
