"""Turns scenario.toml into requests: who logs in, what is asked for how often, with which values.

    scenario = Scenario.load(Path("scenario.toml"), os.environ)
    scenario.prepare(send)                      # logs in, reads the ids of existing rows
    request = scenario.next(random)             # what to send now
    scenario.answered(request, status, body)    # remembers pages and the ids just made

`send` sends one Request and returns (status, body). Only the standard library is needed.
"""

import json
import tomllib
from bisect import bisect
from collections import deque
from collections.abc import Callable, Mapping
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

from placeholders import Fill, Number, PlaceholderError, json_filler, path_filler

_KEYS = {"name", "weight", "method", "path", "body", "expect", "pages", "made", "otherwise"}
_PAGE_KEYS = {"parameter", "field", "depth"}
_SUCCESS = frozenset(range(200, 300))


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


Send = Callable[[Request], tuple[int, bytes]]


class Pool:
    """Ids of rows: `ids` were there before the test, `made` came from it and may be deleted."""

    def __init__(self, name: str, table: Mapping[str, Any]) -> None:
        if "path" not in table:
            raise ScenarioError(f"pool {name!r} has no path to read its ids from")
        self.name = name
        self.path = path_filler(str(table["path"]), {}, {})(Random())
        self.size = int(table.get("size", 1000))
        self.ids: list[str] = []
        self.made: deque[str] = deque(maxlen=100_000)

    def any_id(self, random: Random) -> str:
        return self.ids[int(random.random() * len(self.ids))]

    def take_made(self, _random: Random) -> str:
        return self.made.popleft()

    def fill(self, send: Send, headers: Mapping[str, str]) -> None:
        """Reads ids page by page until there are `size`."""
        path: str | None = self.path
        while path is not None and len(self.ids) < self.size:
            request = Request(self.name, "GET", path, headers, None, _SUCCESS, True, 1, None)
            status, body = send(request)
            answer = _decoded(body)
            rows = answer.get("items") if isinstance(answer, dict) else answer
            if status not in _SUCCESS or not isinstance(rows, list):
                raise ScenarioError(f"pool {self.name!r}: GET {path} answered {status}, no list")
            self.ids += [_as_id(row["id"]) for row in rows]
            cursor = answer.get("next_cursor") if isinstance(answer, dict) and rows else None
            path = _with_parameter(self.path, "cursor", str(cursor)) if cursor else None
        if not self.ids:
            raise ScenarioError(f"pool {self.name!r}: GET {self.path} answered no rows")


class Operation:
    """One `[[requests]]` table, compiled: per request only the values are made."""

    def __init__(
        self, table: Mapping[str, Any], pools: Mapping[str, Pool], environment: Mapping[str, str]
    ) -> None:
        self.method = str(table.get("method", "GET")).upper()
        self.name = str(table.get("name") or f"{self.method} {table.get('path', '')}")
        self._check(table, pools)
        self.weight = float(table.get("weight", 1.0))
        self.expect = frozenset(map(int, table.get("expect", _SUCCESS)))
        self.pages: Mapping[str, Any] | None = table.get("pages")
        self.makes = pools[table["made"]] if "made" in table else None
        self.takes = [pool for name, pool in pools.items() if f"{{{name}.made}}" in str(table)]
        self.otherwise_name = table.get("otherwise")
        self.otherwise: Operation | None = None
        self._last_page = int(self.pages["depth"]) if self.pages else 1
        named: dict[str, Fill] = {f"{name}.id": pool.any_id for name, pool in pools.items()}
        named |= {f"{name}.made": pool.take_made for name, pool in pools.items()}
        try:
            self.path = path_filler(str(table["path"]), named, environment)
            body = table.get("body")
            self.body = None if body is None else json_filler(body, named, environment)
        except PlaceholderError as error:
            raise ScenarioError(f"{self.name}: {error}") from error
        self._following: deque[tuple[str, int]] = deque(maxlen=1)

    def _check(self, table: Mapping[str, Any], pools: Mapping[str, Pool]) -> None:
        unknown = sorted(set(table) - _KEYS)
        if unknown:
            raise ScenarioError(f"{self.name}: unknown key {unknown[0]!r}")
        if "path" not in table:
            raise ScenarioError(f"{self.name}: no path")
        if "pages" in table and set(table["pages"]) != _PAGE_KEYS:
            raise ScenarioError(f"{self.name}: pages needs parameter, field and depth")
        if "made" in table and table["made"] not in pools:
            raise ScenarioError(f"{self.name}: no pool called {table['made']!r}")

    def request(self, random: Random, headers: Mapping[str, str]) -> Request:
        """Makes one request; a list asks for the page after the one answered last."""
        page = 1
        if self._following:
            path, page = self._following.pop()
        else:
            path = self.path(random)
        body = self.body(random).encode() if self.body else None
        needs_answer = self.makes is not None or page < self._last_page
        return Request(
            self.name, self.method, path, headers, body, self.expect, needs_answer, page, self
        )

    def remember(self, request: Request, answer: Any) -> None:
        """Keeps the id of a row just made, or the page to ask for next."""
        if not isinstance(answer, dict):
            return
        if self.makes is not None and "id" in answer:
            self.makes.made.append(_as_id(answer["id"]))
        if self.pages is not None and request.page < self._last_page:
            cursor = answer.get(self.pages["field"])
            if cursor:
                path = _with_parameter(request.path, self.pages["parameter"], str(cursor))
                self._following.append((path, request.page + 1))


