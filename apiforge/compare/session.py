"""A comparison from its first variant to its last round, whatever becomes of one of them."""

import time
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass

from apiforge.catalog.model import Catalog
from apiforge.compare.cast import Cast, Trouble
from apiforge.compare.measuring import Interrupted, rehearse, visit, wait_until_ready
from apiforge.compare.order import Order, Variant
from apiforge.compare.rounds import complete_rounds, most_rounds
from apiforge.compare.stage import Actor, Software, open_actor
from apiforge.compare.store import Notebook
from apiforge.compare.visit import Visit
from apiforge.errors import ApiforgeError, MissingServer
from apiforge.loadtest.awake import kept_awake
from apiforge.loadtest.progress import Progress

FEWEST = 2
RECOVERY = 5.0  # seconds a service may take to be ready again, after being driven to its limit

OnProgress = Callable[[Progress], None]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a comparison came to; `software` and `startup` (seconds) of variants that started."""

    visits: Sequence[Visit]
    software: Mapping[str, Software]
    startup: Mapping[str, float]
    troubles: Mapping[str, Trouble]
    interrupted: bool
    setup: float
    """Seconds that were spent on starting and preparing the variants."""


def hold(
    order: Order,
    catalog: Catalog,
    notebook: Notebook,
    *,
    tell: Tell,
    on_progress: OnProgress,
    keep_awake: bool | None,
) -> Outcome:
    """Run the comparison, or what is left of it. Every finished visit is in the notebook at once.

    An interrupt ends it early. With fewer than two variants left it ends, too. The processors are
    kept awake where that is wanted, once all variants run.
    """
    session = _Session(order, catalog, notebook, tell=tell, on_progress=on_progress)
    interrupted = False
    with ExitStack() as running:
        try:
            session.begin(running, keep_awake)
            session.go_on()
        except (KeyboardInterrupt, Interrupted):
            interrupted = True
    cast = session.cast
    return Outcome(
        visits=notebook.visits(),
        software=cast.software,
        startup=cast.startup,
        troubles=cast.troubles,
        interrupted=interrupted,
        setup=notebook.setup(),
    )


class _Session:
    def __init__(
        self,
        order: Order,
        catalog: Catalog,
        notebook: Notebook,
        *,
        tell: Tell,
        on_progress: OnProgress,
    ) -> None:
        self.cast = Cast()
        self._order = order
        self._catalog = catalog
        self._notebook = notebook
        self._tell = tell
        self._on_progress = on_progress
        self._visits = notebook.visits()
        self._known = {one.label: _expected_next(one) for one in self._visits}

    def begin(self, running: ExitStack, keep_awake: bool | None) -> None:
        """Starts every variant, and loads each once."""
        begun = time.monotonic()
        try:
            for variant in self._order.variants:
                self._start(variant, running)
            running.enter_context(kept_awake(keep_awake))
            if self._is_company():
                for label in list(self.cast.actors):
                    self._rehearse(label)
        finally:
            self._notebook.note_setup(time.monotonic() - begun)

    def go_on(self) -> None:
        """Every visit that was not made yet, while there are two to compare."""
        for number in range(self._order.rounds):
            self._round(number, set(self._order.labels))
        for number in range(self._order.rounds, most_rounds(self._order.rounds)):
            judged = self.cast.judged()
            is_enough = len(complete_rounds(self._visits, judged)) >= self._order.rounds
            if len(judged) < FEWEST or is_enough:
                return
            self._round(number, judged)

    def _round(self, number: int, labels: Set[str]) -> None:
        for variant in self._order.rotated(number):
            is_due = variant.label in labels and not self._is_done(number, variant.label)
            if is_due and variant.label in self.cast.actors and self._is_company():
                left = self._time_left(number, labels)
                self._visit(variant.label, number, left)

    def _is_done(self, number: int, label: str) -> bool:
        return any((one.round, one.label) == (number, label) for one in self._visits)

    def _is_company(self) -> bool:
        return len(self.cast.actors) >= FEWEST

    def _start(self, variant: Variant, running: ExitStack) -> None:
        label = variant.label
        exits = running.enter_context(ExitStack())
        self.cast.exits[label] = exits
        try:
            log = self._notebook.log_of(label)
            opened = open_actor(self._order, variant, self._catalog, log=log, tell=self._tell)
            actor = exits.enter_context(opened)
        except MissingServer as error:
            self.cast.dismiss(label, Trouble(kind="skipped", reason=_told(error)))
        except ApiforgeError as error:
            self.cast.dismiss(label, Trouble(kind="failed", reason=_told(error)))
        else:
            self.cast.actors[label] = actor
            self.cast.software[label] = actor.software
            self.cast.startup[label] = actor.service.startup
            return
        trouble = self.cast.troubles[label]
        self._tell(f"{label} is {trouble.kind}: {trouble.reason}")

    def _rehearse(self, label: str) -> None:
        self._tell(f"{label}: warming up")
        try:
            found = rehearse(self.cast.actors[label], self._order, self._on_progress)
        except ApiforgeError as error:
            self._fail(label, f"it could not be loaded: {_told(error)}")
        else:
            self.cast.expected[label] = self._known.get(label) or found

    def _visit(self, label: str, number: int, left: str) -> None:
        actor = self.cast.actors[label]
        self._tell(f"{self._name(number)}: {label}{left}")
        # It may have died while others were measured, or under this measurement.
        if not wait_until_ready(actor, within=RECOVERY):
            self._fail(label, f"before round {number + 1} {_why_not(actor)}")
            return
        try:
            found = visit(
                actor,
                self._order,
                number,
                expected=self.cast.expected[label],
                on_progress=self._on_progress,
            )
        except ApiforgeError as error:
            self._fail(label, f"in round {number + 1}: {_told(error)}")
            return
        if not wait_until_ready(actor, within=RECOVERY):
            self._fail(label, f"in round {number + 1} {_why_not(actor)}")
            return
        self.cast.expected[label] = _expected_next(found) or self.cast.expected[label]
        self._visits.append(found)
        self._notebook.note_visit(found)

    def _fail(self, label: str, reason: str) -> None:
        self.cast.dismiss(label, Trouble(kind="failed", reason=reason))
        self._tell(f"{label} failed: {reason}")

    def _name(self, number: int) -> str:
        if number < self._order.rounds:
            return f"round {number + 1} of {self._order.rounds}"
        return f"round {number + 1}, in place of an incomplete one"

    def _time_left(self, number: int, labels: Set[str]) -> str:
        """What the rounds from this on take that are sure to come."""
        if not self._visits:
            return ""
        left = sum(
            not self._is_done(one, label)
            for one in range(number, max(self._order.rounds, number + 1))
            for label in labels & self.cast.actors.keys()
        )
        seconds = left * sum(one.took for one in self._visits) / len(self._visits)
        return f", about {_rough(seconds)} left"


def _expected_next(one: Visit) -> float | None:
    return None if one.ceiling is None else one.ceiling.start_of_next


def _rough(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{max(10, round(seconds, -1)):.0f} s"


def _told(error: ApiforgeError) -> str:
    """In one line: what a service said when it died is in its log."""
    first = error.message.splitlines()[0].rstrip(":")
    return f"{first} ({error.hint})" if error.hint else first


def _why_not(actor: Actor) -> str:
    if actor.service.process.exit_code() is not None:
        return f"its service ended with exit code {actor.service.process.exit_code()}"
    if actor.service.has_lost_server():
        return f"its server, {actor.software.name}, ended"
    return "its service stopped being ready: a component of it does not answer"
