"""The description of the API."""

from typing import Any

import pytest
from httpx import AsyncClient

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
async def document(anyone: AsyncClient) -> dict[str, Any]:
    """/openapi.json."""
    described: dict[str, Any] = (await anyone.get("/openapi.json")).json()
    return described


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every operation."""
    return [
        operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in METHODS
    ]


async def test_it_is_of_version_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")


async def test_operations_have_ids_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(document)]

    assert len(names) == len(set(names))


async def test_problems_are_described(document: dict[str, Any]) -> None:
    problems = [
        answer["content"]
        for operation in operations(document)
        for status, answer in operation["responses"].items()
        if status >= "400"
    ]

    assert problems
    assert all(set(content) == {"application/problem+json"} for content in problems)
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_problems_have_an_example(document: dict[str, Any]) -> None:
    described = [
        (status, content["example"])
        for operation in operations(document)
        for status, answer in operation["responses"].items()
        for kind, content in answer.get("content", {}).items()
        if kind == "application/problem+json" and "example" in content
    ]

    assert described
    assert all(str(example["status"]) == status for status, example in described)


async def test_docs_are_shown(anyone: AsyncClient) -> None:
    assert (await anyone.get("/docs")).status_code == 200
