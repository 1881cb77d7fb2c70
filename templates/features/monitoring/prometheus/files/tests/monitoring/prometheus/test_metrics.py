"""/metrics."""

import dataclasses
import socket

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr

from app.environment import ConfigurationError
from app.main import create_app
from app.monitoring.port import Reading
from app.monitoring.prometheus.settings import PrometheusSettings
from app.settings import Settings
from tests.production import production

TOKEN = "rM5xv2kQhJ8wZ3nB6tY1cF4gL7pD0sAeUiOq"


async def test_requests_are_counted_by_route_template(anyone: AsyncClient) -> None:
    await anyone.get("/livez")
    await anyone.get("/no/such/path")

    text = (await anyone.get("/metrics")).text

    assert 'http_requests_total{method="GET",route="/livez",status="200"} 1.0' in text
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert "/no/such/path" not in text


async def test_methods_are_bounded(anyone: AsyncClient) -> None:
    await anyone.request("FROBNICATE", "/livez")

    text = (await anyone.get("/metrics")).text

    assert 'method="OTHER"' in text
    assert "FROBNICATE" not in text


async def test_parts_and_process_tell_of_themselves(app: FastAPI, anyone: AsyncClient) -> None:
    counted = 2.0
    reading = Reading(name="things", help="Things.", kind="counter", read=lambda: counted)
    app.state.readings.append(reading)
    await anyone.get("/metrics")
    counted = 5.0

    numbers = dict(
        line.rsplit(" ", 1)
        for line in (await anyone.get("/metrics")).text.splitlines()
        if not line.startswith("#")
    )

    assert numbers["things_total"] == "5.0"
    assert numbers["http_requests_in_progress"] == "1.0"
    assert numbers["service_workers"] == "1.0"
    assert float(numbers["database_statements_total"]) >= 0


@pytest.mark.parametrize(
    ("token", "status"), [(None, 401), ("wrong", 401), (TOKEN, 200)], ids=["none", "wrong", "right"]
)
async def test_production_asks_for_the_token(
    settings: Settings, token: str | None, status: int
) -> None:
    protected = PrometheusSettings(metrics_token=SecretStr(TOKEN))
    app = create_app(dataclasses.replace(production(settings), prometheus=protected))
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/metrics", headers=headers)

    assert answer.status_code == status


async def test_inner_port_shows_them_without_a_token(settings: Settings) -> None:
    port = _free_port()
    inner = PrometheusSettings(metrics_port=port)
    app = create_app(dataclasses.replace(production(settings), prometheus=inner))
    transport = ASGITransport(app)

    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=transport, base_url="http://test") as client,
        AsyncClient(base_url=f"http://127.0.0.1:{port}") as monitor,
    ):
        beside = await client.get("/metrics")
        described = (await client.get("/openapi.json")).json()["paths"]
        shown = await monitor.get("/metrics")

    assert beside.status_code == 404
    assert "/metrics" not in described
    assert shown.status_code == 200
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in shown.text


async def test_inner_port_that_is_taken_is_named(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        inner = PrometheusSettings(metrics_port=port)
        app = create_app(dataclasses.replace(settings, prometheus=inner))

        with pytest.raises(ConfigurationError, match=f"METRICS_PORT={port}"):
            async with app.router.lifespan_context(app):
                pass


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
