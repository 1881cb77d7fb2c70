"""The header `Idempotency-Key`: what a caller may call one piece of work."""

import re
from hashlib import blake2b
from typing import Any
from uuid import UUID

from fastapi import Request

from app.auth.port import Caller
from app.errors import Invalid

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 255
_NAME = HEADER.lower().encode()
_KEY = re.compile(rb"[!-~]{1,%d}" % LONGEST)

PARAMETER: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "description": (
        "A name you make up for this piece of work, such as a UUID. Sent again with the same key, "
        "the same request is not done again: it gets the first answer."
    ),
    "schema": {
        "type": "string",
        "pattern": f"^[!-~]{{1,{LONGEST}}}$",
        "examples": ["0190b9a0-6a4c-7000-8000-3c1f1d0c9a5e"],
    },
}
ANSWER_HEADER: dict[str, Any] = {
    REPLAYED: {
        "description": "`true` where this is the answer to an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


def key_of(request: Request) -> bytes | None:
    """The key, if there is one. Raises Invalid."""
    keys = [value for name, value in request.scope["headers"] if name == _NAME]
    if not keys:
        return None
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        what = f"must be one word of 1 to {LONGEST} visible ASCII characters"
        raise Invalid(f"{HEADER}: {what}", errors=[{"field": HEADER, "message": what}])
    key: bytes = keys[0]
    return key


def row_id(caller: Caller | None, key: bytes) -> str:
    """The id under which this caller's answer is stored; two callers' keys never meet."""
    subject = "" if caller is None else caller.subject
    digest = blake2b(subject.encode() + b"\0" + key, digest_size=16).digest()
    return str(UUID(bytes=digest))


async def fingerprint(request: Request) -> str:
    """What is asked for, in 32 characters."""
    scope = request.scope
    asked = f"{scope['method']} {scope['path']}?".encode() + scope["query_string"] + b"\n"
    return blake2b(asked + await request.body(), digest_size=16).hexdigest()
