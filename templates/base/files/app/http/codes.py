"""The values of `code` in problem documents, and what they mean; `docs/errors.md` says more.

Add the codes of your own AppErrors here: the API description lists them.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Code(NamedTuple):
    """Its status, and what has happened."""

    status: int
    meaning: str


CODES: Mapping[str, Code] = {
    "bad_request": Code(400, "the request could not be read"),
    "unauthenticated": Code(401, "not logged in, or the proof is not valid; see WWW-Authenticate"),
    "forbidden": Code(403, "logged in, but the scope is missing"),
    "not_found": Code(404, "no such row, or nothing at this path"),
    "method_not_allowed": Code(405, "not with this method; Allow names the right ones"),
    "head_too_slow": Code(408, "the head of the request did not come in time"),
    "body_too_slow": Code(408, "the body did not come in time"),
    "conflict": Code(409, "in conflict with what is stored"),
    "unique_conflict": Code(409, "another row has this value, which only one may have"),
    "reference_conflict": Code(409, "a row referred to does not exist, or this one is in use"),
    "request_in_progress": Code(409, "the same Idempotency-Key is being worked on; try again"),
    "idempotency_key_reused": Code(409, "this Idempotency-Key was used for another request"),
    "stale": Code(412, "changed since the version in If-Match"),
    "too_large": Code(413, "the body is too large"),
    "address_too_long": Code(414, "path and query are too long"),
    "invalid": Code(422, "what was sent is not valid; errors names the fields"),
    "too_many_attempts": Code(429, "too many failures; Retry-After says when to try again"),
    "headers_too_large": Code(431, "too many headers, or too large ones"),
    "internal_error": Code(500, "the service has failed; its log has the request_id"),
    "unavailable": Code(503, "a part of the service is down or busy; try again"),
    "overloaded": Code(503, "the service is doing as much as it can; try again"),
    "deadline_exceeded": Code(503, "not done in time; try again"),
    "not_ready": Code(503, "/readyz only: some parts are down; errors names them"),
    "stopping": Code(503, "/readyz only: the service is about to stop"),
}


def description() -> str:
    """All of them, for the API description."""
    lines = [f"- `{name}` ({code.status}): {code.meaning}" for name, code in CODES.items()]
    return "\n".join(["For programs. One of:", "", *lines])
