"""How long the database takes, and how long requests wait for their turn with it."""

from time import perf_counter

from app.monitoring.port import Reading


class Meter:
    """Sums of this process; changed in the event loop's thread only."""

    __slots__ = ("statements", "turns", "waited", "worked")

    def __init__(self) -> None:
        self.turns = 0
        self.waited = 0.0
        self.statements = 0
        self.worked = 0.0

    def wait(self, since: float) -> None:
        """A connection was had (or not) after waiting for it since then."""
        self.turns += 1
        self.waited += perf_counter() - since

    def work(self, since: float) -> None:
        """A statement that was begun then has ended."""
        self.statements += 1
        self.worked += perf_counter() - since

    def readings(self) -> list[Reading]:
        """For the monitor."""
        return [
            Reading(
                name="database_waits",
                help="Times that a connection was asked for.",
                kind="counter",
                read=lambda: self.turns,
            ),
            Reading(
                name="database_wait_seconds",
                help="Seconds spent waiting for a connection.",
                kind="counter",
                read=lambda: self.waited,
            ),
            Reading(
                name="database_statements",
                help="Statements that were run.",
                kind="counter",
                read=lambda: self.statements,
            ),
            Reading(
                name="database_seconds",
                help="Seconds that statements took.",
                kind="counter",
                read=lambda: self.worked,
            ),
        ]
