"""The cache of the tests: a Redis of their own, in this process."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

from tests.cache.server import Server


@contextmanager
def new_cache() -> Iterator[Mapping[str, str]]:
    """Settings of the cache: where that Redis is, as long as the context lasts."""
    server, loop = Server(), asyncio.new_event_loop()
    loop.run_until_complete(server.start())
    # Every test has an event loop of its own; what outlives them needs one in a thread.
    thread = Thread(target=loop.run_forever)
    thread.start()
    yield {"CACHE_URL": server.url}
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
