"""Log-ins that fail: the more of them, the longer until the next one is looked at.

Counted in the database, so that all workers know. There are three counts: of an account from one
address, of an account from anywhere, and of an address over all accounts. Only the first applies
where the account was used from that address before: strangers cannot lock its owner out. While
there is a wait, attempts are refused unseen and count for nothing, so it always ends.
"""

import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from app import moments
from app.auth.attempts.repository import ROWS as ATTEMPTS
from app.auth.jwt.settings import JwtSettings
from app.database.session import Database, Transaction
from app.errors import AppError, Conflict, NotFound
from app.listing import Filter
from app.schema import Row

FORGOTTEN_AFTER = 3600
"""Seconds without a failure after which counting starts again."""
REMEMBERED_FOR = 30 * 86_400
"""Seconds for which an address is remembered that an account was used from."""
LONGEST_FOR_ALL = 60
"""Seconds; of counts in which others take part, so that none of them can shut one out for long."""
_TRIES = 5


class TooManyAttempts(AppError):
    """429: come back after `seconds`."""

    status, code = 429, "too_many_attempts"

    def __init__(self, seconds: int) -> None:
        message = f"Too many log-ins have failed. Try again in {seconds} s."
        super().__init__(message, headers={"Retry-After": str(seconds)})


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures are free; then the wait doubles from 1 s until it is the longest."""

    free: int
    longest: int

    def wait(self, failures: int) -> int:
        """Seconds until the next attempt."""
        over = failures - self.free
        return 0 if over < 0 else min(1 << min(over, 16), self.longest)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A log-in that is tried, as the ids of the rows that count for it."""

    pair: str
    account: str
    address: str

    @classmethod
    def of(cls, email: str, address: str) -> "Attempt":
        """Addresses of IPv6 count by their /64, which is what one customer has."""
        origin = _network(address)
        return cls(
            _row_id(f"pair {email} {origin}"), _row_id(f"account {email}"), _row_id(f"at {origin}")
        )


class Throttle:
    """Says which attempts are looked at."""

    def __init__(self, database: Database, settings: JwtSettings) -> None:
        self._database = database
        longest = settings.login_longest_wait
        for_all = min(LONGEST_FOR_ALL, longest)
        self._pair = Limit(settings.login_failures, longest)
        self._account = Limit(settings.login_failures_per_account, for_all)
        self._address = Limit(settings.login_failures_per_address, for_all)

    async def check(self, attempt: Attempt) -> None:
        """Raises TooManyAttempts where there is a wait."""
        reader = self._database.reader
        pair = await ATTEMPTS.first(reader, {"id": attempt.pair})
        counts = [pair]
        if not _is_known(pair):
            counts.append(await ATTEMPTS.first(reader, {"id": attempt.account}))
            counts.append(await ATTEMPTS.first(reader, {"id": attempt.address}))
        until = [row["blocked_until"] for row in counts if row is not None]
        seconds = _seconds_until(max(until, default=moments.now()))
        if seconds > 0:
            raise TooManyAttempts(seconds)

    async def failed(self, attempt: Attempt) -> None:
        """Counts it."""
        await self._set(attempt.pair, lambda row: _counted(row, self._pair))
        await self._set(attempt.account, lambda row: _counted(row, self._account))
        await self._set(attempt.address, lambda row: _counted(row, self._address))

    async def succeeded(self, attempt: Attempt) -> None:
        """The account is used from this address; what failed there is forgotten."""
        row = await ATTEMPTS.first(self._database.reader, {"id": attempt.pair})
        lasts = row is not None and row["expires_at"] > moments.after(REMEMBERED_FOR / 2)
        if row is not None and lasts and row["is_known"] and row["failures"] == 0:
            return
        values = {
            "failures": 0,
            "blocked_until": moments.now(),
            "is_known": True,
            "expires_at": moments.after(REMEMBERED_FOR),
        }
        await self._set(attempt.pair, lambda _: values)

    async def sweep(self) -> None:
        """Removes the counts that matter no more."""
        async with self._database.transaction() as transaction:
            outdated = Filter("expires_at", "lte", moments.now())
            await ATTEMPTS.remove_all(transaction, [outdated])

    async def _set(self, row_id: str, make: Callable[[Row | None], Row]) -> None:
        """Stores what `make` makes of the row, which nobody else changes meanwhile."""
        for left in reversed(range(_TRIES)):
            try:
                async with self._database.transaction() as transaction:
                    await _change(transaction, row_id, make)
                return
            except (Conflict, NotFound):  # just added, or just swept, by somebody else
                if left == 0:
                    raise


async def _change(transaction: Transaction, row_id: str, make: Callable[[Row | None], Row]) -> None:
    row = await ATTEMPTS.first(transaction, {"id": row_id})
    if row is None:
        await ATTEMPTS.add(transaction, {"id": row_id, **make(None)})
        return
    # Changed to what it is: that locks the row, and returns it as it is now.
    locked = await ATTEMPTS.change(transaction, row_id, {"expires_at": row["expires_at"]})
    await ATTEMPTS.change(transaction, row_id, make(locked))


def _counted(row: Row | None, limit: Limit) -> Row:
    """The row with one more failure."""
    is_recent = row is not None and row["blocked_until"] > moments.after(-FORGOTTEN_AFTER)
    failures = row["failures"] + 1 if row is not None and is_recent else 1
    wait = limit.wait(failures)
    lasts = [moments.after(FORGOTTEN_AFTER + wait)]
    if row is not None and _is_known(row):
        lasts.append(row["expires_at"])
    return {
        "failures": failures,
        "blocked_until": moments.after(wait),
        "is_known": _is_known(row),
        "expires_at": max(lasts),
    }


def _is_known(row: Row | None) -> bool:
    return row is not None and row["is_known"] and row["expires_at"] > moments.now()


def _seconds_until(moment: str) -> int:
    left = moments.to_datetime(moment) - moments.to_datetime(moments.now())
    return max(0, math.ceil(left.total_seconds()))


def _row_id(name: str) -> str:
    """A UUID for a count, so that neither accounts nor addresses stand in the table."""
    return str(UUID(bytes=sha256(name.encode(errors="replace")).digest()[:16], version=5))


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
