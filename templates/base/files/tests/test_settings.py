"""Settings, and the refusal to start with a weak secret."""

import dataclasses
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from app.environment import ConfigurationError, ServiceSettings, check_secrets
from app.main import create_app
from app.settings import Settings
from tests.production import production


class Vault(BaseSettings):
    """Settings with a secret."""

    vault_key: SecretStr = SecretStr("")


@dataclass(frozen=True)
class Parts:
    """Settings as they are assembled."""

    service: ServiceSettings = field(default_factory=ServiceSettings)
    vault: Vault = field(default_factory=Vault)


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("", "is empty"),
        ("x7Kq9", "is shorter"),
        ("a" * 40, "looks like a default"),
        ("change-me-change-me-change-me-change-me", "looks like a default"),
    ],
    ids=["empty", "short", "repeated", "default"],
)
def test_weak_secret_is_named(secret: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=f"VAULT_KEY {reason}"):
        check_secrets(Parts(vault=Vault(vault_key=SecretStr(secret))))


def test_strong_secrets_let_production_start(settings: Settings) -> None:
    app = create_app(production(settings))

    assert app.docs_url is None


def test_production_may_show_its_docs(settings: Settings) -> None:
    service = ServiceSettings(app_env="production", docs_enabled=True)

    app = create_app(dataclasses.replace(production(settings), service=service))

    assert app.docs_url == "/docs"


def test_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("LOG_LEVEL", "")

    settings = ServiceSettings()

    assert (settings.port, settings.log_level) == (8123, "INFO")
