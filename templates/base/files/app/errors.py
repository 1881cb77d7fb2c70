"""Every error a caller sees, as application/problem+json (RFC 9457).

AppError
├── NotFound         404
├── Conflict         409
├── Stale            412  the version in If-Match is not the current one
├── Invalid          422
├── Unauthenticated  401
├── Forbidden        403
└── Unavailable      503  a component is down; try again
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

MEDIA_TYPE = "application/problem+json"
CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}

T = TypeVar("T")
FieldError = dict[str, str]


class AppError(Exception):
    """What went wrong, for the caller: a status, a code for programs, a message for people."""

    status = 500
    code = "internal_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.headers = dict(headers or {})
        self.errors = errors


class NotFound(AppError):
    status, code = 404, "not_found"


class Conflict(AppError):
    status, code = 409, "conflict"


class Stale(AppError):
    status, code = 412, "stale"


class Invalid(AppError):
    status, code = 422, "invalid"


class Unauthenticated(AppError):
    status, code = 401, "unauthenticated"

    def __init__(self, message: str, *, challenge: str = "Bearer") -> None:
        super().__init__(message, headers={"WWW-Authenticate": challenge})


class Forbidden(AppError):
    status, code = 403, "forbidden"


class Unavailable(AppError):
    status, code = 503, "unavailable"

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})


def found(value: T | None, what: str) -> T:
    """`value`, or the 404 that says there is no such `what`."""
    if value is None:
        raise NotFound(f"There is no such {what}.")
    return value


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] = (),
    request_id: str | None = None,
) -> Response:
    """The answer that describes an error."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        content["errors"] = list(errors)
    if request_id:
        content["request_id"] = request_id
    answer = Response(orjson.dumps(content), status, media_type=MEDIA_TYPE)
    answer.headers.update({"Cache-Control": "no-store", **(headers or {})})
    return answer


def install(app: FastAPI) -> None:
    """Makes every error of `app` a problem document."""
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return problem_of(request, error)


def problem_of(request: Request, error: AppError) -> Response:
    """The answer that describes `error`."""
    return problem(
        error.status,
        error.code,
        error.message,
        headers=error.headers,
        errors=error.errors,
        request_id=request.scope.get("request_id"),
    )


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_field_error(entry) for entry in error.errors()[:50]]
    first = errors[0] if errors else {"field": "", "message": "invalid"}
    where = f"{first['field']}: " if first["field"] else ""
    return problem(
        422,
        "invalid",
        f"{where}{first['message']}",
        errors=errors,
        request_id=request.scope.get("request_id"),
    )


def _field_error(entry: Mapping[str, Any]) -> FieldError:
    location = [str(part) for part in entry["loc"] if part not in ("body", "query", "path")]
    message = str(entry["msg"]).removeprefix("Value error, ")
    if entry["type"] == "json_invalid":
        return {"field": "", "message": f"The body is not valid JSON: {entry['ctx']['error']}"}
    return {"field": ".".join(location), "message": message}


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    detail = str(error.detail)
    if error.status_code == 404:
        detail = f"There is nothing at {request.url.path}."
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed_methods(request))
        detail = f"{request.method} is not possible here."
    return problem(
        error.status_code,
        CODES.get(error.status_code, "error"),
        detail,
        headers=headers,
        request_id=request.scope.get("request_id"),
    )


def _allowed_methods(request: Request) -> list[str]:
    """Starlette names the methods of one matching route only; a path may have several."""
    allowed = set()
    for method in ("DELETE", "GET", "PATCH", "POST", "PUT"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes):
            allowed |= {method, "HEAD"} if method == "GET" else {method}
    return sorted(allowed)