class Scenario:
    """What a test asks for; may be shared by greenlets, not by threads."""

    def __init__(self, document: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self.pools = {name: Pool(name, table) for name, table in document.get("pools", {}).items()}
        self.operations = [
            Operation(table, self.pools, environment) for table in document.get("requests", [])
        ]
        self.names = tuple(operation.name for operation in self.operations)
        """How the requests are reported, in the order of the file."""
        self._weights = list(accumulate(operation.weight for operation in self.operations))
        self._check_and_link()
        login = dict(document.get("login", {}))
        self._token_key = str(login.pop("token", "access_token"))
        self._login = Operation({"method": "POST", **login}, {}, environment) if login else None
        self.token_lifetime: float | None = None
        """Seconds a log-in is good for, where its answer says so (`expires_in`)."""
        self._headers = {"Accept": "application/json"}
        self._headers_with_body = {**self._headers, "Content-Type": "application/json"}

    @classmethod
    def load(cls, path: Path, environment: Mapping[str, str]) -> "Scenario":
        """Reads scenario.toml; `environment` fills `{env:NAME}`. Raises ScenarioError."""
        try:
            return cls(tomllib.loads(path.read_text(encoding="utf-8")), environment)
        except (OSError, ValueError) as error:
            raise ScenarioError(f"{path}: {error}") from error

    def prepare(self, send: Send) -> None:
        """Logs in and reads the pools; belongs before the clock starts. Raises ScenarioError."""
        self.login(send)
        for pool in self.pools.values():
            pool.fill(send, self._headers)

    def login(self, send: Send) -> None:
        """Logs in (again), where the scenario says how; requests made from now on carry it."""
        if self._login is None:
            return
        status, body = send(self._login.request(Random(), self._headers_with_body))
        if status not in self._login.expect:
            raise ScenarioError(f"the log-in answered {status}")
        answer = _decoded(body)
        token = answer.get(self._token_key) if isinstance(answer, dict) else None
        if not token:
            raise ScenarioError(f"the log-in's answer holds no {self._token_key!r}")
        lifetime = answer.get("expires_in")
        self.token_lifetime = float(lifetime) if isinstance(lifetime, int | float) else None
        self._headers = {**self._headers, "Authorization": f"Bearer {token}"}
        self._headers_with_body = {**self._headers, "Content-Type": "application/json"}

    def next(self, random: Random) -> Request:
        """The next request to send, chosen by weight."""
        point = random.random() * self._weights[-1]
        operation = self.operations[bisect(self._weights, point, 0, len(self._weights) - 1)]
        if operation.otherwise and not all(pool.made for pool in operation.takes):
            operation = operation.otherwise
        return operation.request(
            random, self._headers_with_body if operation.body else self._headers
        )

    def answered(self, request: Request, status: int, body: bytes) -> None:
        """Learns from an answer: the next page to ask for, the id of a row just made."""
        if request.operation and request.needs_answer and status in request.expect:
            request.operation.remember(request, _decoded(body))

    def _check_and_link(self) -> None:
        if not self._weights or self._weights[-1] <= 0:
            raise ScenarioError("there are no [[requests]] with a weight above 0")
        by_name = {operation.name: operation for operation in self.operations}
        if len(by_name) < len(self.operations):
            raise ScenarioError("two requests have the same name")
        for operation in self.operations:
            operation.otherwise = by_name.get(str(operation.otherwise_name))
            if operation.takes and (not operation.otherwise or operation.otherwise.takes):
                raise ScenarioError(
                    f"{operation.name}: otherwise must name a request to do instead"
                )


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _as_id(value: Any) -> str:
    return Number(value) if isinstance(value, int) else str(value)


def _with_parameter(path: str, name: str, value: str) -> str:
    """The path with one query parameter set, replacing the one it had."""
    start, _, query = path.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith(f"{name}=")]
    return f"{start}?{'&'.join([*kept, name + '=' + quote(value, safe='')])}"
