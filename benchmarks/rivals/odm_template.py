"""The common template on MongoDB: FastAPI, Beanie, a response model, the same four layers.

Run with `uvicorn`, the database from DATABASE_URL.
"""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from beanie import DecimalAnnotation, Document, init_beanie
from common_layers import LAYERS, Page, ThingIn, ThingOut, now
from fastapi import FastAPI, HTTPException, Query
from pydantic import Field
from pymongo import AsyncMongoClient


class Thing(Document):
    """What the benchmark's project calls `things`."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4)
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)
    version: int = 1
    name: str
    price: DecimalAnnotation
    stock: int = 0
    note: str | None = None

    class Settings:
        name = "rival_things"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connected while the service runs."""
    url = os.environ["DATABASE_URL"]
    client = AsyncMongoClient(url, uuidRepresentation="standard", tz_aware=True)
    database = client[urlsplit(url).path.strip("/")]
    await init_beanie(database=database, document_models=[Thing])
    yield
    await client.close()


app = FastAPI(title="common template", lifespan=lifespan)
for layer in LAYERS:
    app.add_middleware(layer)


@app.get("/readyz")
async def readyz() -> dict[str, str]:
    """The service answers."""
    return {"status": "ready"}


@app.get("/api/v1/things", response_model=Page)
async def list_things(limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Page:
    """A page of things."""
    rows = await Thing.find_all().sort("_id").limit(limit + 1).to_list()
    cursor = str(rows[limit - 1].id) if len(rows) > limit else None
    items = [ThingOut.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=cursor)


@app.get("/api/v1/things/{id}", response_model=ThingOut)
async def get_thing(id: uuid.UUID) -> Thing:
    """One thing."""
    thing = await Thing.get(id)
    if thing is None:
        raise HTTPException(404)
    return thing


@app.post("/api/v1/things", response_model=ThingOut, status_code=201)
async def create_thing(data: ThingIn) -> Thing:
    """Adds a thing."""
    return await Thing(**data.model_dump()).insert()
