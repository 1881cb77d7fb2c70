"""The metrics as a part of the service."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from hmac import compare_digest
from typing import ClassVar

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from app.component import Command
from app.errors import Unauthenticated
from app.http.documentation import problems
from app.http.route import StrictRoute, include
from app.monitoring.prometheus.inner import inner_port, registry_of_workers
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
    """Watches requests, and shows the numbers at /metrics: beside the API, or on an inner port."""

    name: ClassVar[str] = "prometheus"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.prometheus
        self._is_alone = settings.service.workers == 1
        token = self._settings.metrics_token
        self._token: str | None = None
        if token is not None and settings.service.is_production:
            self._token = f"Bearer {token.get_secret_value()}"
        self._metrics: Metrics

    def install(self, app: FastAPI) -> None:
        # The list itself: parts that are installed later add to it.
        self._metrics = Metrics(app.state.readings)
        app.state.before_workers.append(shared_directory)
        app.state.observers.append(self._metrics.observe)
        if self._settings.metrics_port:
            app.state.before_workers.append(self._inner_port_of_all)
        else:
            self._install_route(app)

    def _install_route(self, app: FastAPI) -> None:
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
            with self._inner_port_of_one():
                yield
        finally:
            publishing.cancel()
            self._metrics.publish()

    def _inner_port_of_all(self) -> AbstractContextManager[None]:
        """In the parent of the workers, which cannot share a port for one of them to answer."""
        return inner_port(self._settings, registry_of_workers())

    def _inner_port_of_one(self) -> AbstractContextManager[None]:
        if self._is_alone and self._settings.metrics_port:
            return inner_port(self._settings, self._metrics.registry)
        return nullcontext()

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
