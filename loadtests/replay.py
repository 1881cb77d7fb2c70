"""Turns scenario.toml into requests: who logs in, what is asked for how often, with which values.

    scenario = Scenario.load(Path("scenario.toml"), os.environ)
    scenario.prepare(send)                      # logs in, reads the ids of existing rows
    scenario.begin()                            # from now on rows of data count
    request = scenario.next(random)             # what to send now
    scenario.answered(request, status, body)    # remembers pages and the ids just made

`send` sends one Request and returns (status, body), or (status, the Location header) of one that is
`by_location`. Only the standard library is needed.
"""

import tomllib
from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from fillers import fill_headers
from login import Login
from operation import SUCCESS, Operation, Request, ScenarioError, Send, with_parameter
from pools import Pool, decoded
from rows import Dataset

__all__ = ["Request", "Scenario", "ScenarioError", "Send"]


class Scenario:
    """What a test asks for; may be shared by greenlets, not by threads."""

    def __init__(
        self,
        document: Mapping[str, Any],
        environment: Mapping[str, str],
        *,
        folder: Path = Path(),
        share: tuple[int, int] = (0, 1),
    ) -> None:
        """Files of data are found from `folder`; of their rows it gets a `share`, (0, 3) say."""
        self.data = {
            name: Dataset(name, table, folder, share)
            for name, table in document.get("data", {}).items()
        }
        self.pools = _pools(document.get("pools", {}))
        self.operations = [
            Operation(table, self.pools, environment, self.data)
            for table in document.get("requests", [])
        ]
        self.left_out = list(map(str, document.get("left_out", [])))
        """Requests that could not be made here, each with why."""
        self._tries_first = bool(document.get("try_first", False))
        self._check_and_link()
        self._weigh()
        login = document.get("login")
        self._login = Login(login, environment) if login else None
        own = fill_headers(document.get("headers", {}), environment)
        self._headers = {"Accept": "application/json", **own}

    @classmethod
    def load(
        cls,
        path: Path,
        environment: Mapping[str, str],
        *,
        extra: Mapping[str, Any] | None = None,
        share: tuple[int, int] = (0, 1),
    ) -> "Scenario":
        """Reads scenario.toml; `environment` fills `{env:NAME}`, tables of `extra` join those of
        the file. Raises ScenarioError."""
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
            for name, table in (extra or {}).items():
                document[name] = {**document.get(name, {}), **table}
            return cls(document, environment, folder=path.parent, share=share)
        except (OSError, ValueError) as error:
            raise ScenarioError(f"{path}: {error}") from error

    @property
    def names(self) -> tuple[str, ...]:
        """How the requests are reported, in the order of the file."""
        return tuple(operation.name for operation in self.operations)

    @property
    def token_lifetime(self) -> float | None:
        """Seconds a log-in is good for, where its answer says so (`expires_in`)."""
        return self._login.lifetime if self._login else None

    def prepare(self, send: Send) -> None:
        """Logs in and reads the pools; belongs before the clock starts. Raises ScenarioError."""
        self.login(send)
        for pool in self.pools.values():
            self._fill(pool, send)
        if self._tries_first:
            self._try_all(send)

    def begin(self) -> None:
        """What is asked for from now on counts: rows of data that come once, come once."""
        for dataset in self.data.values():
            dataset.begin()

    def login(self, send: Send) -> None:
        """Logs in (again), where the scenario says how; requests made from now on carry it."""
        if self._login is not None:
            self._headers = {**self._headers, **self._login.ask(send, self._headers)}

    def next(self, random: Random) -> Request:
        """The next request to send, chosen by weight. Raises RowsUsedUp."""
        point = random.random() * self._weights[-1]
        operation = self.operations[bisect(self._weights, point, 0, len(self._weights) - 1)]
        if operation.otherwise and not all(pool.made for pool in operation.takes):
            operation = operation.otherwise
        return operation.request(random, self._headers)

    def answered(self, request: Request, status: int, body: bytes) -> None:
        """Learns from an answer: the next page to ask for, the id of a row just made."""
        if request.operation and request.needs_answer and status in request.expect:
            answer = body.decode(errors="replace") if request.by_location else decoded(body)
            request.operation.remember(request, answer)

    def _fill(self, pool: Pool, send: Send) -> None:
        """Reads ids page by page until there are enough, and makes rows where there are too few."""
        for path in pool.paths_to_ask(Random()):
            self._read_pages(pool, path, send)
        if pool.make is not None and len(pool.ids) < pool.least:
            self._make_rows(pool, send)
        if not pool.ids and not self._tries_first:
            where = f"GET {pool.path(Random())}" if pool.path else str(pool.make)
            raise ScenarioError(f"pool {pool.name!r}: {where} answered no rows")

    def _read_pages(self, pool: Pool, first: str, send: Send) -> None:
        path: str | None = first
        while path is not None and len(pool.ids) < pool.size:
            request = Request(pool.name, "GET", path, self._headers, None, SUCCESS, True, 1, None)
            status, body = send(request)
            answer = decoded(body)
            count = pool.learn(path, answer) if status in SUCCESS else None
            if count is None and not self._tries_first:
                raise ScenarioError(f"pool {pool.name!r}: GET {path} answered {status}, no list")
            cursor = answer.get("next_cursor") if isinstance(answer, dict) and count else None
            path = with_parameter(first, "cursor", str(cursor)) if cursor else None

    def _make_rows(self, pool: Pool, send: Send) -> None:
        making = next(one for one in self.operations if one.name == pool.make)
        for _ in range(pool.least - len(pool.ids)):
            if not all(other.ids for other in making.reads):
                break
            if self._try(making, send) not in making.expect:
                break
        pool.keep_made()

    def _try(self, operation: Operation, send: Send) -> int:
        request = operation.request(Random(), self._headers)
        status, body = send(request)
        self.answered(request, status, body)
        return status

    def _try_all(self, send: Send) -> None:
        """Leaves out what needs rows that there are not, and what is refused: values that are made
        up cannot mean what an owner knows. An error of the server's own stays: it is judged."""
        ordered = sorted(self.operations, key=lambda one: (bool(one.takes), one.method == "DELETE"))
        for operation in ordered:
            reason = self._obstacle(operation, send)
            if reason is not None:
                self.left_out.append(f"{operation.name}: {reason}")
                self.operations.remove(operation)
        for operation in list(self.operations):
            if operation.otherwise and operation.otherwise not in self.operations:
                self.operations.remove(operation)
        if not self.operations:
            raise ScenarioError(f"no request can be made; {'; '.join(self.left_out)}")
        self._weigh()

    def _obstacle(self, operation: Operation, send: Send) -> str | None:
        if missing := [pool.name for pool in operation.reads if not pool.ids]:
            return f"there is no row of {missing[0]}"
        if missing := [pool.name for pool in operation.takes if not pool.made]:
            return f"no row of {missing[0]} could be made for it"
        status = self._try(operation, send)
        if status in operation.expect or status >= 500:
            return None
        return f"values made up for it were answered with {status}"

    def _weigh(self) -> None:
        self._weights = list(accumulate(operation.weight for operation in self.operations))
        if not self._weights or self._weights[-1] <= 0:
            raise ScenarioError("there are no [[requests]] with a weight above 0")

    def _check_and_link(self) -> None:
        by_name = {operation.name: operation for operation in self.operations}
        if len(by_name) < len(self.operations):
            raise ScenarioError("two requests have the same name")
        for pool in self.pools.values():
            if pool.make is not None and pool.make not in by_name:
                raise ScenarioError(f"pool {pool.name!r}: no request called {pool.make!r}")
        for operation in self.operations:
            operation.otherwise = by_name.get(str(operation.otherwise_name))
            if operation.takes and (not operation.otherwise or operation.otherwise.takes):
                raise ScenarioError(
                    f"{operation.name}: otherwise must name a request to do instead"
                )


def _pools(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Pool]:
    """Those that stand before another one may fill its path."""
    pools: dict[str, Pool] = {}
    for name, table in tables.items():
        if "path" not in table and "make" not in table:
            raise ScenarioError(f"pool {name!r} has no path to read its ids from")
        named = {key: fill for pool in pools.values() for key, fill in pool.named.items()}
        pools[name] = Pool(name, table, named)
    return pools
