"""Settings of the database."""

from typing import Annotated
from urllib.parse import quote, unquote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from app.environment import ENVIRONMENT


class DatabaseSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    database_url: str = "postgresql://app@127.0.0.1:5432/app"
    database_password: SecretStr = SecretStr("")
    """Used where the URL holds none; the one that counts is the URL's."""
    database_connections: Annotated[int, Field(ge=1)] = 20
    """Of the whole service: the workers share them, so that the server's limit holds."""
    database_timeout: Annotated[float, Field(gt=0)] = 10.0
    """Seconds for a statement, and for making a connection."""
    database_wait_seconds: Annotated[float, Field(gt=0)] = 2.0
    """Seconds to wait for one of the connections when all are in use; then 503."""

    @field_validator("database_url")
    @classmethod
    def _is_a_server(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("postgresql", "postgres"):
            raise ValueError("must be postgresql://USER@HOST:PORT/DATABASE")
        return url

    @model_validator(mode="before")
    @classmethod
    def _password_of_url(cls, given: dict[str, object]) -> dict[str, object]:
        password = urlsplit(str(given.get("database_url", ""))).password
        return {**given, "database_password": unquote(password)} if password else given

    @property
    def dsn(self) -> str:
        """The URL with the password."""
        url = urlsplit(self.database_url)
        password = quote(self.database_password.get_secret_value(), safe="")
        user = quote(unquote(url.username or "postgres"), safe="")
        location = url.netloc.rpartition("@")[2]
        return url._replace(
            scheme="postgresql", netloc=f"{user}{':' if password else ''}{password}@{location}"
        ).geturl()
