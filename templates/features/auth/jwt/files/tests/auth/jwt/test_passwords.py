"""Passwords: which may be chosen, how they are checked, and that few are checked at once."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher

from app.auth.jwt import passwords as module
from app.auth.jwt.passwords import Passwords, check_password
from app.auth.jwt.settings import JwtSettings
from app.errors import Unavailable


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    """With the settings as they are."""
    made = Passwords(JwtSettings())
    yield made
    made.close()


@pytest.mark.parametrize(
    "bad",
    ["seven77", "x" * 257, "nul\0 in it", "half a pair \ud800"],
    ids=["short", "long", "NUL", "surrogate"],
)
def test_bad_password_may_not_be_chosen(bad: str) -> None:
    with pytest.raises(ValueError, match="a password"):
        check_password(bad)


async def test_only_the_password_matches(passwords: Passwords) -> None:
    stored = await passwords.hash("caf\u00e9 au lait")

    assert await passwords.verify("cafe\u0301 au lait", stored), "the same letters"
    assert not await passwords.verify("cafe au lait", stored)
    assert not await passwords.verify("cafe au lait", "no hash at all")


async def test_nobody_has_a_password(passwords: Passwords) -> None:
    assert not await passwords.verify("correct horse", None)
    assert not await passwords.verify("", None)


async def test_nobody_costs_as_much_as_anybody(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await passwords.hash("correct horse")
    checked: list[str] = []

    def verify(_: object, password_hash: str, password: str) -> bool:
        checked.append(password_hash)
        return False

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    await passwords.verify("wrong horse", stored)
    await passwords.verify("wrong horse", None)

    known, unknown = (one.split("$") for one in checked)
    assert known[:4] == unknown[:4], "algorithm, version and cost"
    assert [len(part) for part in known] == [len(part) for part in unknown]


async def test_changed_settings_make_hashes_outdated(passwords: Passwords) -> None:
    stored = await passwords.hash("correct horse")
    dearer = Passwords(JwtSettings(password_passes=6))

    assert not passwords.is_outdated(stored)
    assert dearer.is_outdated(stored)
    assert await dearer.verify("correct horse", stored), "it is still good"
    dearer.close()


async def test_too_many_at_once_are_sent_away(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING", 1)
    gate = threading.Event()
    monkeypatch.setattr(module, "_normal", lambda password: str(gate.wait(10)))
    waiting = [
        asyncio.create_task(passwords.verify("correct horse", None))
        for _ in range(module.THREADS + 1)
    ]
    await asyncio.sleep(0)

    with pytest.raises(Unavailable) as raised:
        await passwords.verify("correct horse", None)
    gate.set()
    await asyncio.gather(*waiting)
    await asyncio.sleep(0)

    assert raised.value.headers["Retry-After"] == "1"
    assert not await passwords.verify("correct horse", None), "there is room again"
