"""A transaction that met a deadlock is done again, some times, and only as it was."""

from collections.abc import Callable

import pytest
from sqlalchemy import literal_column, select

from app.database import again
from app.database.again import Deadlock, RepeatableTransaction
from app.database.dialect import DIALECT
from app.database.statements import Statement
from app.errors import Unavailable
from app.schema import Row

STATEMENT = Statement(select(literal_column("1")), DIALECT)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "LONGEST_PAUSE", 0.0)


class Server:
    """A session of a server: answers how often it was asked, plus `told`; the calls whose numbers
    are in `deadlocks` meet one.
    """

    def __init__(self, *deadlocks: int) -> None:
        self.calls = 0
        self.rolled_back = 0
        self.told: Callable[[], int] = lambda: 0
        self._deadlocks = deadlocks

    async def begin(self) -> None:
        assert self.rolled_back

    async def roll_back(self) -> None:
        self.rolled_back += 1

    async def fetch(self, statement: Statement, values: Row) -> list[Row]:
        return [{"number": await self.execute(statement, values)}]

    async def execute(self, statement: Statement, values: Row) -> int:
        self.calls += 1
        if self.calls in self._deadlocks:
            raise Deadlock
        return int(values["number"]) + self.told()

    async def execute_many(self, statement: Statement, rows: list[Row]) -> None:
        for row in rows:
            await self.execute(statement, row)


async def use(transaction: RepeatableTransaction) -> tuple[list[Row], int]:
    told = await transaction.fetch(STATEMENT, {"number": 1})
    number = await transaction.execute(STATEMENT, {"number": 2})
    await transaction.execute_many(STATEMENT, [{"number": 3}])
    return told, number


@pytest.mark.parametrize(
    ("deadlocks", "calls"),
    [((1,), 4), ((2,), 5), ((3,), 6), ((2, 4), 7), ((2, 3), 6)],
    ids=["first", "second", "third", "second twice", "second and while done again"],
)
async def test_what_was_done_is_done_again(deadlocks: tuple[int, ...], calls: int) -> None:
    server = Server(*deadlocks)

    assert await use(RepeatableTransaction(server)) == ([{"number": 1}], 2)
    assert (server.rolled_back, server.calls) == (len(deadlocks), calls)


async def test_without_a_deadlock_nothing_is_done_twice() -> None:
    server = Server()

    await use(RepeatableTransaction(server))

    assert (server.rolled_back, server.calls) == (0, 3)


async def test_deadlock_after_deadlock_is_the_callers() -> None:
    server = Server(2, 4, 6, 8)

    with pytest.raises(Deadlock) as caught:
        await use(RepeatableTransaction(server))

    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "1"})


async def test_what_has_changed_meanwhile_is_refused() -> None:
    server = Server(2)
    server.told = lambda: server.rolled_back

    with pytest.raises(Unavailable, match="has changed meanwhile"):
        await use(RepeatableTransaction(server))
