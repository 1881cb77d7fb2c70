"""Settings of the metrics."""

from typing import Annotated, Any

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from app.environment import ENVIRONMENT


class PrometheusSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """An inner port for /metrics alone, where nobody is asked for a token; 0: beside the API."""
    metrics_host: str = "127.0.0.1"
    """The address of the inner port; keep it out of reach of callers."""
    metrics_token: SecretStr | None = SecretStr("")
    """Asked for in production, as `Authorization: Bearer …`; None on an inner port."""

    @model_validator(mode="before")
    @classmethod
    def _no_token_inside(cls, given: dict[str, Any]) -> dict[str, Any]:
        """So that nobody has to make up a secret that is never asked for."""
        is_beside = str(given.get("metrics_port", 0)).strip("0 ") == ""
        return given if is_beside else {**given, "metrics_token": None}
