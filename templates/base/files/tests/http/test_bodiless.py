"""HEAD is answered wherever GET is."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from app.http.route import methods, routes

CHANGING = {"x-request-id", "date"}


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/openapi.json", "/docs", "/nothing"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_head_is_get_without_its_body(client: AsyncClient, path: str, coding: str) -> None:
    accepted = {"Accept-Encoding": coding}
    get = await client.get(path, headers=accepted)
    head = await client.head(path, headers=accepted)

    assert head.content == b""
    assert head.status_code == get.status_code
    assert head.headers.keys() == get.headers.keys()
    assert all(head.headers[name] == get.headers[name] for name in get.headers.keys() - CHANGING)


async def test_every_route_to_get_has_a_head(app: FastAPI, client: AsyncClient) -> None:
    readable = {route.path for route in routes(app) if "GET" in methods(route)}
    for path in {route.path for route in routes(app)}:
        head = await client.head(path.replace("{id}", "0190b9a0-6a4c-7000-8000-3c1f1d0c9a5e"))

        assert (head.status_code != 405) is (path in readable), path
        assert head.content == b""


async def test_head_is_counted_as_such(app: FastAPI, anyone: AsyncClient) -> None:
    seen: list[tuple[str, str]] = []
    app.state.observers.append(lambda method, route, *_: seen.append((method, route)))

    await anyone.head("/livez")

    assert seen == [("HEAD", "/livez")]


async def test_wrong_method_is_told_of_both(anyone: AsyncClient) -> None:
    answer = await anyone.delete("/livez")

    assert answer.headers["Allow"] == "GET, HEAD"
