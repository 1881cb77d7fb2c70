"""What the service expects of a cache, whichever was chosen (`app/cache/backend.py`)."""

from typing import Protocol


class Cache(Protocol):
    """Keeps bytes by group and key. A group is what one table's rows appear in."""

    async def get(self, group: str, key: str) -> bytes | None:
        """What is kept, if it still is."""

    async def generation(self, group: str) -> int:
        """Changes with every `forget`; ask before reading what `put` will keep."""

    async def put(self, group: str, key: str, value: bytes, generation: int) -> None:
        """Keeps `value`, unless the group was forgotten since `generation`."""

    async def forget(self, group: str) -> None:
        """Drops all of a group: its rows have changed."""
