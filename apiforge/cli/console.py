"""What the user sees: results on stdout, everything else on stderr; the two rich consoles."""

import json
import os
import sys
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, TextIO

from apiforge.errors import ApiforgeError

if TYPE_CHECKING:
    from rich.console import Console


@cache
def stdout() -> "Console":
    """For results."""
    from rich.console import Console

    return Console(highlight=False, markup=False, soft_wrap=True)


@cache
def stderr() -> "Console":
    """For progress and warnings."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def say(text: str) -> None:
    """A line of the result."""
    print(text)


def say_json(document: Mapping[str, object]) -> None:
    """The result as one JSON document."""
    print(json.dumps(document, indent=2, ensure_ascii=False))


def warn(text: str) -> None:
    """A line that is not part of the result."""
    print(f"{painted('warning:', '1;33', sys.stderr)} {text}", file=sys.stderr)


def show_error(error: ApiforgeError) -> None:
    """What is wrong, and what to do about it."""
    print(f"{painted('error:', '1;31', sys.stderr)} {error.message}", file=sys.stderr)
    if error.hint:
        print(f"{painted('hint:', '1;36', sys.stderr)} {error.hint}", file=sys.stderr)


def painted(text: str, style: str, stream: TextIO) -> str:
    """The text in a style such as `1;33` (bold, yellow), if the stream can show it."""
    # Not by rich: importing it would be most of what `apiforge new` takes.
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain or not stream.isatty() else f"\033[{style}m{text}\033[0m"
