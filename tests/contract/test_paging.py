"""Pages and versions while others write.

`PAGING_SECONDS` in the environment makes it last longer than the two seconds of every day.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from threading import Event

import httpx

from tests.contract.domain import COUNTERS

SECONDS = float(os.environ.get("PAGING_SECONDS", "2"))
STEADY = 60
WRITERS = 2
SORTS = ("id", "-id", "name", "-created_at", "size", "-size")

Ask = Callable[..., httpx.Response]


# -- pages ---------------------------------------------------------------------------------


def test_every_steady_row_is_seen_once(client: httpx.Client) -> None:
    """Rows that are there throughout and keep their place, among others that come, go, change."""
    steady = {
        client.post(
            COUNTERS, json={"name": f"steady {n:03}", "size": n // 3 if n % 4 else None}
        ).json()["id"]
        for n in range(STEADY)
    }
    walks = 0
    with writers(client, churn) as are_done:
        while walks < len(SORTS) or not are_done.is_set():
            sort = SORTS[walks % len(SORTS)]
            seen = Counter(walk(client, sort=sort, limit=7))
            twice = [row for row, times in seen.items() if times > 1 and row in steady]
            assert not twice, f"{sort}: seen twice: {twice}"
            assert not steady - seen.keys(), f"{sort}: missed: {steady - seen.keys()}"
            walks += 1


def walk(client: httpx.Client, **query: str | int) -> Iterator[str]:
    """The ids of a whole list, page by page."""
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(COUNTERS, params={**query, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield from (row["id"] for row in page["items"])
        if page["next_cursor"] is None:
            return
        cursor = {"cursor": page["next_cursor"]}


def churn(client: httpx.Client, number: int, is_over: Event) -> None:
    """Adds, moves and removes rows of its own, all over the order."""
    random = Random(number)
    own: list[str] = []
    while not is_over.is_set():
        chosen = random.random()
        if chosen < 0.5 or not own:
            name = f"{random.choice('asz')} {number} {random.random()}"
            answer = client.post(COUNTERS, json={"name": name, "size": random.randrange(20)})
            assert answer.status_code == 201, answer.text
            own.append(answer.json()["id"])
        elif chosen < 0.8:
            body = {"size": random.choice((None, random.randrange(20)))}
            answer = client.patch(f"{COUNTERS}/{random.choice(own)}", json=body)
            assert answer.status_code == 200, answer.text
        else:
            answer = client.delete(f"{COUNTERS}/{own.pop(random.randrange(len(own)))}")
            assert answer.status_code == 204, answer.text


# -- versions ------------------------------------------------------------------------------


def test_no_update_is_lost(client: httpx.Client) -> None:
    """Both count the same row up, each by what was read; all that was accepted is there."""
    made = client.post(COUNTERS, json={"name": "counter"})
    location = made.headers["location"]
    accepted: list[int] = []

    def count(client: httpx.Client, number: int, is_over: Event) -> None:
        while not is_over.is_set():
            accepted.append(count_up(client, location))

    with writers(client, count) as are_done:
        are_done.wait()

    row = client.get(location).json()
    assert sum(accepted) == row["total"] == row["version"] - 1
    assert row["total"] > 0


def count_up(client: httpx.Client, location: str) -> int:
    """1 if it was accepted, 0 if the row had changed meanwhile."""
    read = client.get(location)
    body = {"total": read.json()["total"] + 1}
    answer = client.patch(location, json=body, headers={"If-Match": read.headers["etag"]})
    assert answer.status_code in (200, 412), answer.text
    if answer.status_code == 412:
        return 0
    assert answer.json()["total"] == body["total"]
    return 1


@contextmanager
def writers(
    client: httpx.Client, work: Callable[[httpx.Client, int, Event], None]
) -> Iterator[Event]:
    """Two at work, each with connections of its own; the event is set when their time is up."""
    is_over = Event()

    def run(number: int) -> None:
        headers = dict(client.headers)
        with httpx.Client(base_url=client.base_url, headers=headers, timeout=10) as own:
            work(own, number, is_over)

    with ThreadPoolExecutor(WRITERS + 1) as threads:
        running: list[Future[None]] = [threads.submit(run, number) for number in range(WRITERS)]
        timer = threads.submit(lambda: (time.sleep(SECONDS), is_over.set()))
        try:
            yield is_over
        finally:
            is_over.set()
        for one in (*running, timer):
            one.result()
