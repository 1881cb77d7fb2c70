"""`apiforge plan`: how much of everything a project needs, from requirements and measurements."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apiforge.cli.console import say, say_json, warn
from apiforge.cli.options import takes
from apiforge.errors import ApiforgeError, UsageError

if TYPE_CHECKING:
    from apiforge.capacity.assumptions import Assumptions
    from apiforge.capacity.figures import Figure, Sheet
    from apiforge.capacity.measurement import Measurement
    from apiforge.capacity.plan import CapacityPlan
    from apiforge.servers.subject import Subject

DOES_NOT_FIT = 3
_HEADINGS = {
    "required": "required",
    "measured": "measured",
    "assumed": "assumed, not measured",
    "computed": "so it needs",
}

_RUN = typer.Option(
    metavar="RUN", help="The breakpoint to plan with. [default: the newest that is stored]"
)
_USERS = typer.Option(min=1, metavar="N", help="Instead of expected_users: people.")
_PEAK = typer.Option(metavar="R", help="What if this many requests came each second at the peak?")
_GROWTH = typer.Option(metavar="TIMES", help="What if the load were so many times as much?")
_AVAILABILITY = typer.Option(metavar="PERCENT", help="Instead of availability: 99.99%.")
_UTILISATION = typer.Option(min=0.1, max=1.0, help="The part of what was measured to plan with.")
_PEAK_TO_MEAN = typer.Option(min=1.0, help="How many times the mean of a month the peak is.")
_CORES = typer.Option(min=1, max=64, help="Cores that one replica may use.")
_WRITE = typer.Option("--write", help="Write deploy/plan.env, which compose.yaml reads.")
_ACCEPT = typer.Option("--accept-estimate", help="Write it although it is a local estimate.")
_JSON = typer.Option("--json", help="Print one JSON document.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What `apiforge plan` is asked."""

    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="The project's folder.")] = (
        Path()
    )
    run: Annotated[str | None, _RUN] = None
    peak_rate: Annotated[float | None, _PEAK] = None
    growth: Annotated[float | None, _GROWTH] = None
    expected_users: Annotated[int | None, _USERS] = None
    availability: Annotated[str | None, _AVAILABILITY] = None
    utilisation: Annotated[float, _UTILISATION] = 0.7
    peak_to_mean: Annotated[float, _PEAK_TO_MEAN] = 4.0
    cores: Annotated[int, _CORES] = 2
    write: Annotated[bool, _WRITE] = False
    accept_estimate: Annotated[bool, _ACCEPT] = False
    as_json: Annotated[bool, _JSON] = False


@takes(PlanOptions)
def plan(options: PlanOptions) -> int:
    """Say how many replicas, connections and bytes a project needs, and why.

    From its [requirements] and a measured breakpoint (`apiforge loadtest --profile breakpoint`).
    Exits 0, or 3 when what the project is made of does not bear that.
    """
    from apiforge.servers.subject import open_subject

    subject = open_subject(options.project)
    made = _make(subject, options)
    written = _write(made, subject, options) if options.write else None
    if options.as_json:
        say_json(made.as_json(subject.name))
    else:
        _print(made, subject.name)
    if written is not None:
        warn_about = "" if made.fits else " (it does not fit: see above)"
        say(f"wrote {written}{warn_about}")
    return 0 if made.fits else DOES_NOT_FIT


def _make(subject: "Subject", options: PlanOptions) -> "CapacityPlan":
    from apiforge.capacity.bearing import bearing_of
    from apiforge.capacity.plan import make_capacity_plan
    from apiforge.capacity.scalability import fit
    from apiforge.capacity.storage import row_bytes
    from apiforge.catalog.load import load_catalog
    from apiforge.paths import templates
    from apiforge.project.requirements import with_flags
    from apiforge.project.specification import read_specification
    from apiforge.servers.subject import MANIFEST, chosen_features

    specification = read_specification(subject.folder / MANIFEST)
    catalog = load_catalog([templates()])
    measured = _measurement(subject, options.run)
    stated = {
        "peak_rate": options.peak_rate,
        "growth_per_year": options.growth,
        "expected_users": options.expected_users,
        "availability": options.availability,
    }
    return make_capacity_plan(
        with_flags(specification.requirements, stated=stated),
        measured,
        bearing=bearing_of(chosen_features(subject, catalog), catalog),
        assumptions=_assumptions(options),
        row_bytes=row_bytes(specification.resources),
        resources=len(specification.resources),
        scalability=fit(measured.points),
    )


