"""A database that is down."""

import dataclasses

from httpx import ASGITransport, AsyncClient

from app.main import create_app
from app.settings import Settings
from tests.callers import EVERYTHING, ScopesInHeader
from tests.database.provision import unreachable


async def test_service_without_database_says_so(settings: Settings) -> None:
    app = create_app(dataclasses.replace(settings, database=unreachable()))
    ScopesInHeader.install(app)
    path = app.state.routers[-1].routes[0].path
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://test") as client,
    ):
        ready = await client.get("/readyz")
        listed = await client.get(path, headers=EVERYTHING)
        alive = await client.get("/livez")

    assert listed.status_code == 503
    assert listed.headers["Retry-After"] == "1"
    assert (ready.status_code, alive.status_code) == (503, 200)
    assert ready.json()["errors"][0]["field"] == "database"
