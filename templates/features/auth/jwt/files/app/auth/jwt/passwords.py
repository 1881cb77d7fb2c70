"""Passwords: hashed by argon2, in a few threads, for it takes a while on purpose."""

import asyncio
import base64
import ctypes
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.auth.jwt.settings import JwtSettings
from app.errors import Unavailable

THREADS = 2
WAITING = 16
"""How many log-ins may be under way; more are told to come back, instead of waiting ever longer."""
M_MMAP_THRESHOLD = -3
KEPT_BYTES = 2**20
"""Larger blocks of memory go back to the system when they are free; argon2's are 7 MB and more."""
SHORTEST, LONGEST = 8, 256
"""Characters of a password."""
T = TypeVar("T")


def check_password(password: str) -> None:
    """Raises ValueError for a password that may not be chosen."""
    if len(password) < SHORTEST:
        raise ValueError(f"a password has at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise ValueError(f"a password has at most {LONGEST} characters")
    if "\0" in password or any("\ud800" <= character <= "\udfff" for character in password):
        raise ValueError("a password holds no NUL characters, and is valid UTF-8")


class Passwords:
    """Hashes and checks them, off the event loop; raises Unavailable when too many are waiting."""

    def __init__(self, settings: JwtSettings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.password_passes,
            memory_cost=settings.password_memory_kib,
            parallelism=1,
        )
        self._nobody = _unmatched(settings)
        self._threads = ThreadPoolExecutor(THREADS, "argon2")
        self._under_way = 0
        _give_memory_back()

    async def hash(self, password: str) -> str:
        """What to store."""
        return await self._run(lambda: self._hasher.hash(_normal(password)))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether this is the password that was hashed.

        For None, a user who does not exist, it takes as long and is false.
        """

        def verify() -> bool:
            try:
                return self._hasher.verify(password_hash or self._nobody, _normal(password))
            except (VerificationError, InvalidHashError):
                return False

        return await self._run(verify) and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other settings than those of today."""
        return self._hasher.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._under_way >= THREADS + WAITING:
            raise Unavailable("There are too many log-ins at once.", retry_after=1)
        loop = asyncio.get_running_loop()

        def done(_: Future[T]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._finished)

        self._under_way += 1
        future = self._threads.submit(work)
        # Counted until the thread is done with it: a caller who hangs up frees no thread.
        future.add_done_callback(done)
        return await asyncio.wrap_future(future)

    def _finished(self) -> None:
        self._under_way -= 1


def _give_memory_back() -> None:
    """Otherwise each thread keeps what a hash has taken: glibc learns not to return large blocks.

    Other C libraries do not, and have no such function.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, KEPT_BYTES)


def _normal(password: str) -> str:
    """One text for what looks the same, however a keyboard composes it."""
    return unicodedata.normalize("NFKC", password)


def _unmatched(settings: JwtSettings) -> str:
    """A hash that takes as long to check as any, and that no password has."""

    def encoded(count: int) -> str:
        return base64.b64encode(bytes(count)).rstrip(b"=").decode()

    cost = f"m={settings.password_memory_kib},t={settings.password_passes},p=1"
    return f"$argon2id$v=19${cost}${encoded(16)}${encoded(32)}"
