"""Every error a user can meet, and the exit code each ends the program with.

ApiforgeError            1   it failed
├── UsageError           2   wrong usage, or an invalid specification
├── CatalogError         1   the templates contradict themselves
├── MissingServer        1   a server this needs is not installed here
└── TargetUnreachable    5   the service under test was never reachable, or never ready

Missed targets (exit 3) and an invalid load test (exit 4) are verdicts, not errors: the command
returns them. Only `apiforge.cli.main` shows errors and ends the program.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class ApiforgeError(Exception):
    """What went wrong and where, in one line; `hint` says what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ApiforgeError):
    """The command line or a specification asks for something that cannot be."""

    exit_code = 2


class CatalogError(ApiforgeError):
    """A manifest or a template is wrong: ours to mend, not the user's."""


class MissingServer(ApiforgeError):
    """No such server is installed here."""


class TargetUnreachable(ApiforgeError):
    """The service under test never answered."""

    exit_code = 5


def choose_one_of(wrong: str, valid: Iterable[str]) -> str:
    """The hint for a value that does not exist: the nearest one first, then all of them."""
    choices = list(valid)
    listing = f"choose one of: {', '.join(choices)}"
    near = get_close_matches(wrong, choices, n=1)
    return f"did you mean {near[0]}? {listing}" if near else listing
