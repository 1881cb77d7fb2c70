"""What is a key, and whose."""

import pytest
from fastapi import Request

from app.auth.port import Caller
from app.errors import Invalid
from app.idempotency.key import key_of, row_id


def request(*keys: bytes) -> Request:
    """A request with these keys."""
    return Request({"type": "http", "headers": [(b"idempotency-key", key) for key in keys]})


@pytest.mark.parametrize("key", [b"a", b'"quoted"', b"x" * 255], ids=["short", "quoted", "long"])
def test_visible_characters_are_a_key(key: bytes) -> None:
    assert key_of(request(key)) == key


def test_no_header_is_no_key() -> None:
    assert key_of(request()) is None


@pytest.mark.parametrize(
    "keys",
    [(b"",), (b"a b",), (b"\xe4",), (b"x" * 256,), (b"a", b"b")],
    ids=["empty", "blank", "umlaut", "long", "two"],
)
def test_anything_else_is_refused(keys: tuple[bytes, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        key_of(request(*keys))

    assert refused.value.errors[0]["field"] == "Idempotency-Key"


def test_callers_do_not_share_keys() -> None:
    first = Caller(subject="a", scopes=frozenset())
    second = Caller(subject="b", scopes=frozenset())

    assert len({row_id(None, b"key"), row_id(first, b"key"), row_id(second, b"key")}) == 3
