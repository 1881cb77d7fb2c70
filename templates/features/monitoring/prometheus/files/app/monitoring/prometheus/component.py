"""The metrics as a part of the service."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hmac import compare_digest
from typing import ClassVar

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from app.component import Command
from app.errors import Unauthenticated
from app.http.documentation import problems
from app.http.route import StrictRoute, include
from app.monitoring.prometheus.metrics import Metrics
from app.monitoring.prometheus.workers import shared_directory
from app.settings import Settings

PUBLISH_EVERY_SECONDS = 1.0
_RESPONSES = {
    200: {
        "description": "Numbers in Prometheus' text format",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    },
    **problems(401),
}


class PrometheusMetrics:
    """Watches requests, and answers /metrics."""

    name: ClassVar[str] = "prometheus"

    def __init__(self, settings: Settings) -> None:
        token = settings.prometheus.metrics_token.get_secret_value()
        self._token = f"Bearer {token}" if settings.service.is_production else None
        self._metrics: Metrics

    def install(self, app: FastAPI) -> None:
        # The list itself: parts that are installed later add to it.
        self._metrics = Metrics(app.state.readings)
        app.state.before_workers.append(shared_directory)
        app.state.observers.append(self._metrics.observe)
        app.state.always_served.add("/metrics")
        router = APIRouter(tags=["monitoring"], route_class=StrictRoute)
        router.add_api_route(
            "/metrics",
            self._show,
            methods=["GET"],
            operation_id="get_metrics",
            response_class=Response,
            responses=_RESPONSES,
        )
        include(app, router)

    async def _show(self, request: Request) -> Response:
        """The numbers of all workers; in production for METRICS_TOKEN only."""
        given = request.headers.get("authorization", "")
        if self._token is not None and not compare_digest(given.encode(), self._token.encode()):
            raise Unauthenticated("This needs METRICS_TOKEN as a bearer token.")
        return Response(self._metrics.text(), media_type=CONTENT_TYPE_LATEST)

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        publishing = asyncio.create_task(self._publish())
        try:
            yield
        finally:
            publishing.cancel()
            self._metrics.publish()

    async def _publish(self) -> None:
        while True:
            self._metrics.publish()
            await asyncio.sleep(PUBLISH_EVERY_SECONDS)

    async def ready(self) -> None:
        """Always."""

    async def seed(self) -> None:
        """Nothing to add."""

    @classmethod
    def commands(cls) -> Mapping[str, Command]:
        return {}
