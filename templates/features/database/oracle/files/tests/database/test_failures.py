"""What the server's errors mean; and a server that is silent, or not one at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import oracledb
import pytest

from app.database.connections import Connections
from app.database.failures import app_error
from app.database.meter import Meter
from app.database.settings import DatabaseSettings
from app.errors import Unavailable
from tests.database.table import METADATA

UNIQUE = "ORA-00001: unique constraint (APP.{}) violated on table APP.TEST_THINGS columns (NAME)"


def error(code: int, message: str = "") -> oracledb.DatabaseError:
    class Told(SimpleNamespace):
        def __str__(self) -> str:
            return message

    return oracledb.DatabaseError(Told(code=code, full_code=f"ORA-{code:05}"))


@pytest.mark.parametrize(
    ("code", "status", "name"),
    [
        (1, 409, "unique_conflict"),
        (2291, 409, "reference_conflict"),
        (2292, 409, "reference_conflict"),
        (1400, 422, "invalid"),
        (1438, 422, "invalid"),
        (12899, 422, "invalid"),
        (60, 503, "unavailable"),
        (3113, 503, "unavailable"),
        (12541, 503, "unavailable"),
        (28, 503, "unavailable"),
    ],
)
def test_errors_have_a_meaning(code: int, status: int, name: str) -> None:
    meant = app_error(error(code, UNIQUE.format("X")))

    assert (meant.status, meant.code) == (status, name)


def test_lost_connection_is_unavailable() -> None:
    assert app_error(ConnectionResetError()).status == 503
    assert app_error(TimeoutError()).status == 503


def test_field_of_a_conflict_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.database.failures.METADATA", METADATA)

    meant = app_error(error(1, UNIQUE.format("UQ_TEST_THINGS_NAME")))

    assert "this name already" in meant.message


def test_wallet_makes_the_connection_encrypted() -> None:
    settings = DatabaseSettings(
        database_url="oracle://app:word@db.example.com:2484/sales",
        database_tls="verified",
        database_wallet="/etc/wallet",
    )

    arguments = settings.arguments()

    assert arguments["protocol"] == "tcps"
    assert arguments["ssl_server_dn_match"] is True
    assert arguments["wallet_location"] == "/etc/wallet"
    oracledb.PoolParams(**arguments)  # the driver knows all of them


@asynccontextmanager
async def server(*, is_silent: bool) -> AsyncIterator[DatabaseSettings]:
    """It takes connections; then it says nothing, or nonsense."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        if not is_silent:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()
        await asyncio.sleep(3600)

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    yield DatabaseSettings(
        database_url=f"oracle://app:app@127.0.0.1:{port}/app",
        database_timeout=0.5,
        database_wait_seconds=0.5,
    )
    listening.close()


@pytest.mark.parametrize("is_silent", [True, False], ids=["silent", "nonsense"])
async def test_what_does_not_answer_is_given_up(is_silent: bool) -> None:
    async with (
        server(is_silent=is_silent) as settings,
        Connections(settings, 1, Meter()).opened() as connections,
    ):
        for _ in range(2):  # the one connection there may be is not lost
            with pytest.raises(Unavailable):
                async with asyncio.timeout(10), connections.lend():
                    raise AssertionError("lent what is not there")
