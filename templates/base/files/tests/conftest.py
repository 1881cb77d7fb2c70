"""A started service on a database of its own, and a client that may do everything."""

from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from app.main import create_app
from app.settings import Settings
from tests.cache.provision import new_cache
from tests.callers import EVERYTHING, ScopesInHeader
from tests.database.provision import empty_database, new_database


@pytest.fixture(scope="session")
def database() -> Iterator[None]:
    """The environment names a migrated database, and a cache, for as long as the tests run."""
    with pytest.MonkeyPatch.context() as environment, new_database() as url, new_cache() as cache:
        for name, value in cache.items():
            environment.setenv(name, value)
        environment.setenv("DATABASE_URL", url)
        environment.setenv("APP_ENV", "test")
        yield


@pytest.fixture
def settings(database: None) -> Settings:
    """The settings of the service under test."""
    return Settings()


@pytest.fixture
def empty(settings: Settings) -> None:
    """The tables hold no rows."""
    empty_database()


@pytest.fixture
async def app(settings: Settings, empty: None) -> AsyncIterator[FastAPI]:
    """The service, started, on empty tables."""
    app = create_app(settings)
    ScopesInHeader.install(app)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def anyone(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A client that has not logged in."""
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def client(anyone: AsyncClient) -> AsyncClient:
    """A client that may do everything."""
    anyone.headers.update(EVERYTHING)
    return anyone
