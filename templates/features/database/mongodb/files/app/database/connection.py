"""The client: how it connects, what it tells of its connections, what its errors mean."""

import asyncio
from time import perf_counter
from types import TracebackType
from typing import Any

from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from pymongo import AsyncMongoClient, monitoring
from pymongo.errors import BulkWriteError, InvalidURI, OperationFailure, PyMongoError
from pymongo.errors import ConfigurationError as WrongOptions

from app.database.meter import Meter
from app.database.operations import Database
from app.database.settings import DatabaseSettings
from app.database.waiting import mend
from app.environment import ConfigurationError
from app.errors import AppError, Conflict, Invalid, Unavailable

DUPLICATE_KEY = 11000
DOCUMENT_REFUSED = 121
CODECS: CodecOptions[dict[str, Any]] = CodecOptions(uuid_representation=UuidRepresentation.STANDARD)
Client = AsyncMongoClient[dict[str, Any]]
mend()


def connect(settings: DatabaseSettings, **options: Any) -> Client:
    """A client; it connects when it is used. Raises ConfigurationError."""
    try:
        return AsyncMongoClient(settings.url, **settings.options(), **options)
    except (InvalidURI, WrongOptions, OSError) as error:
        raise ConfigurationError(f"DATABASE_URL or DATABASE_TLS_CA: {error}") from error


def database_of(client: Client, settings: DatabaseSettings) -> Database:
    """The database that the URL names."""
    return client.get_database(settings.name, codec_options=CODECS)


class Connections(monitoring.ConnectionPoolListener):
    """Counts connections, and how long they are waited for."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.open = 0

    def connection_created(self, event: monitoring.ConnectionCreatedEvent) -> None:
        self.open += 1

    def connection_closed(self, event: monitoring.ConnectionClosedEvent) -> None:
        self.open -= 1

    def connection_checked_out(self, event: monitoring.ConnectionCheckedOutEvent) -> None:
        self._meter.wait(perf_counter() - (event.duration or 0.0))

    def connection_check_out_failed(self, event: monitoring.ConnectionCheckOutFailedEvent) -> None:
        self._meter.wait(perf_counter() - (event.duration or 0.0))

    def connection_check_out_started(
        self, event: monitoring.ConnectionCheckOutStartedEvent
    ) -> None:
        """Told when it has ended."""

    def connection_checked_in(self, event: monitoring.ConnectionCheckedInEvent) -> None:
        """Nothing to count."""

    def connection_ready(self, event: monitoring.ConnectionReadyEvent) -> None:
        """Nothing to count."""

    def pool_created(self, event: monitoring.PoolCreatedEvent) -> None:
        """Nothing to count."""

    def pool_ready(self, event: monitoring.PoolReadyEvent) -> None:
        """Nothing to count."""

    def pool_cleared(self, event: monitoring.PoolClearedEvent) -> None:
        """Its connections are closed one by one."""

    def pool_closed(self, event: monitoring.PoolClosedEvent) -> None:
        """Its connections are closed one by one."""


class Translated:
    """Raises AppErrors for what MongoDB refuses, and when it does not answer within `seconds`. A
    class, since every call pays for it.
    """

    __slots__ = ("_limit",)

    def __init__(self, seconds: float) -> None:
        self._limit = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self._limit.__aexit__(kind, error, traceback)
        except TimeoutError as late:
            raise _app_error(late) from late
        if isinstance(error, BSONError):
            raise Invalid("A value is not allowed.") from error
        if isinstance(error, PyMongoError | OSError):  # a TimeoutError is an OSError
            raise _app_error(error) from error


def _app_error(error: Exception) -> AppError:
    code, details = _details(error)
    if code == DUPLICATE_KEY:
        field = next(iter(details.get("keyPattern", {})), "value").removeprefix("_")
        return Conflict(f"Another row has this {field} already.", code="unique_conflict")
    if code == DOCUMENT_REFUSED:
        return Invalid("A value is not allowed.")
    return Unavailable(f"The database cannot do this now ({type(error).__name__}).")


def _details(error: Exception) -> tuple[int | None, dict[str, Any]]:
    """The server's code, and what it tells of it; of many writes, those of the first refused."""
    if not isinstance(error, OperationFailure):
        return None, {}
    details = dict(error.details or {})
    if isinstance(error, BulkWriteError) and details.get("writeErrors"):
        first: dict[str, Any] = details["writeErrors"][0]
        return first.get("code"), first
    return error.code, details
