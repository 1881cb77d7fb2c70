"""One thing that `apiforge doctor` looked at."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "limited", "missing"]
GIB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found; `advice` says what to do where it is not ok."""

    name: str
    status: Status
    found: str
    advice: str | None = None
    is_essential: bool = False

    @property
    def is_fatal(self) -> bool:
        """Does apiforge not work without it?"""
        return self.is_essential and self.status == "missing"


def judged(name: str, found: str, *, good: bool, advice: str) -> Check:
    """Present, and enough or not."""
    return Check(
        name=name,
        found=found,
        status="ok" if good else "limited",
        advice=None if good else advice,
    )
