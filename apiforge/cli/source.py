"""The options of `apiforge loadtest` that say what is asked of the server."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from apiforge.runs.source import SourceWishes

Locustfile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Your own Locust users, unchanged; --users says how many. [default: 10 users]",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What is asked of the server."""

    locustfile: Locustfile = None


def parse_source(options: SourceOptions) -> "SourceWishes":
    """What these options say."""
    from apiforge.runs.source import SourceWishes

    return SourceWishes(locustfile=options.locustfile)
