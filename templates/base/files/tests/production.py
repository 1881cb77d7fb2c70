"""Settings fit for production."""

import base64
import dataclasses
import hashlib
from typing import Any

from pydantic import BaseModel, SecretStr

from app.environment import ServiceSettings
from app.settings import Settings


def production(settings: Settings) -> Settings:
    """These settings in production mode, with a good value for every secret."""
    strong: dict[str, Any] = {
        field.name: _with_secrets(getattr(settings, field.name))
        for field in dataclasses.fields(settings)
    }
    return dataclasses.replace(
        settings, **{**strong, "service": ServiceSettings(app_env="production")}
    )


def _with_secrets(part: BaseModel) -> BaseModel:
    secrets = {
        name: SecretStr(_strong(name))
        for name in type(part).model_fields
        if isinstance(getattr(part, name), SecretStr)
    }
    return part.model_copy(update=secrets)


def _strong(name: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()
