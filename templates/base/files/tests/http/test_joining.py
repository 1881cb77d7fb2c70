"""What is written goes out in one piece where it can, in order and to the last byte."""

import asyncio
from collections.abc import Iterable

import pytest

from app.http.joining import Joining


class Sent(asyncio.Transport):
    """Keeps each piece that is sent, and "end" when it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def is_closing(self) -> bool:
        return b"end" in self.pieces

    def close(self) -> None:
        self.pieces.append(b"end")


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
async def joining(sent: Sent) -> Joining:
    return Joining(sent, asyncio.get_running_loop())


async def test_head_and_body_are_one_piece(joining: Joining, sent: Sent) -> None:
    joining.write(b"head ")
    joining.write(b"body")

    assert sent.pieces == [b"head body"]
    await asyncio.sleep(0)
    assert sent.pieces == [b"head body"]


async def test_head_alone_is_sent_at_the_next_turn(joining: Joining, sent: Sent) -> None:
    joining.write(b"head")
    await asyncio.sleep(0)
    joining.write(b"body")
    await asyncio.sleep(0)

    assert sent.pieces == [b"head", b"body"]


async def test_what_was_written_comes_before_the_end(joining: Joining, sent: Sent) -> None:
    joining.write(b"head")
    joining.close()
    await asyncio.sleep(0)

    assert sent.pieces == [b"head", b"end"]


async def test_nothing_is_sent_to_who_has_gone(joining: Joining, sent: Sent) -> None:
    joining.write(b"head")
    sent.close()
    await asyncio.sleep(0)

    assert sent.pieces == [b"end"]
