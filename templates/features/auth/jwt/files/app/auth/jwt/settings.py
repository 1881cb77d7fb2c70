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
    jwt_previous_keys: SecretStr | None = None
    """Further keys whose tokens are good, parted by commas; they are published too."""
    jwt_issuer: str = "app"
    jwt_audience: str = "app"
    jwt_access_seconds: Annotated[int, Field(ge=30, le=86_400)] = 900
    jwt_refresh_seconds: Annotated[int, Field(ge=60)] = 1_209_600
    jwt_login_seconds: Annotated[int, Field(ge=60)] = 7_776_000
    """After so long a log-in ends, however often it was refreshed."""
    jwt_leeway_seconds: Annotated[int, Field(ge=0, le=60)] = 5
    """How far the clocks of two machines may be apart."""

    login_failures: Annotated[int, Field(ge=1)] = 5
    """Wrong passwords for one account from one address before there is a wait."""
    login_failures_per_account: Annotated[int, Field(ge=1)] = 20
    """The same for one account, from all addresses it was never used from."""
    login_failures_per_address: Annotated[int, Field(ge=1)] = 50
    """The same for one address, over all accounts."""
    login_longest_wait: Annotated[int, Field(ge=1, le=3600)] = 900
    """Seconds; the wait doubles with each further failure until it is as long as this."""

    # The smallest memory that OWASP recommends, with the passes that make up for it: a worker takes
    # this much for each of its threads while they are at it.
    password_memory_kib: Annotated[int, Field(ge=7168, le=1_048_576)] = 7168
    """Memory that argon2 takes for each password it hashes."""
    password_passes: Annotated[int, Field(ge=1, le=64)] = 5
    """How often argon2 goes over it. Stored hashes are made anew at the next log-in."""


class LoadUserSettings(BaseSettings):
    """The user that `python -m app seed` makes for load tests, where both are set."""

    model_config = ENVIRONMENT

    load_user_email: str = ""
    load_user_password: SecretStr = SecretStr("")
