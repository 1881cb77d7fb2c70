"""Settings of the service itself, and the refusal to start in production with a weak secret."""

import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ENVIRONMENT = SettingsConfigDict(
    env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
)
MINIMUM_SECRET_LENGTH = 32
WELL_KNOWN = ("change", "secret", "password", "default", "example", "test")


class ConfigurationError(Exception):
    """The service cannot start as it is configured: what is wrong, in one line."""


class ServiceSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    app_env: Literal["development", "test", "production"] = "development"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    workers: Annotated[int, Field(ge=1, le=1024)] = 1
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    docs_enabled: bool | None = None
    """Unset: on, but off in production."""
    max_body_bytes: Annotated[int, Field(ge=1)] = 1_048_576
    read_max_age: Annotated[int, Field(ge=0)] = 0
    """Seconds that callers, and caches on the way to them, may use an answer to a read again
    without asking. 0: they ask each time, and are answered 304 if nothing has changed."""
    drain_seconds: Annotated[float, Field(ge=0, le=300)] | None = None
    """How long the service goes on after SIGTERM, while /readyz already says 503; longer than the
    load balancer takes to notice. Unset: 5 in production, else 0."""
    shutdown_seconds: Annotated[int, Field(ge=0)] = 20
    """How long requests that are under way may take to finish when the service is stopped."""
    idempotency_seconds: Annotated[int, Field(ge=1)] = 86_400
    """How long the answer to a POST with an Idempotency-Key is kept."""
    compress_from_bytes: Annotated[int, Field(ge=1)] = 1_024
    """Smaller answers are not compressed, whatever callers accept."""
    requests_at_once: Annotated[int, Field(ge=1)] = 100
    """Worked on at the same time, in each worker. More of them would not be done sooner."""
    requests_waiting: Annotated[int, Field(ge=0)] = 1_000
    """Waiting for their turn beside these; all others are told at once to try again (503)."""
    waiting_seconds: Annotated[float, Field(ge=0)] = 1.0
    """How long each of them waits at most; then 503. Health and metrics never wait."""
    request_seconds: Annotated[float, Field(gt=0)] = 15.0
    """How long the work on a request may take, its body and its answer included; then 503."""

    @property
    def is_production(self) -> bool:
        return self.app_env == "production"

    @property
    def drains_for(self) -> float:
        """Seconds."""
        if self.drain_seconds is not None:
            return self.drain_seconds
        return 5.0 if self.is_production else 0.0

    @property
    def shows_docs(self) -> bool:
        return self.docs_enabled if self.docs_enabled is not None else not self.is_production


def check_secrets(settings: Any) -> None:
    """Raises ConfigurationError naming every secret in `settings` that is not fit for production.

    `settings` is the dataclass of `app/settings.py`; a secret is any field of type SecretStr.
    """
    weak = [
        f"{name} {reason}"
        for name, value in _secrets(settings)
        if (reason := _weakness(value)) is not None
    ]
    if weak:
        raise ConfigurationError(f"not fit for production: {'; '.join(weak)}")


def _secrets(settings: Any) -> Iterator[tuple[str, str]]:
    for part in dataclasses.fields(settings):
        values = getattr(settings, part.name)
        for name in type(values).model_fields:
            value = getattr(values, name)
            if isinstance(value, SecretStr):
                yield name.upper(), value.get_secret_value()


def _weakness(secret: str) -> str | None:
    if not secret:
        return "is empty"
    if len(secret) < MINIMUM_SECRET_LENGTH:
        return f"is shorter than {MINIMUM_SECRET_LENGTH} characters"
    if len(set(secret)) < 8 or any(secret.lower().startswith(word) for word in WELL_KNOWN):
        return "looks like a default"
    return None
