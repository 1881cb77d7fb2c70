"""Logging in and staying so, where it depends on the database: rotation, races, counting."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.contract.service import EMAIL, LOGIN, Service

REFRESH = "/api/v1/auth/refresh"
AT_ONCE = 8


def log_in(client: httpx.Client, service: Service, email: str = EMAIL) -> dict[str, str]:
    answer = client.post(LOGIN, json={"email": email, "password": service.password})
    assert answer.status_code == 200, answer.text
    tokens: dict[str, str] = answer.json()
    return tokens


def refresh(client: httpx.Client, token: str) -> httpx.Response:
    return client.post(REFRESH, json={"refresh_token": token})


def test_tokens_rotate_and_reuse_ends_the_family(service: Service) -> None:
    with service.visitor() as client:
        first = log_in(client, service)
        second = refresh(client, first["refresh_token"]).json()
        third = refresh(client, second["refresh_token"]).json()
        bearer = {"Authorization": f"Bearer {third['access_token']}"}

        assert client.get("/api/v1/auth/me", headers=bearer).json()["email"] == EMAIL
        assert refresh(client, first["refresh_token"]).status_code == 401
        assert refresh(client, third["refresh_token"]).status_code == 401, "the family has ended"


def test_of_many_at_once_one_gets_the_next_token(service: Service) -> None:
    with service.visitor() as client, ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in range(3):
            token = log_in(client, service)["refresh_token"]
            answers = list(threads.map(lambda it: refresh(client, it), [token] * AT_ONCE))
            assert sorted(it.status_code for it in answers) == [200] + [401] * (AT_ONCE - 1)


def test_logged_out_is_out(service: Service) -> None:
    with service.visitor() as client:
        tokens = log_in(client, service)
        body = {"refresh_token": tokens["refresh_token"]}

        assert client.post("/api/v1/auth/logout", json=body).status_code == 204
        assert refresh(client, tokens["refresh_token"]).status_code == 401


def test_address_is_known_in_any_case(service: Service) -> None:
    with service.visitor() as client:
        assert log_in(client, service, EMAIL.upper())["access_token"]


@pytest.mark.parametrize("email", ["nobody@example.com", "noböse🦊@example.com"], ids=ascii)
def test_guesses_are_counted(service: Service, email: str) -> None:
    guess = {"email": email, "password": "a wrong password"}
    with service.visitor() as client:
        tried = [client.post(LOGIN, json=guess) for _ in range(10)]

    assert {answer.status_code for answer in tried[:4]} == {401}
    assert tried[-1].status_code == 429
    assert int(tried[-1].headers["retry-after"]) >= 1
