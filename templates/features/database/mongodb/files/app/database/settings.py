"""Settings of the database."""

from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from app.environment import ENVIRONMENT

SCHEMES = ("mongodb", "mongodb+srv")
# What is acknowledged survives the loss of a member, and what is read cannot be undone.
DURABLE = {"w": "majority", "journal": True, "readConcernLevel": "majority"}


class DatabaseSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    database_url: str = "mongodb://app@127.0.0.1:27017/app?directConnection=true"
    """A replica set, of one member at least: there are no transactions without."""
    database_password: SecretStr = SecretStr("")
    """Used where the URL holds none; the one that counts is the URL's."""
    database_tls: Literal["off", "required", "verified"] = "off"
    """`required` encrypts; `verified` also makes sure that it is the server that the URL names."""
    database_tls_ca: str = ""
    """File with the authorities that `verified` trusts; unset: those of the system."""
    database_connections: Annotated[int, Field(ge=1)] = 20
    """Of the whole service: the workers share them."""
    database_timeout: Annotated[float, Field(gt=0)] = 10.0
    """Seconds for one call of the database, whatever it takes to make it."""
    database_wait_seconds: Annotated[float, Field(gt=0)] = 2.0
    """Seconds to wait for a connection, for a server to write to, or for others who write the same;
    then 503."""

    @field_validator("database_url")
    @classmethod
    def _is_a_server(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.path.strip("/"):
            raise ValueError("must be mongodb://USER@HOST:PORT/DATABASE")
        return url

    @model_validator(mode="before")
    @classmethod
    def _password_of_url(cls, given: dict[str, object]) -> dict[str, object]:
        password = urlsplit(str(given.get("database_url", ""))).password
        return {**given, "database_password": unquote(password)} if password else given

    @property
    def url(self) -> str:
        """The URL with the password."""
        url = urlsplit(self.database_url)
        user, _, location = url.netloc.rpartition("@")
        if not user:
            return self.database_url
        password = quote(self.database_password.get_secret_value(), safe="")
        return url._replace(netloc=f"{user.partition(':')[0]}:{password}@{location}").geturl()

    @property
    def location(self) -> str:
        """The server, as people call it."""
        return urlsplit(self.database_url).netloc.rpartition("@")[2]

    @property
    def name(self) -> str:
        """The database's own name."""
        return unquote(urlsplit(self.database_url).path.removeprefix("/"))

    def named(self, name: str) -> "DatabaseSettings":
        """The same server with another database; users stay those of the first."""
        url = urlsplit(self.database_url)
        query = url.query if "authSource=" in url.query else f"{url.query}&authSource={self.name}"
        changed = url._replace(path=f"/{name}", query=query.removeprefix("&")).geturl()
        return self.model_copy(update={"database_url": changed})

    def options(self) -> dict[str, Any]:
        """How PyMongo connects; what the URL itself says of these counts."""
        milliseconds = int(self.database_wait_seconds * 1000)
        # No timeoutMS: with it, a server that is gone is waited for as long as for an answer. The
        # time for an answer (`database_timeout`) is set by whoever asks.
        options = {
            "connectTimeoutMS": milliseconds,
            "serverSelectionTimeoutMS": milliseconds,
            "waitQueueTimeoutMS": milliseconds,
            **DURABLE,
            **self._tls(),
        }
        said = {name.lower() for name, _ in parse_qsl(urlsplit(self.database_url).query)}
        return {name: value for name, value in options.items() if name.lower() not in said}

    def _tls(self) -> dict[str, Any]:
        if self.database_tls == "off":
            return {}
        if self.database_tls == "required":
            return {"tls": True, "tlsAllowInvalidCertificates": True}
        return {
            "tls": True,
            **({"tlsCAFile": self.database_tls_ca} if self.database_tls_ca else {}),
        }
