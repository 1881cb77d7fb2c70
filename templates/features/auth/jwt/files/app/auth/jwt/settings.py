"""Settings of the log-in."""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from app.environment import ENVIRONMENT


class JwtSettings(BaseSettings):
    """Read from the environment, then from `.env`."""

    model_config = ENVIRONMENT

    jwt_signing_key: SecretStr = SecretStr("")
    """32 bytes in base64; empty, a worker alone makes one for as long as it runs."""
    jwt_issuer: str = "app"
    jwt_access_seconds: Annotated[int, Field(ge=30)] = 900
    jwt_refresh_seconds: Annotated[int, Field(ge=60)] = 1_209_600


class LoadUserSettings(BaseSettings):
    """The user that `python -m app seed` makes for load tests, where both are set."""

    model_config = ENVIRONMENT

    load_user_email: str = ""
    load_user_password: SecretStr = SecretStr("")
