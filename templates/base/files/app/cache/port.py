"""What the service expects of a cache, whichever was chosen (`app/cache/backend.py`)."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

Load = Callable[[], Awaitable[bytes]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

LOOKED = "cache.looked"
"""Where the scope of a request has what a cache has found for it already, if it has looked."""
_KEPT_IN = "kept_in"


class Cache(Protocol):
    """Keeps bytes by group and key. A group is what one table's rows appear in."""

    async def read(self, group: str, key: str, load: Load, looked: Any = None) -> bytes:
        """What is kept; else what `load` gives, which is kept from then on.

        Those who ask for the same at the same time wait for one `load`; when it fails, it fails for
        them all, and nothing is kept. What a `load` read before a `forget` is not given after it.
        """

    async def forget(self, group: str) -> None:
        """Drops all of a group: its rows have changed."""


def kept(group: str) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint whose kept answers are given without calling it.

    Then nothing but the route's `requires` decides who gets them. Leave it off where another
    dependency of the endpoint does.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _KEPT_IN, group)
        return endpoint

    return mark


def kept_in(endpoint: Callable[..., Any]) -> str | None:
    """The group that `kept` named."""
    group: str | None = getattr(endpoint, _KEPT_IN, None)
    return group
