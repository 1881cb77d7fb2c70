"""What parts of the service tell about themselves, to whichever monitor was chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A number of this process, read when somebody wants it; counting it must cost nothing.

    Components add theirs to `app.state.readings` in `install`. A counter only ever grows.
    """

    name: str
    help: str
    kind: Literal["counter", "gauge"]
    read: Callable[[], float]
