"""Documents that are added at the same time go to the server together.

Only those that no other document can be in the way of, and that are all their requests change: each
is written whole or not at all, whatever becomes of the others, and its request is answered as soon
as it is durable. Nobody waits for company; but while a few calls are on their way, whoever comes
waits for one of them to return and then goes with all who have come meanwhile.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from time import perf_counter

import bson
from bson.raw_bson import RawBSONDocument
from pymongo.errors import BulkWriteError, WriteError

from app.database.collection import Document
from app.database.connection import Translated
from app.database.meter import Meter
from app.database.operations import Database

LANES = 2
"""Calls of one collection that are on their way at most, before others wait."""
MOST = 32
LARGE = 1 << 20
"""Bytes of a document that goes alone; MOST below it fit into one message."""


@dataclass(slots=True, kw_only=True)
class Lanes:
    """Of one collection: how many calls are on their way, and what waits for the next."""

    busy: int = 0
    waiting: deque["Added"] = field(default_factory=deque)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A document in its bytes, and what its request waits for."""

    content: RawBSONDocument
    done: asyncio.Future[None]


class Together:
    """Adds documents to one database. `timeout` is in seconds."""

    def __init__(self, database: Database, *, meter: Meter, timeout: float) -> None:
        self._database = database
        self._meter = meter
        self._timeout = timeout
        self._lanes: dict[str, Lanes] = {}
        self._sending: set[asyncio.Task[None]] = set()

    async def add(self, collection: str, document: Document) -> None:
        """Adds one. Raises the same AppErrors as if it went alone."""
        async with Translated(self._timeout):
            content = RawBSONDocument(bson.encode(document))
            added = Added(content=content, done=asyncio.get_running_loop().create_future())
            lanes = self._lanes.setdefault(collection, Lanes())
            lanes.waiting.append(added)
            if lanes.busy < LANES:
                lanes.busy += 1
                sending = asyncio.create_task(self._send(collection, lanes))
                self._sending.add(sending)
                sending.add_done_callback(self._sending.discard)
            await added.done

    async def _send(self, collection: str, lanes: Lanes) -> None:
        try:
            while batch := _next(lanes.waiting):
                await self._write(collection, batch)
        finally:
            lanes.busy -= 1

    async def _write(self, collection: str, batch: list[Added]) -> None:
        begun = perf_counter()
        refused: dict[int, Exception] = {}
        try:
            async with asyncio.timeout(self._timeout):
                await self._insert(collection, [it.content for it in batch])
        except BulkWriteError as error:
            refused = _refused(error, len(batch))
        except Exception as error:
            refused = dict.fromkeys(range(len(batch)), error)
        finally:
            self._meter.work(begun)
        for number, it in enumerate(batch):
            if it.done.done():
                continue
            if number in refused:
                it.done.set_exception(refused[number])
            else:
                it.done.set_result(None)

    async def _insert(self, collection: str, contents: list[RawBSONDocument]) -> None:
        known = self._database[collection]
        if len(contents) == 1:
            await known.insert_one(contents[0])
        else:
            await known.insert_many(contents, ordered=False)


def _next(waiting: deque[Added]) -> list[Added]:
    """Who goes with the next call; whoever was given up meanwhile does not."""
    batch: list[Added] = []
    while waiting and len(batch) < MOST:
        is_large = len(waiting[0].content.raw) >= LARGE
        if is_large and batch:
            break
        added = waiting.popleft()
        if not added.done.done():
            batch.append(added)
        if is_large and batch:
            break
    return batch


def _refused(error: BulkWriteError, count: int) -> dict[int, Exception]:
    """What is wrong with each document, by its number."""
    details = error.details or {}
    if details.get("writeConcernErrors"):
        return dict.fromkeys(range(count), error)
    return {
        one["index"]: WriteError(one.get("errmsg", ""), one.get("code"), one)
        for one in details["writeErrors"]
    }
