"""How PyMongo waits for a server and for a connection, mended for Python 3.11.

It does so with `asyncio.wait_for`, which before Python 3.12 waits in a task of its own. A request
that is given up just when that time is over leaves the task behind: it takes the client's lock and
never gives it back, so that every later call hangs. From 3.12 on, and here, the caller waits.
"""

import asyncio
import sys

from pymongo.asynchronous import pool, topology

WAIT = "_async_cond_wait"


def mend() -> None:
    """PyMongo's own way, where it is sound."""
    if sys.version_info < (3, 12):
        for module in (pool, topology):
            setattr(module, WAIT, wait)


async def wait(condition: asyncio.Condition, timeout: float | None) -> bool:
    """Until the condition is told, or for so many seconds: then False."""
    try:
        async with asyncio.timeout(timeout):
            return await condition.wait()
    except TimeoutError:
        return False
