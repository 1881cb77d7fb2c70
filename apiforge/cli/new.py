"""`apiforge new`: writes a project."""

import base64
import secrets
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from apiforge.cli.console import say, say_json

if TYPE_CHECKING:
    from apiforge.project.plan import Plan
    from apiforge.project.specification import Specification

SCHEMA = "apiforge.new/1"
SECRET_BYTES = 32

_NAME = typer.Argument(metavar="NAME", help="Letters, digits, - and _.", show_default=False)
_PLACE = typer.Option(metavar="DIR", help="Where to write it; ./NAME if not given.")
_FILE = typer.Option(metavar="FILE", help="A specification: what the flags leave open is its.")
_ONE = typer.Option(metavar="VALUE", help="One of `apiforge list`.")
_MANY = typer.Option(metavar="VALUE", help="Of `apiforge list`; may repeat.")
_TEXT = typer.Option(metavar="TEXT", help='"product: name:string(120) note:text?"; may repeat.')
_USERS = typer.Option(metavar="N", help="How many people will use it.")
_RATE = typer.Option(metavar="R", help="Requests per second at the peak.")
_YES = typer.Option("--yes", help="Ask nothing; what is not given takes its default.")
_DRY_RUN = typer.Option("--dry-run", help="List the files, write nothing.")
_JSON = typer.Option("--json", help="Print one JSON document.")

One: TypeAlias = Annotated[str | None, _ONE]
Many: TypeAlias = Annotated[list[str] | None, _MANY]


def new(
    name: Annotated[str, _NAME],
    directory: Annotated[Path | None, _PLACE] = None,
    spec: Annotated[Path | None, _FILE] = None,
    database: One = None,
    cache: One = None,
    auth: Many = None,
    monitoring: Many = None,
    deploy: Many = None,
    resource: Annotated[list[str] | None, _TEXT] = None,
    expected_users: Annotated[int | None, _USERS] = None,
    peak_rate: Annotated[float | None, _RATE] = None,
    yes: Annotated[bool, _YES] = False,
    dry_run: Annotated[bool, _DRY_RUN] = False,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Write a project: an API with its tests and load test.

    What is not given takes its default; see `apiforge list` for what can be chosen.
    """
    from apiforge.project.specification import with_flags

    flags = {"database": database and [database], "cache": cache and [cache]}
    flags |= {"auth": auth, "monitoring": monitoring, "deploy": deploy}
    specification = with_flags(
        _specification(name, spec),
        choices={axis: tuple(values) for axis, values in flags.items() if values},
        texts=tuple(resource or ()),
        expected_users=expected_users,
        peak_rate=peak_rate,
    )
    _make(specification, directory or Path(name), dry_run=dry_run, as_json=as_json)


def _make(specification: "Specification", place: Path, *, dry_run: bool, as_json: bool) -> None:
    from apiforge import paths
    from apiforge.catalog.load import load_catalog
    from apiforge.project.creation import create, file_names
    from apiforge.project.disk import check_target
    from apiforge.project.plan import make_plan
    from apiforge.project.render import render

    plan = make_plan(specification, load_catalog([paths.templates()]))
    check_target(place)
    tree = render(plan)
    files = file_names(tree)
    # Made before anything is written: the project may replace the directory we stand in.
    document = _document(plan, place, files, written=not dry_run)
    summary = _summary(plan, place, files)
    if not dry_run:
        create(plan, tree, place, make_secret=_make_secret)
    if as_json:
        say_json(document)
    else:
        say("\n".join(files) if dry_run else summary)


def _specification(name: str, file: Path | None) -> "Specification":
    from dataclasses import replace

    from apiforge import __version__
    from apiforge.project.specification import Specification, read_specification

    if file is None:
        return Specification(name=name, apiforge=__version__)
    stated = read_specification(file)
    _check_targets(file, stated.targets)
    return replace(stated, name=name, apiforge=__version__)


def _check_targets(file: Path, targets: tuple[str, ...]) -> None:
    from apiforge.errors import UsageError
    from apiforge.loadtest.targets import TargetError, parse

    for target in targets:
        try:
            parse(target)
        except TargetError as error:
            raise UsageError(f"{file}: loadtest.targets: {error}", hint=error.hint) from error


def _make_secret() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _next_steps(plan: "Plan", place: Path) -> list[str]:
    # A shell that stands in the directory still has the empty one this project replaced.
    here = place.resolve() == Path.cwd()
    folder = shlex.quote(str(place.resolve() if here else place))
    steps = [f"cd {folder}", "make run", "make test", "make load"]
    return [*steps, *(step for feature in plan.features for step in feature.next_steps)]


def _summary(plan: "Plan", place: Path, files: list[str]) -> str:
    specification = plan.specification
    rows = {axis: ", ".join(values) for axis, values in specification.choices.items()}
    rows["resources"] = ", ".join(resource.name for resource in specification.resources)
    width = max(map(len, rows))
    return "\n".join(
        (
            f"made {specification.name}: {len(files)} files in {place}",
            *(f"  {name:{width}}  {value}" for name, value in rows.items()),
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
        "next_steps": _next_steps(plan, place),
    }
