"""Rounds in place of those that are left out: how many, of whom, and that it ends."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from apiforge.compare import session, store
from apiforge.compare.order import Order
from apiforge.compare.rounds import complete_rounds, most_rounds
from apiforge.compare.session import Outcome
from apiforge.compare.stage import is_compared
from apiforge.compare.visit import Visit
from tests.unit.compare.comparisons import CATALOG, SOME, Likeness, make_order_of, make_visit

LATE = "the load generator was late"
STAND_IN = replace(SOME, stands_in_for="Other")


@dataclass(kw_only=True)
class Played:
    """A comparison whose variants are made up, each with its faults by round."""

    folder: Path
    order: Order
    likenesses: Mapping[str, Likeness]
    stops_at: tuple[int, str] | None = None

    def hold(self, notebook: store.Notebook | None = None) -> Outcome:
        self.told: list[str] = []
        self.notebook = notebook or store.begin(self.folder, self.order, now=datetime.now(UTC))
        return session.hold(
            self.order,
            CATALOG,
            self.notebook,
            tell=self.told.append,
            on_progress=lambda progress: None,
            keep_awake=False,
        )

    @contextmanager
    def open_actor(self, order: Order, variant: Any, catalog: Any, **_: Any) -> Iterator[Any]:
        software = self.likenesses[variant.label].software
        yield SimpleNamespace(
            variant=variant,
            software=software,
            service=SimpleNamespace(startup=0.1),
            is_compared=is_compared(software, None),
        )

    def visit(self, actor: Any, order: Order, number: int, **_: Any) -> Visit:
        label = actor.variant.label
        if (number, label) == self.stops_at:
            raise KeyboardInterrupt
        return make_visit(order, label, number, self.likenesses[label])


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    def played(rounds: int = 5, **likenesses: Likeness) -> Played:
        order = make_order_of(list(likenesses), rounds=rounds)
        it = Played(folder=tmp_path, order=order, likenesses=likenesses)
        monkeypatch.setattr(session, "open_actor", it.open_actor)
        monkeypatch.setattr(session, "visit", it.visit)
        monkeypatch.setattr(session, "rehearse", lambda actor, order, on_progress: 100.0)
        monkeypatch.setattr(session, "wait_until_ready", lambda actor, within: True)
        return it

    return played


def rounds_of(outcome: Outcome, label: str) -> list[int]:
    return [visit.round for visit in outcome.visits if visit.label == label]


def late(*rounds: int, **changes: Any) -> Likeness:
    return Likeness(faults=dict.fromkeys(rounds, LATE), **changes)


def test_sound_rounds_need_no_more(play: Any) -> None:
    outcome = play(sqlite=Likeness(), postgresql=Likeness()).hold()

    assert rounds_of(outcome, "sqlite") == [0, 1, 2, 3, 4]


def test_a_round_left_out_is_made_up_for_by_all_that_are_judged(play: Any) -> None:
    played = play(sqlite=late(2), postgresql=Likeness(), mongodb=Likeness(software=STAND_IN))
    outcome = played.hold()

    assert rounds_of(outcome, "sqlite") == rounds_of(outcome, "postgresql") == [0, 1, 2, 3, 4, 5]
    assert rounds_of(outcome, "mongodb") == [0, 1, 2, 3, 4]
    assert "round 6, in place of an incomplete one: sqlite, about 70 s left" in played.told


def test_faults_while_a_stand_in_was_measured_cost_nobody_a_round(play: Any) -> None:
    likenesses = {"mongodb": late(2, software=STAND_IN)}
    outcome = play(sqlite=Likeness(), postgresql=Likeness(), **likenesses).hold()

    assert rounds_of(outcome, "sqlite") == [0, 1, 2, 3, 4]


def test_it_ends_on_a_machine_that_is_always_busy(play: Any) -> None:
    outcome = play(sqlite=late(*range(20)), postgresql=Likeness()).hold()

    assert len(rounds_of(outcome, "sqlite")) == most_rounds(5) == 7


def test_rounds_that_are_too_few_anyway_get_no_more(play: Any) -> None:
    outcome = play(rounds=4, sqlite=late(2), postgresql=Likeness()).hold()

    assert rounds_of(outcome, "sqlite") == [0, 1, 2, 3]


def test_an_added_round_that_was_interrupted_goes_on(play: Any) -> None:
    played = play(sqlite=late(0, 1), postgresql=Likeness())
    played.stops_at = (5, "sqlite")  # after postgresql's visit
    half = played.hold()
    played.stops_at = None
    whole = played.hold(played.notebook)

    assert half.interrupted and not whole.interrupted
    assert rounds_of(half, "postgresql") == [0, 1, 2, 3, 4, 5]
    assert rounds_of(whole, "postgresql") == rounds_of(whole, "sqlite") == [*range(7)]
    assert len(played.told) == len(whole.visits) - len(half.visits) + 2  # both warm up again


def test_only_rounds_that_have_all_of_everybody_are_complete() -> None:
    order = make_order_of(["sqlite", "postgresql"])
    sought = make_visit(order, "postgresql", 3, Likeness())
    assert sought.ceiling is not None
    visits = [
        make_visit(order, "sqlite", 0, Likeness()),
        make_visit(order, "postgresql", 0, Likeness(max_rate=None)),  # beyond the generator
        make_visit(order, "sqlite", 1, Likeness()),
        make_visit(order, "sqlite", 2, Likeness()),
        make_visit(order, "postgresql", 2, late(2)),
        make_visit(order, "sqlite", 3, Likeness()),
        replace(sought, ceiling=replace(sought.ceiling, rate=None)),
    ]

    assert complete_rounds(visits, {"sqlite", "postgresql"}) == [0]
    assert complete_rounds(visits, {"sqlite"}) == [0, 1, 2, 3]
