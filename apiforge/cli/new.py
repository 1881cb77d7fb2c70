"""`apiforge new`: writes a project."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from apiforge.cli.console import say, say_json, warn
from apiforge.cli.options import takes

if TYPE_CHECKING:
    from apiforge.catalog.model import Catalog
    from apiforge.cli.answers import Answers
    from apiforge.project.plan import Plan

SCHEMA = "apiforge.new/1"

_NAME = typer.Argument(metavar="NAME", help="Letters, digits, - and _.", show_default=False)
_PLACE = typer.Option(metavar="DIR", help="Where to write it; ./NAME if not given.")
_FILE = typer.Option(metavar="FILE", help="A specification: what the flags leave open is its.")
_ONE = typer.Option(metavar="VALUE", help="One of `apiforge list`.")
_MANY = typer.Option(metavar="VALUE", help="Of `apiforge list`; may repeat.")
_TEXT = typer.Option(metavar="TEXT", help='"product: name:string(120) note:text?"; may repeat.')
_USERS = typer.Option(metavar="N", help="How many people will use it.")
_RATE = typer.Option(metavar="R", help="Requests per second at the peak.")
_READS = typer.Option(metavar="SHARE", help="The part of the requests that only read: 0.9.")
_GROWTH = typer.Option(metavar="TIMES", help="How many times as much load a year from now.")
_AVAILABILITY = typer.Option(metavar="PERCENT", help="How much of the time it is there: 99.9%.")
_ROWS = typer.Option(metavar="N", help="Rows of each resource in a load test's database.")
_YES = typer.Option("--yes", help="Ask nothing; what is not given takes its default.")
_DRY_RUN = typer.Option("--dry-run", help="List the files, write nothing.")
_JSON = typer.Option("--json", help="Print one JSON document.")

One: TypeAlias = Annotated[list[str] | None, _ONE]
Many: TypeAlias = Annotated[list[str] | None, _MANY]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOptions:
    """What `apiforge new` is asked."""

    name: Annotated[str, _NAME]
    directory: Annotated[Path | None, _PLACE] = None
    spec: Annotated[Path | None, _FILE] = None
    database: One = None
    cache: One = None
    auth: Many = None
    monitoring: Many = None
    deploy: Many = None
    resource: Annotated[list[str] | None, _TEXT] = None
    expected_users: Annotated[int | None, _USERS] = None
    peak_rate: Annotated[float | None, _RATE] = None
    read_share: Annotated[float | None, _READS] = None
    growth: Annotated[float | None, _GROWTH] = None
    availability: Annotated[str | None, _AVAILABILITY] = None
    rows: Annotated[int | None, _ROWS] = None
    yes: Annotated[bool, _YES] = False
    dry_run: Annotated[bool, _DRY_RUN] = False
    as_json: Annotated[bool, _JSON] = False


@takes(NewOptions)
def new(options: NewOptions) -> None:
    """Write a project: an API with its tests and load test.

    Asks for what is not given. With --yes, or without a terminal, that takes its default; see
    `apiforge list` for what can be chosen.
    """
    from apiforge import paths
    from apiforge.catalog.load import load_catalog
    from apiforge.cli.prompts import is_terminal

    given, catalog = _answers(options), load_catalog([paths.templates()])
    if options.yes or not is_terminal():
        _make(given, catalog, options)
        return
    complete = _ask(given, catalog)
    is_answered = complete is not given
    # Who was asked has seen the warnings.
    _make(complete, catalog, options, warns=not is_answered)
    if is_answered:
        _show_command(complete)


def _answers(options: NewOptions) -> "Answers":
    from apiforge.cli.answers import Answers

    return Answers(
        name=options.name,
        directory=options.directory,
        spec=options.spec,
        choices=_values(
            database=options.database,
            cache=options.cache,
            auth=options.auth,
            monitoring=options.monitoring,
            deploy=options.deploy,
        ),
        resources=tuple(options.resource or ()),
        requirements=_said(
            expected_users=options.expected_users,
            peak_rate=options.peak_rate,
            read_share=options.read_share,
            growth_per_year=options.growth,
            availability=options.availability,
            rows=options.rows,
        ),
    )


def _values(**flags: list[str] | None) -> dict[str, tuple[str, ...]]:
    return {axis: tuple(given) for axis, given in flags.items() if given}


def _said(**flags: float | str | None) -> dict[str, float | str]:
    return {key: value for key, value in flags.items() if value is not None}


def _ask(answers: "Answers", catalog: "Catalog") -> "Answers":
    from apiforge.cli import prompts, wizard
    from apiforge.project import resources
    from apiforge.project.disk import check_target

    # Whatever could not be made is said before the first question.
    resources.check(answers.specification().settled(catalog).resources)
    check_target(answers.place)
    try:
        return wizard.complete(answers, catalog, prompts.terminal())
    except KeyboardInterrupt:
        prompts.show()
        prompts.show("nothing was written")
        raise


def _show_command(answers: "Answers") -> None:
    from apiforge.cli import prompts

    prompts.show()
    prompts.show("the same without questions:", style=prompts.CYAN)
    # In one line whatever the window, to be copied.
    print(f"  {answers.command()}", file=sys.stderr)


def _make(
    answers: "Answers", catalog: "Catalog", options: NewOptions, *, warns: bool = True
) -> None:
    from apiforge.project.creation import create, file_names
    from apiforge.project.disk import check_target
    from apiforge.project.plan import make_plan
    from apiforge.project.render import render

    place = answers.place
    plan = make_plan(answers.specification(), catalog)
    check_target(place)
    if warns:
        _warn(plan)
    tree = render(plan)
    files = file_names(tree)
    # Made before anything is written: the project may replace the directory we stand in.
    document = _document(plan, place, files, written=not options.dry_run)
    summary = _summary(plan, place, files)
    if not options.dry_run:
        create(plan, tree, place)
    if options.as_json:
        say_json(document)
    else:
        say("\n".join(files) if options.dry_run else summary)


def _warn(plan: "Plan") -> None:
    from apiforge.project.proposals import contradictions

    stated = plan.specification
    for warning in contradictions(plan.axes, stated.choices, stated.requirements):
        warn(warning)


def _next_steps(plan: "Plan", place: Path) -> list[str]:
    # A shell that stands in the directory still has the empty one this project replaced.
    here = place.resolve() == Path.cwd()
    folder = shlex.quote(str(place.resolve() if here else place))
    steps = [f"cd {folder}", "make run", "make test", "make load"]
    return [*steps, *(step for feature in plan.features for step in feature.next_steps)]


def _untested(plan: "Plan") -> list[str]:
    """What of this has never run against the real thing, and why."""
    return [
        f"{feature.value} has never been run against a live server: {feature.untested}"
        for feature in plan.features
        if feature.untested
    ]


def _summary(plan: "Plan", place: Path, files: list[str]) -> str:
    specification = plan.specification
    rows = {axis: ", ".join(values) for axis, values in specification.choices.items()}
    rows["resources"] = ", ".join(resource.name for resource in specification.resources)
    width = max(map(len, rows))
    return "\n".join(
        (
            f"made {specification.name}: {len(files)} files in {place}",
            *(f"  {name:{width}}  {value}" for name, value in rows.items()),
            *(f"beware: {line}" for line in _untested(plan)),
            "next:",
            *(f"  {step}" for step in _next_steps(plan, place)),
        )
    )


def _document(plan: "Plan", place: Path, files: list[str], *, written: bool) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "name": plan.specification.name,
        "directory": str(place.resolve()),
        "written": written,
        "choices": {axis: list(values) for axis, values in plan.specification.choices.items()},
        "resources": {
            resource.name: {field.name: field.text for field in resource.fields}
            for resource in plan.specification.resources
        },
        "files": files,
        "untested": _untested(plan),
        "next_steps": _next_steps(plan, place),
    }
