"""A comparison from its first variant to its last round, whatever becomes of one of them."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Literal

from apiforge.catalog.model import Catalog
from apiforge.compare.measuring import Interrupted, rehearse, visit, wait_until_ready
from apiforge.compare.order import Order, Variant
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
class Trouble:
    """Why there is nothing, or nothing more, of a variant."""

    kind: Literal["skipped", "failed"]
    reason: str


@dataclass(slots=True, kw_only=True)
class Cast:
    """What is known of each variant, by label: what runs, what ran, what came between."""

    actors: dict[str, Actor] = field(default_factory=dict)
    software: dict[str, Software] = field(default_factory=dict)
    startup: dict[str, float] = field(default_factory=dict)
    troubles: dict[str, Trouble] = field(default_factory=dict)
    expected: dict[str, float] = field(default_factory=dict)
    exits: dict[str, ExitStack] = field(default_factory=dict)

    def dismiss(self, label: str, trouble: Trouble) -> None:
        """Ends a variant's processes; the others go on."""
        self.troubles[label] = trouble
        self.actors.pop(label, None)
        if label in self.exits:
            self.exits.pop(label).close()


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
        visits = notebook.visits()
        self._done = {(one.round, one.label) for one in visits}
        self._took = [one.took for one in visits]
        self._known = {one.label: _expected_next(one) for one in visits}

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
            for variant in self._order.rotated(number):
                is_due = (number, variant.label) not in self._done
                if is_due and variant.label in self.cast.actors and self._is_company():
                    self._visit(variant.label, number)

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

    def _visit(self, label: str, number: int) -> None:
        actor = self.cast.actors[label]
        self._tell(f"round {number + 1} of {self._order.rounds}: {label}{self._time_left()}")
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
        self._took.append(found.took)
        self._done.add((number, label))
        self._notebook.note_visit(found)

    def _fail(self, label: str, reason: str) -> None:
        self.cast.dismiss(label, Trouble(kind="failed", reason=reason))
        self._tell(f"{label} failed: {reason}")

    def _time_left(self) -> str:
        if not self._took:
            return ""
        rounds = range(self._order.rounds)
        left = sum(
            (number, label) not in self._done for number in rounds for label in self.cast.actors
        )
        seconds = left * sum(self._took) / len(self._took)
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
