"""Who is compared: what is known of each variant while a comparison goes on."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Literal

from apiforge.compare.stage import Actor, Software


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

    def judged(self) -> set[str]:
        """Who still runs, and is not left out of the differences whatever is measured of it."""
        return {label for label, actor in self.actors.items() if actor.is_compared}

    def dismiss(self, label: str, trouble: Trouble) -> None:
        """Ends a variant's processes; the others go on."""
        self.troubles[label] = trouble
        self.actors.pop(label, None)
        if label in self.exits:
            self.exits.pop(label).close()
