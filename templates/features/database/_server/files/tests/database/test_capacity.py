"""Connections and the server's room for them."""

import logging

import pytest

from app.database.capacity import fitting
from app.database.room import room
from app.database.settings import DatabaseSettings
from app.environment import ConfigurationError
from app.settings import Settings
from tests.database.provision import unreachable


def asking_for(settings: Settings, connections: int) -> DatabaseSettings:
    """The settings, but for this many connections."""
    return settings.database.model_copy(update={"database_connections": connections})


async def most(settings: Settings) -> int:
    """What the server takes."""
    taken = await room(settings.database)
    assert taken is not None
    return taken


async def test_workers_share_what_was_asked_for(settings: Settings) -> None:
    assert await fitting(asking_for(settings, 21), 4) == 5


async def test_more_than_the_server_takes_is_cut_and_said(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    asked = await most(settings) * 10

    with caplog.at_level(logging.WARNING, "app.database"):
        each = await fitting(asking_for(settings, asked), 2)

    assert 1 <= each * 2 < asked
    assert f"each of 2 workers opens {each}" in caplog.text


async def test_more_workers_than_connections_are_refused(settings: Settings) -> None:
    workers = await most(settings) + 1

    with pytest.raises(ConfigurationError, match="lower WORKERS"):
        await fitting(asking_for(settings, 20), workers)


async def test_absent_server_refuses_nothing() -> None:
    settings = unreachable()

    assert await fitting(settings, 2) == settings.database_connections // 2
