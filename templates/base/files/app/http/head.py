"""What a request may look like before its body: more is refused at once."""

from fastapi import Response
from starlette.types import Scope

from app.errors import problem

MOST_HEADERS = 100
LARGEST_HEADERS = 32_768
LONGEST_ADDRESS = 60_000
"""Room for the longest filters that the description allows, about as much as the server reads."""
MOST_PARAMETERS = 1_000


def refusal(scope: Scope) -> Response | None:
    """The problem with the head of this request, if there is one."""
    headers, query = scope["headers"], scope["query_string"]
    if len(headers) > MOST_HEADERS or _size(headers) > LARGEST_HEADERS:
        message = f"At most {MOST_HEADERS} headers and {LARGEST_HEADERS} bytes of them."
        return _problem(scope, 431, "headers_too_large", message)
    if len(scope["path"]) + len(query) > LONGEST_ADDRESS:
        message = f"Path and query may have {LONGEST_ADDRESS} bytes."
        return _problem(scope, 414, "address_too_long", message)
    if query.count(b"&") >= MOST_PARAMETERS:
        return _problem(scope, 422, "invalid", f"At most {MOST_PARAMETERS} query parameters.")
    return None


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum([len(name) + len(value) for name, value in headers])


def _problem(scope: Scope, status: int, code: str, message: str) -> Response:
    return problem(status, code, message, request_id=scope.get("request_id"))
