"""The stack most templates generate: FastAPI, the ORM's asynchronous session, a response model,
four `BaseHTTPMiddleware`. It does the same work as ours: validation, a JSON log line, metrics,
headers, a request id. Run with `uvicorn`, the database from DATABASE_URL; with OWN_TABLE it makes
itself one of that name there.
"""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from common_layers import LAYERS, Page, ThingIn, ThingOut, now
from fastapi import Depends, FastAPI, HTTPException, Query
from sqlalchemy import DateTime, Numeric, String, Text, event, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=20)
IS_SQLITE = engine.dialect.name == "sqlite"
sessions = async_sessionmaker(engine, expire_on_commit=False)


@event.listens_for(engine.sync_engine, "connect")
def set_sqlite_up(connection: Any, record: Any) -> None:
    """The settings that our projects have on SQLite."""
    if IS_SQLITE:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")


class Base(DeclarativeBase):
    """Of all tables."""


class Thing(Base):
    """What the benchmark's project calls `things`."""

    __tablename__ = os.environ.get("OWN_TABLE", "things")
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    stock: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None] = mapped_column(Text)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """With its table, where that is asked for."""
    if "OWN_TABLE" in os.environ:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
    yield


app = FastAPI(title="common template", lifespan=lifespan)
for layer in LAYERS:
    app.add_middleware(layer)


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
