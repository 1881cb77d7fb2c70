"""Log-ins that fail have to wait, longer each time, and nobody else for long."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from app import moments
from app.auth.attempts.repository import ROWS as ATTEMPTS
from app.auth.jwt.settings import JwtSettings
from app.auth.jwt.throttle import Attempt, Limit, Throttle, TooManyAttempts

LOGIN = "/api/v1/auth/login"
ADA = {"email": "ada@example.com", "password": "correct horse"}
SETTINGS = JwtSettings(login_failures=2, login_failures_per_account=4, login_failures_per_address=6)
HOME, AWAY = Attempt.of("ada@example.com", "192.0.2.1"), Attempt.of("ada@example.com", "192.0.2.2")
BOB_AT_HOME = Attempt.of("bob@example.com", "192.0.2.1")
Later = Callable[[float], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Puts the clock forward by so many seconds."""
    shift = timedelta()

    def after(seconds: float) -> str:
        return moments.to_text(datetime.now(UTC) + shift + timedelta(seconds=seconds))

    def move(seconds: float) -> None:
        nonlocal shift
        shift += timedelta(seconds=seconds)

    monkeypatch.setattr(moments, "after", after)
    monkeypatch.setattr(moments, "now", lambda: after(0))
    return move


@pytest.fixture
def throttle(app: FastAPI) -> Throttle:
    """On the database of the service."""
    return Throttle(app.state.database, SETTINGS)


async def wait(throttle: Throttle, attempt: Attempt) -> int:
    """Seconds that this attempt would have to wait."""
    try:
        await throttle.check(attempt)
    except TooManyAttempts as error:
        return int(error.headers["Retry-After"])
    return 0


async def fail(throttle: Throttle, attempt: Attempt, times: int) -> None:
    """So many wrong passwords."""
    for _ in range(times):
        await throttle.failed(attempt)


def test_wait_doubles_up_to_the_longest() -> None:
    limit = Limit(free=3, longest=10)

    assert [limit.wait(failures) for failures in range(1, 9)] == [0, 0, 1, 2, 4, 8, 10, 10]
    assert limit.wait(10**9) == 10


async def test_each_failure_doubles_the_wait(throttle: Throttle, later: Later) -> None:
    seen = []
    for _ in range(5):
        await throttle.failed(HOME)
        seen.append(await wait(throttle, HOME))

    assert seen == [0, 1, 2, 4, 8]


async def test_wait_ends(throttle: Throttle, later: Later) -> None:
    await fail(throttle, HOME, 3)
    assert await wait(throttle, HOME) == 2

    later(2.1)

    assert await wait(throttle, HOME) == 0


async def test_refused_attempts_do_not_make_it_longer(throttle: Throttle, later: Later) -> None:
    await fail(throttle, HOME, 3)

    waits = [await wait(throttle, HOME) for _ in range(20)]

    assert set(waits) == {2}


async def test_failures_are_forgotten(throttle: Throttle, later: Later) -> None:
    await fail(throttle, HOME, 4)
    later(3700)

    await throttle.failed(HOME)

    assert await wait(throttle, HOME) == 0


async def test_owner_is_not_locked_out_by_strangers(throttle: Throttle, later: Later) -> None:
    await throttle.succeeded(HOME)

    for number in range(40):
        await throttle.failed(Attempt.of("ada@example.com", f"198.51.100.{number}"))

    assert await wait(throttle, AWAY) == 60, "from where she never was, for a minute at most"
    assert await wait(throttle, HOME) == 0


async def test_address_that_tries_many_accounts_has_to_wait(
    throttle: Throttle, later: Later
) -> None:
    await throttle.succeeded(BOB_AT_HOME)
    for number in range(7):
        await throttle.failed(Attempt.of(f"user{number}@example.com", "192.0.2.1"))

    assert await wait(throttle, HOME) == 2
    assert await wait(throttle, AWAY) == 0
    assert await wait(throttle, BOB_AT_HOME) == 0, "who was there before"


async def test_success_starts_counting_again(throttle: Throttle, later: Later) -> None:
    await fail(throttle, HOME, 3)
    later(10)
    await throttle.succeeded(HOME)

    await throttle.failed(HOME)

    assert await wait(throttle, HOME) == 0


async def test_failures_at_once_are_all_counted(throttle: Throttle, later: Later) -> None:
    await asyncio.gather(*(throttle.failed(HOME) for _ in range(5)))

    assert await wait(throttle, HOME) == 8


async def test_outdated_counts_are_removed(app: FastAPI, throttle: Throttle, later: Later) -> None:
    await throttle.failed(HOME)
    await throttle.succeeded(BOB_AT_HOME)
    later(4000)

    await throttle.sweep()

    assert len(await ATTEMPTS.ids(app.state.database.reader)) == 1, "Bob is remembered longer"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "unix:", False),
    ],
    ids=["network", "networks", "mapped", "hosts", "none"],
)
def test_addresses_count_by_network(one: str, other: str, same: bool) -> None:
    assert (Attempt.of("a@b.c", one) == Attempt.of("a@b.c", other)) is same


@pytest.mark.parametrize("email", [ADA["email"], "nobody@example.com"], ids=["known", "unknown"])
async def test_known_and_unknown_accounts_are_answered_alike(
    app: FastAPI, anyone: AsyncClient, email: str
) -> None:
    await app.state.login_service.set_user(ADA["email"], ADA["password"])
    body = {"email": email, "password": "wrong horse"}

    answers = [await anyone.post(LOGIN, json=body) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    details = {answer.json()["detail"] for answer in answers[:5]}
    assert details == {"The e-mail address or the password is wrong."}
    assert answers[5].headers["Retry-After"] == "1"
    assert answers[5].json()["code"] == "too_many_attempts"


async def test_right_password_has_to_wait_too(
    app: FastAPI, anyone: AsyncClient, later: Later
) -> None:
    await app.state.login_service.set_user(ADA["email"], ADA["password"])
    for _ in range(5):
        await anyone.post(LOGIN, json={**ADA, "password": "wrong horse"})

    at_once = await anyone.post(LOGIN, json=ADA)
    later(1.1)
    then = await anyone.post(LOGIN, json=ADA)

    assert (at_once.status_code, then.status_code) == (429, 200)
