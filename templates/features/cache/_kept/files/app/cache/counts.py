"""How often an answer was kept, and how often it was not."""

from app.monitoring.port import Reading


class Counts:
    """Of this process; changed in the event loop's thread only."""

    __slots__ = ("hits", "misses")

    def __init__(self) -> None:
        self.hits = 0
        self.misses = 0

    def readings(self) -> list[Reading]:
        """For the monitor."""
        return [
            Reading(
                name="cache_hits",
                help="Answers that were kept.",
                kind="counter",
                read=lambda: self.hits,
            ),
            Reading(
                name="cache_misses",
                help="Answers that were not kept, not any more, or out of reach.",
                kind="counter",
                read=lambda: self.misses,
            ),
        ]
