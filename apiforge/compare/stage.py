"""The variants of a comparison, each a fresh project that runs on its own server."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from apiforge.catalog.model import Catalog, Feature
from apiforge.compare.order import Order, Variant, specification_of
from apiforge.errors import MissingServer
from apiforge.project.creation import create
from apiforge.project.plan import make_plan
from apiforge.project.render import render
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.docker import program_of
from apiforge.servers.environment import runs_in_container, services_of
from apiforge.servers.registry import SERVERS
from apiforge.servers.server import Program
from apiforge.servers.service import RunningService, Tell, run_service
from apiforge.servers.subject import Subject, chosen_features, open_subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What a variant's value really is here. `stands_in_for` names what it is only a substitute
    of; `version` is None where nobody told."""

    name: str
    version: str | None
    origin: str
    stands_in_for: str | None = None

    @property
    def is_stand_in(self) -> bool:
        return self.stands_in_for is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A variant that runs."""

    variant: Variant
    feature: Feature | None
    subject: Subject
    software: Software
    service: RunningService

    @property
    def is_compared(self) -> bool:
        return is_compared(self.software, self.feature)


def feature_of(catalog: Catalog, axis: str, value: str) -> Feature | None:
    """The value's own feature; None of `none`."""
    found = (it for it in catalog.axis(axis).features if it.value == value)
    return next(found, None)


def is_compared(software: Software | None, feature: Feature | None) -> bool:
    """Whether what ran is what the value names, and was ever seen to work: else nobody may conclude
    anything of the value from it."""
    is_stand_in = software is not None and software.is_stand_in
    return not is_stand_in and not (feature is not None and feature.untested)


def find_program(feature: Feature | None, variant: Variant) -> Program | None:
    """The server that the variant would start; None where it needs none. MissingServer if it is
    not here."""
    if feature is None or variant.address is not None or not services_of([feature]):
        return None
    name = services_of([feature])[0]
    if runs_in_container(feature):
        return program_of(feature)
    if name not in SERVERS:
        raise MissingServer(
            f"no private server for {feature.name} can be started",
            hint=f"give the address of an empty one: --database-url {variant.label}=URL",
        )
    return SERVERS[name].find()


@contextmanager
def open_actor(
    order: Order, variant: Variant, catalog: Catalog, *, log: Path, tell: Tell
) -> Iterator[Actor]:
    """The variant's project, made and running on a database of its own, while this lasts."""
    feature = feature_of(catalog, order.axis, variant.value)
    program = find_program(feature, variant)
    with ExitStack() as running:
        folder = running.enter_context(throw_away_directory()) / order.specification.name
        tell(f"{variant.label}: making its project")
        make_project(order, variant, catalog, folder=folder)
        subject = open_subject(folder)
        addresses = {} if feature is None else _addresses(feature, variant)
        service = running.enter_context(
            run_service(
                subject,
                list(chosen_features(subject, catalog)),
                rows=order.rows,
                log=log,
                tell=lambda step: tell(f"{variant.label}: {step}"),
                addresses=addresses,
            )
        )
        software = _software(feature, variant, program, service.python)
        yield Actor(
            variant=variant, feature=feature, subject=subject, software=software, service=service
        )


def make_project(order: Order, variant: Variant, catalog: Catalog, *, folder: Path) -> None:
    """The variant's project in `folder`, with the owner's scenario where there is one."""
    plan = make_plan(specification_of(order, variant), catalog)
    create(plan, render(plan), folder)
    if order.scenario is not None:
        (folder / "loadtests" / "scenario.toml").write_text(order.scenario, encoding="utf-8")


def _addresses(feature: Feature, variant: Variant) -> dict[str, str]:
    return {} if variant.address is None else {feature.name: variant.address}


def _software(
    feature: Feature | None, variant: Variant, program: Program | None, python: str
) -> Software:
    if program is not None:
        return Software(
            name=program.name,
            version=program.version,
            origin=program.origin,
            stands_in_for=program.stands_in_for,
        )
    facts = feature.facts if feature is not None else None
    name = facts.product if facts is not None else variant.value
    if variant.address is not None:
        return Software(name=name, version=None, origin="--database-url")
    version = _version(facts.version, python) if facts is not None and facts.version else None
    return Software(name=name, version=version, origin="inside the service")


def _version(place: str, python: str) -> str | None:
    """Asks the project's own interpreter for `module.name`."""
    module, _, name = place.rpartition(".")
    command = [python, "-c", f"import {module}; print({module}.{name})"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return told.stdout.strip() or None
