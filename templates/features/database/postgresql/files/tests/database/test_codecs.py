"""What PostgreSQL writes of a moment."""

import pytest

from app.database.codecs import moment


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("2026-11-26 18:54:49.013+00", "2026-11-26T18:54:49.013Z"),
        ("2026-11-26 18:54:49.1+00", "2026-11-26T18:54:49.100Z"),
        ("2026-11-26 18:54:49.12+00", "2026-11-26T18:54:49.120Z"),
        ("2026-11-26 18:54:49+00", "2026-11-26T18:54:49.000Z"),
        ("0001-01-01 00:00:00+00", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31 23:59:59.999+00", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_moment_has_all_three_digits(written: str, canonical: str) -> None:
    assert moment(written) == canonical
