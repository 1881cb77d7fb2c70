"""Stops reading a request body that is larger than the service takes: 413."""

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope


def limited(scope: Scope, receive: Receive, largest: int) -> Receive:
    """`receive`, but it raises 413 once more than `largest` bytes came or were announced."""
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) <= largest:
            return receive
        if name in (b"content-length", b"transfer-encoding"):
            left = -1 if name == b"content-length" else largest
            return _counted(receive, left, largest)
    return receive


def _counted(receive: Receive, left: int, largest: int) -> Receive:
    async def counted_receive() -> Message:
        nonlocal left
        message: Message = await receive() if left >= 0 else {}
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(
                413, f"The body is larger than {largest} bytes.", {"Connection": "close"}
            )
        return message

    return counted_receive
