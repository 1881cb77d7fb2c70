"""Passwords: hashed by argon2, in a few threads, for it takes a while on purpose."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

THREADS = 2
MINIMUM_LENGTH = 8
_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(THREADS, "argon2")
# Checked for an unknown e-mail address, so that the answer takes as long as for a known one.
NOBODY = _hasher.hash("nobody has this password")


async def hash_password(password: str) -> str:
    """What to store."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def is_password(password: str, password_hash: str) -> bool:
    """Whether this is the password that was hashed."""

    def verify() -> bool:
        try:
            return _hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    return await asyncio.get_running_loop().run_in_executor(_threads, verify)
