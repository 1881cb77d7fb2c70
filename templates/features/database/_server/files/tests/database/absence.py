"""What is said where there is no server to test with: once, not by each of the tests."""

from typing import NoReturn

import pytest

from app.database.settings import DatabaseSettings

EXAMPLE = DatabaseSettings.model_fields["database_url"].default


def end_without(server: str, reason: Exception | str) -> NoReturn:
    """Ends all tests, as failed."""
    told = reason if isinstance(reason, str) else [type(reason).__name__, *reason.args][-1]
    hint = f"set TEST_DATABASE_URL, such as {EXAMPLE}, to a database that may be emptied"
    pytest.exit(f"the tests need {server} ({told}): start one there, or {hint}", returncode=1)
