"""The stack most templates generate: FastAPI, the ORM's asynchronous session, a response model,
four `BaseHTTPMiddleware`. It does the same work as ours: validation, a JSON log line, metrics,
headers, a request id. Run with `uvicorn`, the database from DATABASE_URL; with MAKE_TABLES it makes
its table there.
"""

import json
import logging
import os
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from prometheus_client import Counter, Histogram
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import DateTime, Numeric, String, Text, event, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=20)
IS_SQLITE = engine.dialect.name == "sqlite"
sessions = async_sessionmaker(engine, expire_on_commit=False)
REQUESTS = Counter("requests", "Requests", ["method", "route", "status"])
SECONDS = Histogram("seconds", "Seconds", ["method", "route"])
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
log = logging.getLogger("access")


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


@event.listens_for(engine.sync_engine, "connect")
def set_sqlite_up(connection: Any, record: Any) -> None:
    """The settings that our projects have on SQLite."""
    if IS_SQLITE:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")


class Base(DeclarativeBase):
    """Of all tables."""


class Thing(Base):
    """The table that the benchmark's project calls `things`."""

    __tablename__ = "things"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    stock: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None] = mapped_column(Text)


class ThingIn(BaseModel):
    """What callers send."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    price: Annotated[Decimal, Field(max_digits=10, decimal_places=2)]
    stock: int = 0
    note: str | None = None


class ThingOut(ThingIn):
    """What callers get."""

    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    created_at: datetime
    updated_at: datetime
    version: int


class Page(BaseModel):
    """A page of things."""

    items: list[ThingOut]
    next_cursor: str | None


class RequestId(BaseHTTPMiddleware):
    """Gives every request an id."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        request.state.request_id = request.headers.get("x-request-id") or uuid.uuid4().hex
        response = await call_next(request)
        response.headers["x-request-id"] = request.state.request_id
        return response


class Headers(BaseHTTPMiddleware):
    """Adds the security headers."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["x-frame-options"] = "DENY"
        response.headers["referrer-policy"] = "no-referrer"
        response.headers["cross-origin-resource-policy"] = "same-origin"
        return response


class Metrics(BaseHTTPMiddleware):
    """Counts requests and their times."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        start = time.perf_counter()
        response = await call_next(request)
        route = getattr(request.scope.get("route"), "path", "unmatched")
        REQUESTS.labels(request.method, route, response.status_code).inc()
        SECONDS.labels(request.method, route).observe(time.perf_counter() - start)
        return response


class AccessLog(BaseHTTPMiddleware):
    """Writes a line of JSON for each request."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        start = time.perf_counter()
        response = await call_next(request)
        line = {
            "time": time.time(),
            "level": "info",
            "message": "request",
            "request_id": request.state.request_id,
            "method": request.method,
            "path": request.url.path,
            "status": response.status_code,
            "ms": (time.perf_counter() - start) * 1000,
        }
        log.info(json.dumps(line))
        return response


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """With its table, where that is asked for."""
    if os.environ.get("MAKE_TABLES"):
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
    yield


app = FastAPI(title="common template", lifespan=lifespan)
for middleware in (AccessLog, Metrics, Headers, RequestId):
    app.add_middleware(middleware)


async def get_session() -> AsyncIterator[AsyncSession]:
    """A session for one request."""
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


@app.get("/readyz")
async def readyz() -> dict[str, str]:
    """The service answers."""
    return {"status": "ready"}


@app.get("/api/v1/things", response_model=Page)
async def list_things(session: Session, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Page:
    """A page of things."""
    rows = (await session.scalars(select(Thing).order_by(Thing.id).limit(limit + 1))).all()
    cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    items = [ThingOut.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=cursor)


@app.get("/api/v1/things/{id}", response_model=ThingOut)
async def get_thing(id: uuid.UUID, session: Session) -> Thing:
    """One thing."""
    thing = await session.get(Thing, id)
    if thing is None:
        raise HTTPException(404)
    return thing


@app.post("/api/v1/things", response_model=ThingOut, status_code=201)
async def create_thing(data: ThingIn, session: Session) -> Thing:
    """Adds a thing."""
    thing = Thing(**data.model_dump())
    session.add(thing)
    await session.commit()
    await session.refresh(thing)
    return thing
