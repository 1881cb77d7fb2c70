"""Settings of the database."""

import ssl
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from app.database.server import ISOLATION, SCHEME, deadline
from app.environment import ENVIRONMENT

SQL_MODE = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO"
STATEMENTS = 256
"""Prepared on the server and kept, for each connection."""


class DatabaseSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    database_url: str = f"{SCHEME}://app@127.0.0.1:3306/app"
    database_password: SecretStr = SecretStr("")
    """Used where the URL holds none; the one that counts is the URL's."""
    database_tls: Literal["off", "required", "verified"] = "off"
    """`required` encrypts; `verified` also makes sure that it is the server that the URL names."""
    database_tls_ca: str = ""
    """File with the authorities that `verified` trusts; unset: those of the system."""
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
        if parts.scheme != SCHEME or not parts.path.strip("/") or parts.query:
            raise ValueError(f"must be {SCHEME}://USER@HOST:PORT/DATABASE")
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

    @property
    def name(self) -> str:
        """The database's own name."""
        return unquote(urlsplit(self.database_url).path.removeprefix("/"))

    def named(self, name: str) -> "DatabaseSettings":
        """The same server with another database."""
        url = urlsplit(self.database_url)._replace(path=f"/{name}").geturl()
        return self.model_copy(update={"database_url": url})

    def arguments(self) -> dict[str, Any]:
        """How the driver connects: strict, in UTC, and each statement sees what is committed."""
        url = urlsplit(self.database_url)
        session = [
            f"{ISOLATION} = 'READ-COMMITTED'",
            f"sql_mode = '{SQL_MODE}'",
            "time_zone = '+00:00'",
            f"innodb_lock_wait_timeout = {max(1, int(self.database_timeout))}",
            deadline(self.database_timeout),
        ]
        return {
            "host": url.hostname or "127.0.0.1",
            "port": url.port or 3306,
            "user": unquote(url.username or "root"),
            "password": self.database_password.get_secret_value().encode(),
            "database": self.name,
            "charset": "utf8mb4",
            "autocommit": True,
            "connect_timeout": self.database_timeout,
            "init_command": "SET SESSION " + ", ".join(session),
            "ssl": self._tls(),
            "stmt_cache_size": STATEMENTS,
        }

    def _tls(self) -> ssl.SSLContext | None:
        if self.database_tls == "off":
            return None
        context = ssl.create_default_context(cafile=self.database_tls_ca or None)
        if self.database_tls == "required":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
