"""Settings of the database."""

from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from app.environment import ENVIRONMENT


class DatabaseSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    database_url: str = "oracle://app@127.0.0.1:1521/FREEPDB1"
    database_password: SecretStr = SecretStr("")
    """Used where the URL holds none; the one that counts is the URL's."""
    database_tls: Literal["off", "verified"] = "off"
    """`verified` encrypts, and makes sure that it is the server that the URL names."""
    database_wallet: str = ""
    """Folder with the `ewallet.pem` that `verified` needs; unset: the system's authorities."""
    database_wallet_password: SecretStr = SecretStr("")
    """Of that wallet, where it has one."""
    database_connections: Annotated[int, Field(ge=1)] = 20
    """Of the whole service: the workers share them, so that the server's limit holds."""
    database_timeout: Annotated[float, Field(gt=0)] = 10.0
    """Seconds for a statement, and for making a connection."""
    database_wait_seconds: Annotated[float, Field(gt=0)] = 2.0
    """Seconds to wait for one of the connections when all are in use; then 503."""

    @field_validator("database_url")
    @classmethod
    def _is_a_server(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "oracle" or not parts.path.strip("/") or parts.query:
            raise ValueError("must be oracle://USER@HOST:PORT/SERVICE")
        return url

    @model_validator(mode="before")
    @classmethod
    def _password_of_url(cls, given: dict[str, object]) -> dict[str, object]:
        password = urlsplit(str(given.get("database_url", ""))).password
        return {**given, "database_password": unquote(password)} if password else given

    @property
    def location(self) -> str:
        """The server, as people call it."""
        return urlsplit(self.database_url).netloc.rpartition("@")[2]

    def arguments(self) -> dict[str, Any]:
        """How the driver connects."""
        url = urlsplit(self.database_url)
        return {
            "host": url.hostname or "127.0.0.1",
            "port": url.port or 1521,
            "service_name": unquote(url.path.removeprefix("/")),
            "user": unquote(url.username or "app"),
            "password": self.database_password.get_secret_value(),
            "tcp_connect_timeout": self.database_timeout,
            **self._tls(),
        }

    def _tls(self) -> dict[str, Any]:
        if self.database_tls == "off":
            return {}
        wallet_password = self.database_wallet_password.get_secret_value()
        return {
            "protocol": "tcps",
            "ssl_server_dn_match": True,
            "wallet_location": self.database_wallet or None,
            "wallet_password": wallet_password or None,
        }
