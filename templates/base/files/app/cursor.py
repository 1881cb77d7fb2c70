"""Cursors: where a page ended, as text that means nothing to the caller."""

import base64
import binascii
from typing import Any

import msgspec
import orjson

UNREADABLE = "is not a cursor of this list"


def encode(parts: list[Any]) -> str:
    """The cursor that holds `parts`."""
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).rstrip(b"=").decode()


def decode(text: str) -> tuple[str, Any, Any]:
    """Sort order, value and id. Raises ValueError."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError) as error:
        raise ValueError(UNREADABLE) from error
    if not isinstance(parts, list) or len(parts) != 3:
        raise ValueError(UNREADABLE)
    return parts[0], parts[1], parts[2]
