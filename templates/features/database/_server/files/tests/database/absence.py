"""What is said where there is no server to test with: once, not by each of the tests."""

from typing import NoReturn

import pytest


def end_without(server: str, reason: object) -> NoReturn:
    """Ends all tests, as failed."""
    hint = "start one there, or set TEST_DATABASE_URL to one whose database may be emptied"
    pytest.exit(f"the tests need {server} ({str(reason).strip()}): {hint}", returncode=1)
