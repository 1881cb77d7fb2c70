"""Settings of the cache."""

from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from app.environment import ENVIRONMENT


class CacheSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    cache_url: str = "redis://127.0.0.1:6379/0"
    """`rediss://` is encrypted."""
    cache_password: SecretStr = SecretStr("")
    """Used where the URL holds none; the one that counts is the URL's."""
    cache_ttl_seconds: Annotated[float, Field(ge=0.001)] = 30.0
    cache_timeout: Annotated[float, Field(gt=0)] = 0.5
    """Seconds for one question to Redis, and for connecting to it."""
    cache_connections: Annotated[int, Field(ge=1)] = 32
    """Of each worker, at most."""
    cache_required: bool = False
    """While Redis is away every answer comes from the database, and /readyz says `degraded`.
    Setting this makes it say 503 instead: for a database that could not bear the load."""

    @field_validator("cache_url")
    @classmethod
    def _is_a_server(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("redis", "rediss"):
            raise ValueError("must be redis://HOST:PORT/NUMBER, or rediss:// with TLS")
        return url

    @model_validator(mode="before")
    @classmethod
    def _password_of_url(cls, given: dict[str, object]) -> dict[str, object]:
        password = urlsplit(str(given.get("cache_url", ""))).password
        return {**given, "cache_password": unquote(password)} if password else given
