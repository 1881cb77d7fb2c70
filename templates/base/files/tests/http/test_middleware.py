"""What every answer carries, and what every request leaves behind."""

import json

import pytest
from fastapi import FastAPI
from httpx import AsyncClient


async def test_answer_has_a_new_request_id(anyone: AsyncClient) -> None:
    first = await anyone.get("/livez")
    second = await anyone.get("/livez")

    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


async def test_sane_request_id_is_kept(anyone: AsyncClient) -> None:
    answer = await anyone.get("/livez", headers={"X-Request-ID": "trace-12345"})

    assert answer.headers["X-Request-ID"] == "trace-12345"


async def test_strange_request_id_is_replaced(anyone: AsyncClient) -> None:
    answer = await anyone.get("/livez", headers={"X-Request-ID": "a b c d e f g"})

    assert answer.headers["X-Request-ID"] != "a b c d e f g"


async def test_answer_has_security_headers(anyone: AsyncClient) -> None:
    answer = await anyone.get("/livez")

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


async def test_request_is_logged_as_one_line(
    anyone: AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await anyone.get("/livez?token=hidden", headers={"Authorization": "Bearer hidden"})

    line = capsys.readouterr().out.splitlines()[-1]
    logged = json.loads(line)
    assert (logged["route"], logged["status"]) == ("/livez", 200)
    assert logged["request_id"] == answer.headers["X-Request-ID"]
    assert "hidden" not in line


async def test_observers_are_told_the_route_template(app: FastAPI, anyone: AsyncClient) -> None:
    seen: list[tuple[str, str, int]] = []
    app.state.observers.append(
        lambda method, route, status, _: seen.append((method, route, status))
    )

    await anyone.get("/livez")
    await anyone.get("/no/such/path")

    assert seen == [("GET", "/livez", 200), ("GET", "unmatched", 404)]
