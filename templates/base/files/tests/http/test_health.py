"""/livez and /readyz."""

from fastapi import FastAPI
from httpx import AsyncClient


class Broken:
    """A component that is down."""

    name = "broken"

    async def ready(self) -> None:
        raise ConnectionRefusedError


async def test_livez_asks_nothing(app: FastAPI, anyone: AsyncClient) -> None:
    app.state.components.append(Broken())

    answer = await anyone.get("/livez")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_readyz_lists_the_components(anyone: AsyncClient) -> None:
    answer = await anyone.get("/readyz")

    assert answer.status_code == 200
    assert set(answer.json()["components"].values()) == {"ready"}


async def test_readyz_names_what_is_down(app: FastAPI, anyone: AsyncClient) -> None:
    app.state.components.append(Broken())

    answer = await anyone.get("/readyz")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["errors"] == [{"field": "broken", "message": "ConnectionRefusedError"}]
