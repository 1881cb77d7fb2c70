"""One kind of request of scenario.toml, compiled: per request only its values are made."""

import re
from collections import deque
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

from fillers import PlaceholderError, fill_headers, form_filler, json_filler, path_filler
from placeholders import Fill
from pools import Pool
from rows import DataError, Dataset, column_filler

_KEYS = {
    *("name", "weight", "method", "path", "headers", "body", "form", "expect", "pages"),
    *("made", "by", "otherwise"),
}
_PAGE_KEYS = {"parameter", "field", "depth"}
_DATA = re.compile(r"\{(data:([^{}]*))\}")
SUCCESS = frozenset(range(200, 300))


class ScenarioError(ValueError):
    """The scenario cannot be used: what is wrong, in one line."""


class Request(NamedTuple):
    """One request to send; `expect` holds the status codes that count as success."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    expect: frozenset[int]
    needs_answer: bool
    """Whether `Scenario.answered` reads the body."""
    page: int
    operation: "Operation | None"
    by_location: bool = False
    """Whether it reads the answer's Location header instead."""


Send = Callable[[Request], tuple[int, bytes]]
"""Sends a request; its answer's status and body, or Location where it is that which is read."""


class Operation:
    """One `[[requests]]` table."""

    def __init__(
        self,
        table: Mapping[str, Any],
        pools: Mapping[str, Pool],
        environment: Mapping[str, str],
        data: Mapping[str, Dataset] | None = None,
    ) -> None:
        self.method = str(table.get("method", "GET")).upper()
        self.name = str(table.get("name") or f"{self.method} {table.get('path', '')}")
        self._check(table, pools)
        self.weight = float(table.get("weight", 1.0))
        self.expect = frozenset(map(int, table.get("expect", SUCCESS)))
        self.pages: Mapping[str, Any] | None = table.get("pages")
        self.makes = pools[table["made"]] if "made" in table else None
        text = str(table)
        self.reads = [pool for pool in pools.values() if pool.is_read_by(text)]
        self.takes = [pool for pool in pools.values() if pool.is_taken_by(text)]
        self.otherwise_name = table.get("otherwise")
        self.otherwise: Operation | None = None
        self._by_location = table.get("by") == "location"
        self._last_page = int(self.pages["depth"]) if self.pages else 1
        named = {name: fill for pool in pools.values() for name, fill in pool.named.items()}
        self._data: list[Dataset] = []
        try:
            self._compile(table, {**named, **self._columns(text, data or {})}, environment)
        except (PlaceholderError, DataError) as error:
            raise ScenarioError(f"{self.name}: {error}") from error
        self._following: deque[tuple[str, int]] = deque(maxlen=1)
        self._merged: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})

    def _check(self, table: Mapping[str, Any], pools: Mapping[str, Pool]) -> None:
        unknown = sorted(set(table) - _KEYS)
        if unknown:
            raise ScenarioError(f"{self.name}: unknown key {unknown[0]!r}")
        if "path" not in table:
            raise ScenarioError(f"{self.name}: no path")
        if "body" in table and "form" in table:
            raise ScenarioError(f"{self.name}: it has a body and a form; give one of them")
        if "pages" in table and set(table["pages"]) != _PAGE_KEYS:
            raise ScenarioError(f"{self.name}: pages needs parameter, field and depth")
        if "made" in table and table["made"] not in pools:
            raise ScenarioError(f"{self.name}: no pool called {table['made']!r}")

    def _columns(self, text: str, data: Mapping[str, Dataset]) -> dict[str, Fill]:
        found = {whole: column_filler(data, rest) for whole, rest in _DATA.findall(text)}
        self._data = [one for name, one in data.items() if f"{{data:{name}." in text]
        return found

    def _compile(
        self, table: Mapping[str, Any], named: Mapping[str, Fill], environment: Mapping[str, str]
    ) -> None:
        self.path = path_filler(str(table["path"]), named, environment)
        self.body: Fill | None = None
        # Once for the whole test: the bytes of a header are made once, too.
        self._headers = fill_headers(table.get("headers", {}), environment)
        if "body" in table:
            self.body = json_filler(table["body"], named, environment)
            self._headers.setdefault("Content-Type", "application/json")
        elif "form" in table:
            self.body = form_filler(table["form"], named, environment)
            self._headers.setdefault("Content-Type", "application/x-www-form-urlencoded")

    def request(self, random: Random, headers: Mapping[str, str]) -> Request:
        """Makes one request; a list asks for the page after the one answered last.

        Raises RowsUsedUp when it needs a row of data and there is none left.
        """
        for dataset in self._data:
            dataset.advance()
        page = 1
        if self._following:
            path, page = self._following.pop()
        else:
            path = self.path(random)
        body = self.body(random).encode() if self.body else None
        return Request(
            self.name,
            self.method,
            path,
            self._with_own(headers),
            body,
            self.expect,
            self.makes is not None or page < self._last_page,
            page,
            self,
            self._by_location,
        )

    def remember(self, request: Request, answer: Any) -> None:
        """Keeps the id of a row just made, or the page to ask for next."""
        if self.makes is not None:
            self.makes.remember(request.path, answer)
        if self.pages is not None and request.page < self._last_page and isinstance(answer, dict):
            cursor = answer.get(self.pages["field"])
            if cursor:
                path = with_parameter(request.path, self.pages["parameter"], str(cursor))
                self._following.append((path, request.page + 1))

    def _with_own(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The same mapping until the headers of all change: its bytes are made once."""
        if not self._headers:
            return headers
        if self._merged[0] is not headers:
            self._merged = (headers, {**headers, **self._headers})
        return self._merged[1]


def with_parameter(path: str, name: str, value: str) -> str:
    """The path with one query parameter set, replacing the one it had."""
    start, _, query = path.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith(f"{name}=")]
    return f"{start}?{'&'.join([*kept, name + '=' + quote(value, safe='')])}"
