"""The options of `apiforge loadtest` that say what is asked of the server."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from apiforge.runs.source import Source, SourceWishes

Scenario = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="What is asked how often, as in a project's loadtests/scenario.toml.",
    ),
]
OpenApi = Annotated[
    str | None,
    typer.Option(
        "--openapi",
        metavar="FILE|URL",
        help="A scenario made from this OpenAPI 3 description of the server at --url.",
    ),
]
ScenarioOut = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Where to write the scenario made by --openapi; without --url that is all.",
    ),
]
Locustfile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Your own Locust users, unchanged; --users says how many. [default: 10 users]",
    ),
]
Header = Annotated[
    list[str] | None,
    typer.Option(
        metavar="HEADER",
        help='Sent with every request: "X-API-Key: {env:API_KEY}" takes it from the environment, '
        '"Authorization: Basic {basic:USER:PASSWORD}" encodes two variables. May repeat.',
        show_default=False,
    ),
]
Bearer = Annotated[
    str | None,
    typer.Option(
        metavar="TOKEN", help="Short for an Authorization header; best written {env:API_TOKEN}."
    ),
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=FILE",
        help="Rows of a CSV or JSON lines file for {data:NAME.column} of the scenario, in turn; "
        "NAME=FILE:once uses each once. May repeat.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What is asked of the server."""

    scenario: Scenario = None
    openapi: OpenApi = None
    scenario_out: ScenarioOut = None
    locustfile: Locustfile = None
    header: Header = None
    bearer: Bearer = None
    data: Data = None


def parse_source(options: SourceOptions) -> "SourceWishes":
    """What these options say."""
    from apiforge.runs.source import SourceWishes

    return SourceWishes(
        scenario=options.scenario,
        openapi=options.openapi,
        locustfile=options.locustfile,
        headers=tuple(options.header or ()),
        bearer=options.bearer,
        data=tuple(options.data or ()),
    )


def is_only_made(options: SourceOptions, url: str | None) -> bool:
    """Is a scenario to be made and written, and nothing tested? UsageError for half of that."""
    from apiforge.errors import UsageError

    if options.scenario_out is not None and options.openapi is None:
        raise UsageError(
            "--scenario-out is for a scenario that is made", hint="say from what: --openapi FILE"
        )
    return options.scenario_out is not None and url is None


def make_only(options: SourceOptions) -> Path:
    """Writes the scenario that --openapi makes; its file."""
    import os

    from apiforge.runs.source import make_source

    assert options.scenario_out is not None
    source = make_source(parse_source(options), None, known=os.environ)
    keep(source, options)
    return options.scenario_out


def keep(source: "Source", options: SourceOptions) -> None:
    """Writes the scenario that was made where it was asked for."""
    from apiforge.runs.description import write_scenario

    if options.scenario_out is not None and source.text is not None:
        write_scenario(source.text, options.scenario_out)
