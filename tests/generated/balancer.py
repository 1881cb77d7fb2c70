"""Steady load through a load balancer as small as one can be: health checks, and no second try."""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.generated.instances import PATH

CHECK_EVERY = 0.2
# None is kept for as long as the service itself keeps it: who reuses it last would lose a request.
CONNECTIONS = httpx.Limits(max_connections=30, max_keepalive_connections=30, keepalive_expiry=1)
GIVES_UP_AFTER = 60.0
"""Seconds; on a machine that is busy a client waits mostly for itself."""


@dataclass(slots=True, kw_only=True)
class Load:
    """What came of it. `acknowledged` are the names of rows that were promised to be kept."""

    sent: int = 0
    answers: dict[str, dict[int, int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)

    def statuses(self) -> set[int]:
        return {status for answers in self.answers.values() for status in answers}


class Balancer:
    """Sends to the instances that say they are ready, in turn, over connections kept alive."""

    def __init__(self, urls: Sequence[str], headers: Mapping[str, str] | None = None) -> None:
        self._headers = headers
        self._ready = dict.fromkeys(urls, True)
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._turn = itertools.count()
        self.load = Load(answers={url: {} for url in urls})

    async def run(
        self,
        *,
        rate: int,
        seconds: float,
        events: Mapping[float, Callable[[], object]],
        is_over: Callable[[], bool] = lambda: False,
    ) -> Load:
        """`rate` requests a second, one in four a POST; `events` happen at their second.

        Once all of them have, `is_over` is asked every second: it may end the `seconds` early.
        """
        async with AsyncExitStack() as stack:
            for url in self._ready:
                client = httpx.AsyncClient(
                    base_url=url,
                    headers=self._headers,
                    limits=CONNECTIONS,
                    timeout=GIVES_UP_AFTER,
                )
                self._clients[url] = await stack.enter_async_context(client)
            checks = [asyncio.create_task(self._check(url)) for url in self._ready]
            await self._send_all(rate, seconds, sorted(events.items()), is_over)
            for check in checks:
                check.cancel()
        return self.load

    async def _send_all(
        self,
        rate: int,
        seconds: float,
        events: list[tuple[float, Callable[[], object]]],
        is_over: Callable[[], bool],
    ) -> None:
        begun = time.monotonic()
        sending = []
        for number in range(round(rate * seconds)):
            due = number / rate
            await asyncio.sleep(max(0.0, begun + due - time.monotonic()))
            while events and events[0][0] <= due:
                await asyncio.to_thread(events.pop(0)[1])
            if not events and number % rate == 0 and await asyncio.to_thread(is_over):
                break
            sending.append(asyncio.create_task(self._send(writes=number % 4 == 0)))
        await asyncio.gather(*sending)

    async def _send(self, *, writes: bool) -> None:
        url = self._next()
        name = uuid4().hex
        self.load.sent += 1
        try:
            if writes:
                answer = await self._clients[url].post(PATH, json={"name": name})
            else:
                answer = await self._clients[url].get(PATH, params={"limit": 5})
        except httpx.HTTPError as error:
            self.load.failures.append(f"{time.monotonic():.2f} {url} {error!r}")
            return
        counts = self.load.answers[url]
        counts[answer.status_code] = counts.get(answer.status_code, 0) + 1
        if answer.status_code == 201:
            self.load.acknowledged.append(name)

    def _next(self) -> str:
        ready = [url for url, is_ready in self._ready.items() if is_ready] or list(self._ready)
        return ready[next(self._turn) % len(ready)]

    async def _check(self, url: str) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=5) as client:
            while True:
                self._ready[url] = await _answers(client)
                await asyncio.sleep(CHECK_EVERY)


async def _answers(client: httpx.AsyncClient) -> bool:
    with suppress(httpx.HTTPError):
        return (await client.get("/readyz")).status_code == 200
    return False


def kept_names(url: str, headers: Mapping[str, str] | None = None) -> set[str]:
    """The names of all rows there are."""
    names: set[str] = set()
    cursor = None
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        while True:
            parameters = {"limit": "200", **({"cursor": cursor} if cursor else {})}
            page = client.get(PATH, params=parameters).raise_for_status().json()
            names.update(row["name"] for row in page["items"])
            cursor = page["next_cursor"]
            if cursor is None:
                return names
