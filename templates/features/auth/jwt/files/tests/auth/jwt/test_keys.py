"""The keys of access tokens, and how a new one takes the place of the old."""

import base64
from argparse import Namespace
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from app.__main__ import main
from app.auth.jwt import rotation
from app.auth.jwt.keys import key_ring
from app.environment import ConfigurationError
from app.settings import Settings

OLD = base64.urlsafe_b64encode(bytes(range(32))).decode()
OLDER = base64.urlsafe_b64encode(bytes(range(1, 33))).decode()


@pytest.mark.parametrize("bad", ["not base64!", "dG9vIHNob3J0"], ids=["nonsense", "short"])
def test_bad_key_is_refused_by_name(bad: str) -> None:
    with pytest.raises(ConfigurationError, match="JWT_SIGNING_KEY"):
        key_ring(bad)
    with pytest.raises(ConfigurationError, match="JWT_PREVIOUS_KEYS"):
        key_ring(OLD, f"{OLDER}, {bad}")


def test_every_key_is_published_without_its_secret() -> None:
    published = key_ring(OLD, f"{OLDER}, {OLD}").jwks()["keys"]

    assert len(published) == 2
    assert all(set(key) == {"kty", "crv", "x", "kid", "alg", "use"} for key in published)


async def test_published_keys_may_be_kept_for_a_while(app: FastAPI, anyone: AsyncClient) -> None:
    answer = await anyone.get("/.well-known/jwks.json")

    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert [key["kid"] for key in answer.json()["keys"]] == [app.state.key_ring.signing.key_id]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a .env that is read, and nothing of ours in the environment."""
    for name in (rotation.SIGNING, rotation.PREVIOUS):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env").write_text(f"HOST=127.0.0.1\nJWT_SIGNING_KEY={OLD}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rotate(folder: Path) -> int:
    """`python -m app rotate-key` there."""
    settings = Settings()
    return rotation.rotate_key(settings, Namespace(), folder)


def test_rotation_keeps_the_former_key(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rotate(folder) == 0

    jwt = Settings().jwt
    assert jwt.jwt_previous_keys is not None
    assert jwt.jwt_previous_keys.get_secret_value() == OLD
    assert len(jwt.jwt_signing_key.get_secret_value()) == len(OLD)
    assert jwt.jwt_signing_key.get_secret_value() != OLD
    assert "HOST=127.0.0.1" in (folder / ".env").read_text()
    assert (folder / ".env").stat().st_mode & 0o077 == 0
    assert OLD not in capsys.readouterr().out


def test_rotation_drops_the_oldest(folder: Path) -> None:
    for _ in range(4):
        rotate(folder)

    previous = Settings().jwt.jwt_previous_keys
    assert previous is not None
    assert len(previous.get_secret_value().split(",")) == rotation.KEPT


def test_rotation_leaves_the_environment_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(rotation.SIGNING, OLD)

    assert main(["rotate-key"]) == 1
    assert "JWT_SIGNING_KEY is set in the environment" in capsys.readouterr().err
