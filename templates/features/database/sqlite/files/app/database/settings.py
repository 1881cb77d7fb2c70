"""Settings of the database."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from app.environment import ENVIRONMENT

PREFIX = "sqlite:///"


class DatabaseSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    database_url: str = "sqlite:///data/app.db"
    """`sqlite:///` and a path: relative as it stands, absolute with a fourth slash."""
    database_readers: Annotated[int, Field(ge=1, le=64)] = 2
    """Threads that read at the same time, in each worker."""
    database_timeout: Annotated[float, Field(gt=0)] = 5.0
    """Seconds for a statement, waiting for another process to finish writing included."""
    database_wait_seconds: Annotated[float, Field(gt=0)] = 2.0
    """Seconds to wait for one's turn among the requests that write; then 503."""

    @field_validator("database_url")
    @classmethod
    def _is_a_file(cls, url: str) -> str:
        if not url.startswith(PREFIX) or url == PREFIX:
            raise ValueError(f"must be {PREFIX}PATH; this project keeps its data in SQLite")
        return url

    @property
    def path(self) -> Path:
        return Path(self.database_url.removeprefix(PREFIX))
