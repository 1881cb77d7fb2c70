"""How many requests are worked on at the same time."""

import asyncio

from app.http.gate import Gate


async def test_there_is_room_for_as_many_as_the_limit_says() -> None:
    gate = Gate(limit=2, waiting=0, seconds=1)

    assert [gate.enter(), gate.enter(), gate.enter()] == [True, True, False]


async def test_who_leaves_makes_room() -> None:
    gate = Gate(limit=1, waiting=0, seconds=1)
    gate.enter()

    gate.leave()

    assert gate.enter()


async def test_nobody_waits_where_the_row_is_full() -> None:
    gate = Gate(limit=1, waiting=0, seconds=60)
    gate.enter()

    assert await gate.wait() is False


async def test_who_waited_longest_comes_first() -> None:
    gate = Gate(limit=1, waiting=2, seconds=60)
    gate.enter()
    first, second = asyncio.create_task(gate.wait()), asyncio.create_task(gate.wait())
    await asyncio.sleep(0)

    gate.leave()

    assert await first is True
    assert not second.done()
    gate.leave()
    assert await second is True


async def test_nobody_waits_for_ever() -> None:
    gate = Gate(limit=1, waiting=1, seconds=0.01)
    gate.enter()

    assert await gate.wait() is False
    assert await gate.wait() is False


async def test_place_of_one_that_was_cancelled_is_free_again() -> None:
    gate = Gate(limit=1, waiting=1, seconds=60)
    gate.enter()
    waiting = asyncio.create_task(gate.wait())
    await asyncio.sleep(0)

    gate.leave()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert gate.enter()
