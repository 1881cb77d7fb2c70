"""/metrics."""

import dataclasses

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr

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
