"""One load for all who wait."""

import asyncio

import pytest

from app.cache.flights import Flights


class Loader:
    """Counts how often it loads; waits until it is let go."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls = 0
        self.go = asyncio.Event()
        self._error = error

    async def __call__(self) -> bytes:
        self.calls += 1
        await self.go.wait()
        if self._error is not None:
            raise self._error
        return b"1"


async def test_hundred_wait_for_one_load() -> None:
    flights, load = Flights(), Loader()
    waiting = [asyncio.create_task(flights.join("a", load)) for _ in range(100)]
    await asyncio.sleep(0)
    load.go.set()

    assert await asyncio.gather(*waiting) == [b"1"] * 100
    assert load.calls == 1


async def test_failure_is_everybodys_and_is_forgotten() -> None:
    flights, load = Flights(linger=60), Loader(ValueError("no"))
    waiting = [asyncio.create_task(flights.join("a", load)) for _ in range(10)]
    await asyncio.sleep(0)
    load.go.set()

    found = await asyncio.gather(*waiting, return_exceptions=True)

    assert {str(it) for it in found} == {"no"}
    assert load.calls == 1
    with pytest.raises(ValueError, match="no"):
        await flights.join("a", load)
    assert load.calls == 2


async def test_other_keys_do_not_wait() -> None:
    flights, slow, quick = Flights(), Loader(), Loader()
    quick.go.set()
    waiting = asyncio.create_task(flights.join("a", slow))
    await asyncio.sleep(0)

    assert await flights.join("b", quick) == b"1"
    slow.go.set()
    await waiting


async def test_another_takes_over_from_one_who_is_cancelled() -> None:
    flights, load = Flights(), Loader()
    first = asyncio.create_task(flights.join("a", load))
    others = [asyncio.create_task(flights.join("a", load)) for _ in range(5)]
    await asyncio.sleep(0)

    first.cancel()
    await asyncio.sleep(0.01)
    load.go.set()

    assert await asyncio.gather(*others) == [b"1"] * 5
    assert first.cancelled()
    assert load.calls == 2


async def test_who_stops_waiting_does_not_stop_the_others() -> None:
    flights, load = Flights(), Loader()
    first = asyncio.create_task(flights.join("a", load))
    second = asyncio.create_task(flights.join("a", load))
    await asyncio.sleep(0)

    second.cancel()
    await asyncio.sleep(0)
    load.go.set()

    assert await first == b"1"
    assert second.cancelled()


async def test_result_lingers() -> None:
    flights, load = Flights(linger=60), Loader()
    load.go.set()

    await flights.join("a", load)
    await flights.join("a", load)

    assert load.calls == 1
