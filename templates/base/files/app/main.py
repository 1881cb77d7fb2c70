"""Makes the application from its parts; no part is named here."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from app import errors, project
from app.auth.port import Authenticators
from app.component import Component
from app.components import COMPONENTS
from app.environment import check_secrets
from app.http import health, log
from app.http.compression import Compression
from app.http.documentation import DescribedApp
from app.http.draining import Draining
from app.http.express import Express
from app.http.middleware import Middleware, Observer, Traffic
from app.http.overload import Overload
from app.http.route import include
from app.idempotency.answers import InProgress, replay
from app.resources import ROUTERS
from app.settings import Settings

_LOGGER = logging.getLogger("app")


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; connects to nothing until it starts. Raises ConfigurationError."""
    settings = settings or Settings()
    if settings.service.is_production:
        check_secrets(settings)
    components = [component(settings) for component in COMPONENTS]
    observers: list[Observer] = []
    app = _bare_app(settings, components)
    app.state.settings = settings
    app.state.draining = Draining(settings.service.drains_for)
    app.state.components = components
    app.state.before_workers = []
    app.state.traffic = Traffic()
    app.state.readings = app.state.traffic.readings()
    app.state.observers = observers
    app.state.authenticators = Authenticators()
    app.state.routers = []
    app.state.always_served = {"/livez", "/readyz"}
    errors.install(app)
    app.add_exception_handler(InProgress, replay)
    include(app, health.router)
    app.add_middleware(Express, owner=app)
    for component in components:
        component.install(app)
    for router in ROUTERS:
        include(app, router)
    app.add_middleware(Compression, smallest=settings.service.compress_from_bytes)
    app.add_middleware(Overload, settings=settings.service, exempt=app.state.always_served)
    app.add_middleware(
        Middleware,
        observers=observers,
        traffic=app.state.traffic,
        draining=app.state.draining,
        max_body_bytes=settings.service.max_body_bytes,
        logs=settings.service.log_level in ("DEBUG", "INFO"),
    )
    return app


def _bare_app(settings: Settings, components: Sequence[Component]) -> FastAPI:
    name, version = project.name_and_version()
    shows_docs = settings.service.shows_docs

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for component in components:
                await stack.enter_async_context(component.lifespan())
            stack.enter_context(app.state.draining.on_sigterm())
            _LOGGER.info("started")
            yield
        _LOGGER.info("stopped")

    return DescribedApp(
        title=name,
        version=version,
        lifespan=lifespan,
        docs_url="/docs" if shows_docs else None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )


def serve_app() -> FastAPI:
    """What uvicorn calls in each of its processes."""
    settings = Settings()
    log.configure(settings.service.log_level)
    return create_app(settings)
