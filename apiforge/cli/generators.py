"""The options of a load test that say who makes the load."""

from dataclasses import dataclass
from typing import Annotated

import typer

Workers = Annotated[
    int,
    typer.Option(
        min=1,
        max=64,
        metavar="N",
        help="Load generating processes on this machine, each with its share of the load.",
    ),
]
ExpectWorkers = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=64,
        metavar="N",
        help="Wait for N generators that --join, on other machines or here; needs --url.",
    ),
]
Bind = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Where they join: HOST or HOST:PORT. Nothing there asks who comes. "
        "[default: 127.0.0.1:5557]",
    ),
]
Join = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Generate load for the test that waits there, and nothing else."
    ),
]
KeepAwake = Annotated[
    bool | None,
    typer.Option(
        "--keep-awake/--no-keep-awake",
        help="Keep this virtual machine's processors awake meanwhile, by processes that take what "
        "nobody else wants. [default: where its host is busy]",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorOptions:
    """Processes of this machine, or some that join from elsewhere."""

    workers: Workers = 1
    expect_workers: ExpectWorkers = None
    bind: Bind = None
    join: Join = None
    keep_awake: KeepAwake = None
