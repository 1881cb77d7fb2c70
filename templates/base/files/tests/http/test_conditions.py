"""Entity tags."""

import pytest

from app.http.conditions import is_known


@pytest.mark.parametrize(
    ("header", "known"),
    [('"1"', True), ('W/"1"', True), ('"0", "1"', True), ("*", True), ('"2"', False), ("1", False)],
    ids=["same", "weak", "list", "any", "other", "unquoted"],
)
def test_known_tags_are_found(header: str, known: bool) -> None:
    assert is_known('"1"', header) is known
