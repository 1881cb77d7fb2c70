"""What a request may look like."""

import pytest
from httpx import AsyncClient

MANY = {f"X-Header-{number}": "1" for number in range(120)}


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/nothing", MANY, 431, "headers_too_large"),
        ("/nothing", {"X-Header": "x" * 40_000}, 431, "headers_too_large"),
        ("/" + "x" * 62_000, {}, 414, "address_too_long"),
        ("/nothing?" + "a&" * 1_100, {}, 422, "invalid"),
        ("/nothing?" + "a&" * 100, {"X-Header": "x" * 4_000}, 404, "not_found"),
    ],
    ids=["many headers", "large headers", "long", "many parameters", "within limits"],
)
async def test_head_is_limited(
    anyone: AsyncClient, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await anyone.get(path, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["X-Request-ID"]