def _assumptions(options: PlanOptions) -> "Assumptions":
    from apiforge.capacity.assumptions import Assumptions

    return Assumptions(
        utilisation=options.utilisation,
        peak_to_mean=options.peak_to_mean,
        cores=options.cores,
    )


def _measurement(subject: "Subject", wanted: str | None) -> "Measurement":
    from apiforge.capacity.measurement import is_breakpoint, read_measurement
    from apiforge.runs.store import list_runs, load_run, runs_folder

    runs = runs_folder(subject.folder)
    if wanted is not None:
        return read_measurement(load_run(wanted, runs).document)
    found = [run for run in list_runs(runs)[0] if is_breakpoint(run.document)]
    if not found:
        raise UsageError(
            f"nothing measured what {subject.name} bears: no stored run found a breakpoint",
            hint=f"measure it: apiforge loadtest {subject.folder} --profile breakpoint",
        )
    return read_measurement(found[0].document)


def _write(made: "CapacityPlan", subject: "Subject", options: PlanOptions) -> Path:
    from apiforge.capacity.settings import FILE, settings_text
    from apiforge.servers.environment import read_environment
    from apiforge.servers.subject import EXAMPLE

    if made.measurement.is_local and not options.accept_estimate:
        raise UsageError(
            "this plan is a local estimate: generator, service and database shared one machine",
            hint="measure where it is to run, with --url; or add --accept-estimate",
        )
    has_memory_cache = "CACHE_MAX_BYTES" in read_environment(subject.folder / EXAMPLE)
    file = options.project / FILE
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_text(settings_text(made, has_memory_cache=has_memory_cache), encoding="utf-8")
    except OSError as error:
        raise ApiforgeError(f"cannot write {file}: {error.strerror}") from error
    return file


def _print(made: "CapacityPlan", project: str) -> None:
    say(f"{'FITS' if made.fits else 'DOES NOT FIT'}  {project}, run {made.measurement.run}")
    for problem in made.problems:
        say(f"  {problem}")
    for origin, heading in _HEADINGS.items():
        figures = [figure for figure in made.sheet if figure.origin == origin]
        say(f"\n{heading}")
        _print_figures(figures, made.sheet)
    bottleneck = made.measurement.bottleneck
    say(f"\nbottleneck: {bottleneck.component}; {bottleneck.reason}")
    law = made.scalability
    if law is not None and law.is_good and law.most is not None:
        say(
            f"universal scalability law (Gunther): {law.most:.4g}/s at most, with {law.at:.3g} in "
            f"progress (sigma {law.sigma:.3g}, kappa {law.kappa:.2g}, R² {law.r_squared:.2f})"
        )
    for note in made.notes:
        warn(note)


def _print_figures(figures: "list[Figure]", sheet: "Sheet") -> None:
    width = max(len(figure.key) for figure in figures)
    for figure in figures:
        amount = (
            f"{_number(figure.value)}{figure.unit if figure.unit in '%/s' else ' ' + figure.unit}"
        )
        say(f"  {figure.key:<{width}}  {amount:>14}  {figure.meaning}")
        basis = figure.basis
        if figure.origin == "computed":
            basis = f"{basis} = {sheet.with_numbers(basis)}"
        if figure.origin in ("computed", "assumed"):
            say(f"  {'':<{width}}  {'':>14}  {basis}")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:.4g}"
