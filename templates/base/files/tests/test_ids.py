"""Ids of rows."""

from uuid import UUID

import pytest

from app.ids import new_id


def test_ids_are_uuids_of_version_7() -> None:
    made = UUID(new_id())

    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_ids_sort_in_the_order_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 5_000_000_000_000_000_000)

    made = [new_id() for _ in range(10_000)]

    assert made == sorted(set(made))
