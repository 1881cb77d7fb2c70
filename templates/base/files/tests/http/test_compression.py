"""Answers in gzip."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from httpx import AsyncClient

from app.http.compression import INLINE_BYTES
from app.http.conditions import ExpectedVersions, is_known
from app.http.route import StrictRoute, include

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
async def caller(app: FastAPI, anyone: AsyncClient) -> AsyncClient:
    """GET /body?size= answers with an entity tag; PUT says which versions were expected."""
    router = APIRouter(route_class=StrictRoute)

    @router.get("/body")
    async def body(request: Request, size: int, cache: str = "private") -> Response:
        headers = {"ETag": '"3"', "Cache-Control": cache}
        if is_known('"3"', request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        return Response(b"x" * size, 200, headers, "application/json")

    @router.get("/stream")
    async def stream() -> Response:
        parts: Iterator[bytes] = iter([b"x" * 2_000] * 3)
        return StreamingResponse(parts, headers={"Content-Length": "6000"}, media_type="text/plain")

    @router.put("/body")
    async def put(versions: ExpectedVersions) -> Response:
        return Response(str(sorted(versions or [])))

    include(app, router)
    return anyone


@pytest.mark.parametrize("size", [2_000, INLINE_BYTES + 1], ids=["small", "large"])
async def test_large_answer_is_compressed(caller: AsyncClient, size: int) -> None:
    answer = await caller.get(f"/body?size={size}", headers=GZIP)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < 1_000
    assert answer.content == b"x" * size
    assert answer.headers["ETag"] == '"3-gzip"'
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "accepted",
    ["identity", "br", "gzip;q=0", "*;q=0.0, br", ""],
    ids=["identity", "other", "zero", "any zero", "empty"],
)
async def test_who_does_not_ask_gets_it_plain(caller: AsyncClient, accepted: str) -> None:
    answer = await caller.get("/body?size=2000", headers={"Accept-Encoding": accepted})

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["ETag"] == '"3"'
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "accepted", ["br, gzip;q=0.5", "*", "GZIP"], ids=["weighed", "any", "capitals"]
)
async def test_gzip_is_found_in_what_is_accepted(caller: AsyncClient, accepted: str) -> None:
    answer = await caller.get("/body?size=2000", headers={"Accept-Encoding": accepted})

    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "path", ["/body?size=100", "/body?size=2000&cache=no-store"], ids=["small", "secret"]
)
async def test_some_answers_stay_as_they_are(caller: AsyncClient, path: str) -> None:
    answer = await caller.get(path, headers=GZIP)

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["ETag"] == '"3"'


async def test_stream_stays_as_it_is(caller: AsyncClient) -> None:
    answer = await caller.get("/stream", headers=GZIP)

    assert "Content-Encoding" not in answer.headers
    assert len(answer.content) == 6_000


@pytest.mark.parametrize("tag", ['"3"', '"3-gzip"'], ids=["plain", "compressed"])
async def test_either_tag_is_known(caller: AsyncClient, tag: str) -> None:
    answer = await caller.get("/body?size=2000", headers={**GZIP, "If-None-Match": tag})

    assert (answer.status_code, answer.headers["ETag"]) == (304, tag)


@pytest.mark.parametrize("tag", ['"3"', '"3-gzip"'], ids=["plain", "compressed"])
async def test_either_tag_names_the_version(caller: AsyncClient, tag: str) -> None:
    answer = await caller.put("/body", headers={"If-Match": tag})

    assert answer.text == "[3]"
