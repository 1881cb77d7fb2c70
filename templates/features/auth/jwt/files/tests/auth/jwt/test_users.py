"""`python -m app user` and the user of load tests."""

import asyncio

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from app.__main__ import main
from app.auth.users.repository import ROWS as USERS
from app.main import create_app
from app.settings import Settings

LOGIN = "/api/v1/auth/login"


async def status_of_login(settings: Settings, email: str, password: str) -> int:
    """What a log-in answers."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = ASGITransport(app)
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            body = {"email": email, "password": password}
            return (await client.post(LOGIN, json=body)).status_code


async def roles_of(settings: Settings, email: str) -> str:
    """What is stored of them."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        user = await USERS.first(app.state.database.reader, {"email": email})
    assert user is not None
    return str(user["roles"])


def test_user_command_makes_a_user_who_can_log_in(
    settings: Settings,
    empty: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PASSWORD", "correct horse")

    code = main(["user", "grace@example.com"])

    assert code == 0
    assert "made the user grace@example.com" in capsys.readouterr().out
    assert asyncio.run(status_of_login(settings, "grace@example.com", "correct horse")) == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [("nonsense", "correct horse"), ("ada@example.com", "short")],
    ids=["email", "password"],
)
def test_user_command_refuses(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    email: str,
    password: str,
) -> None:
    monkeypatch.setenv("PASSWORD", password)

    assert main(["user", email]) == 1
    assert "error:" in capsys.readouterr().err


def test_user_command_gives_roles(
    settings: Settings,
    empty: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PASSWORD", "correct horse")

    made = main(["user", "grace@example.com", "--role", "reader"])
    kept = main(["user", "grace@example.com"])
    wrong = main(["user", "grace@example.com", "--role", "emperor"])
    wrong_scope = main(["user", "grace@example.com", "--scopes", "empire:rule"])

    assert (made, kept, wrong, wrong_scope) == (0, 0, 1, 1)
    assert "no role called 'emperor'; there are: admin" in capsys.readouterr().err
    assert asyncio.run(roles_of(settings, "grace@example.com")) == "reader"


async def test_seeding_makes_the_user_of_load_tests(
    app: FastAPI, anyone: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOAD_USER_EMAIL", "load@example.com")
    monkeypatch.setenv("LOAD_USER_PASSWORD", "a long password")

    for component in app.state.components:
        await component.seed()

    body = {"email": "load@example.com", "password": "a long password"}
    assert (await anyone.post(LOGIN, json=body)).status_code == 200
