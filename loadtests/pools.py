"""Ids of rows: those that were there before the test, and those that it made itself."""

import json
from collections import deque
from collections.abc import Mapping
from random import Random
from typing import Any
from urllib.parse import quote

from fillers import path_filler
from placeholders import Fill, Raw

_PARENTS_ASKED = 20


class Pool:
    """`ids` were there before the test, `made` came from it and may be changed and deleted.

    A pool `of = "path"` holds the whole paths of rows instead: for rows within other rows.
    """

    def __init__(
        self, name: str, table: Mapping[str, Any], named: Mapping[str, Fill] | None = None
    ) -> None:
        self.name = name
        self.size = int(table.get("size", 1000))
        self.least = int(table.get("least", 1))
        self.make: str | None = table.get("make")
        """The request that makes rows where there are too few."""
        self.is_of_paths = table.get("of") == "path"
        self.ids: list[str] = []
        self.made: deque[str] = deque(maxlen=100_000)
        self._rows: str | None = table.get("rows")
        self._key = str(table.get("key", "id"))
        path = table.get("path")
        self.path = None if path is None else path_filler(str(path), named or {}, {})
        self._depends = path is not None and "{" in str(path)

    @property
    def named(self) -> dict[str, Fill]:
        """The placeholders it fills."""
        kinds = ("path", "made_path", "own_path") if self.is_of_paths else ("id", "made", "own")
        makers = (self._any_id, self._take_made, self._any_made)
        return {f"{self.name}.{kind}": fill for kind, fill in zip(kinds, makers, strict=True)}

    def is_read_by(self, text: str) -> bool:
        """Does a request of this text need a row that was there before?"""
        return f"{{{self.name}.{'path' if self.is_of_paths else 'id'}}}" in text

    def is_taken_by(self, text: str) -> bool:
        """Does it need one that the test made?"""
        suffix = "_path" if self.is_of_paths else ""
        return any(f"{{{self.name}.{kind}{suffix}}}" in text for kind in ("made", "own"))

    def paths_to_ask(self, random: Random) -> list[str]:
        """Where its rows are listed; of those within other rows, for some of these."""
        if self.path is None:
            return []
        return [self.path(random) for _ in range(_PARENTS_ASKED if self._depends else 1)]

    def learn(self, path: str, answer: Any) -> int | None:
        """Keeps the ids of a list that was read at a path; how many rows; None: it is no list."""
        rows = _found(answer, self._rows)
        if rows is None:
            return None
        found = [_found(row, self._key) for row in rows] if isinstance(rows, list) else []
        self.ids += [self._entry(path, one) for one in found if one is not None]
        return len(rows) if isinstance(rows, list) else None

    def remember(self, path: str, answer: Any) -> None:
        """Keeps the id of a row just made, by an answer's JSON or by the address it gave."""
        if isinstance(answer, str):
            found: Any = answer.rstrip("/").rpartition("/")[2] or None
        else:
            found = _found(answer, self._key)
        if isinstance(found, str | int):
            self.made.append(self._entry(path, found))

    def keep_made(self) -> None:
        """What was made before the clock starts is there before the test."""
        while self.made and len(self.ids) < max(self.least, 1):
            self.ids.append(self.made.popleft())

    def _entry(self, path: str, found: Any) -> str:
        if not self.is_of_paths:
            return Raw(found) if isinstance(found, int) else str(found)
        return f"{path.partition('?')[0].rstrip('/')}/{quote(str(found), safe='')}"

    def _any_id(self, random: Random) -> str:
        return self.ids[int(random.random() * len(self.ids))]

    def _any_made(self, random: Random) -> str:
        return self.made[int(random.random() * len(self.made))]

    def _take_made(self, _random: Random) -> str:
        return self.made.popleft()


def _found(answer: Any, place: str | None) -> Any:
    """What stands at a place such as `data.items` of an answer; without one, its list itself."""
    if place is None:
        return answer.get("items") if isinstance(answer, dict) else answer
    for name in place.split(".") if place else ():
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def decoded(body: bytes) -> Any:
    """The JSON of an answer; None if it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None
