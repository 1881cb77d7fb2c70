"""Settings of the metrics."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from app.environment import ENVIRONMENT


class PrometheusSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    metrics_token: SecretStr = SecretStr("")
    """Asked for in production, as `Authorization: Bearer …`."""
