"""Every code is documented."""

import re
from collections.abc import Iterator

from httpx import AsyncClient

from app import project
from app.errors import CODES as OF_STATUS
from app.errors import AppError
from app.http.codes import CODES


def kinds(kind: type[AppError]) -> Iterator[type[AppError]]:
    """All errors below this one."""
    for one in kind.__subclasses__():
        yield one
        yield from kinds(one)


def test_every_error_has_a_code_that_is_known() -> None:
    used = {kind.code: kind.status for kind in kinds(AppError)}

    assert {code: CODES[code].status for code in used} == used
    assert all(CODES[code].status == status for status, code in OF_STATUS.items())


def test_page_of_errors_lists_every_code() -> None:
    page = (project.ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    listed = {code: int(status) for code, status in re.findall(r"\| `(\w+)` \| (\d+) \|", page)}

    assert listed == {name: code.status for name, code in CODES.items()}


async def test_description_lists_every_code(anyone: AsyncClient) -> None:
    document = (await anyone.get("/openapi.json")).json()
    described = document["components"]["schemas"]["Problem"]["properties"]["code"]

    assert all(f"`{code}`" in described["description"] for code in CODES)
