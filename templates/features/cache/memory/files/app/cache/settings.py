"""Settings of the cache."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from app.environment import ENVIRONMENT


class CacheSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    cache_max_bytes: Annotated[int, Field(ge=0)] = 16_777_216
    """Of values, in each worker."""
    cache_ttl_seconds: Annotated[float, Field(gt=0)] = 30.0
    cache_stale_workers_accepted: bool = False
    """Each worker has a cache of its own, and a write reaches only that of its worker. Setting this
    accepts that with several workers an answer may be CACHE_TTL_SECONDS old."""
