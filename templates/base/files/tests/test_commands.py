"""`python -m app`."""

from argparse import Namespace

import pytest

from app import serving
from app.__main__ import main
from app.environment import ConfigurationError
from app.main import serve_app
from app.settings import Settings


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What uvicorn is told, in place of being started."""
    calls: list[dict[str, object]] = []
    monkeypatch.setattr("uvicorn.run", lambda *_, **options: calls.append(options))
    monkeypatch.setattr("app.http.log.configure", lambda level: None)
    return calls


def test_serve_takes_its_settings(
    database: None, started: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "8123")

    assert main(["serve"]) == 0
    assert (started[0]["port"], started[0]["reload"]) == (8123, False)


def test_serve_refuses_weak_secrets(
    database: None,
    started: list[dict[str, object]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("APP_ENV", "production")
    monkeypatch.setattr("app.main.check_secrets", _refuse)

    assert main(["serve"]) == 1
    assert capsys.readouterr().err == "error: KEY is empty\n"
    assert started == []


def _refuse(settings: Settings) -> None:
    raise ConfigurationError("KEY is empty")


def test_worker_makes_its_application(database: None, started: list[dict[str, object]]) -> None:
    assert serve_app().title


def test_project_without_users_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serving.NO_USERS.run(settings, Namespace()) == 1
    assert "no users" in capsys.readouterr().err


def test_wrong_setting_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "many")

    assert main(["serve"]) == 1
    assert capsys.readouterr().err.startswith("error: PORT: ")
