"""Which programs and private servers are here, and how to get those that are not."""

import importlib.util
import shutil
import subprocess
from collections.abc import Sequence

from apiforge.catalog.model import Catalog, Feature
from apiforge.errors import MissingServer
from apiforge.runs.check import Check
from apiforge.servers.environment import runs_in_container, services_of
from apiforge.servers.registry import SERVERS

PATIENCE = 10.0  # seconds for a program to tell its version


def check_tools() -> list[Check]:
    """The programs that projects and their owners use."""
    return [
        _installer(),
        _program(
            "make",
            ["make", "--version"],
            advice="projects are driven by it; Debian: apt-get install make",
            is_essential=True,
        ),
        _program("git", ["git", "--version"], advice="only to keep a project's history"),
        _docker(),
        _program(
            "kubectl",
            ["kubectl", "version", "--client"],
            advice="only to run a service on Kubernetes: https://kubernetes.io/docs/tasks/tools/",
        ),
    ]


def check_servers(catalog: Catalog) -> list[Check]:
    """For each database, and for whatever else needs a server: can a private one be started?"""
    features = [feature for axis in catalog.axes for feature in axis.features]
    return [
        _server(feature)
        for feature in features
        if services_of([feature]) or feature.axis == "database"
    ]


def _server(feature: Feature) -> Check:
    name = f"{feature.axis} {feature.value}"
    services = services_of([feature])
    if not services:
        return Check(name=name, status="ok", found="needs no server")
    if feature.untested:
        found = "never run against a live server"
        return Check(name=name, status="limited", found=found, advice=feature.untested)
    if runs_in_container(feature):
        found = f"in a container of {feature.services[0].image}"
        return Check(name=name, status="ok", found=found)
    server = SERVERS.get(services[0])
    if server is None:
        advice = "start one yourself and load test with --url"
        return Check(name=name, status="missing", found="no private server", advice=advice)
    try:
        program = server.find()
    except MissingServer as error:
        return Check(name=name, status="missing", found=error.message, advice=error.hint)
    found = f"{program.name} {program.version} from {program.origin}"
    if program.stands_in_for:
        found += f", a stand-in for {program.stands_in_for}"
    return Check(name=name, status="ok", found=f"private {found}")


def _installer() -> Check:
    if shutil.which("uv"):
        return _program("uv or pip", ["uv", "--version"], advice="")
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        advice = "uv installs a project's packages many times faster: https://docs.astral.sh/uv/"
        return Check(name="uv or pip", status="ok", found="pip", advice=advice)
    return Check(
        name="uv or pip",
        status="missing",
        found="neither uv, nor venv with pip",
        advice="projects cannot install their packages; Debian: apt-get install python3-venv",
    )


def _docker() -> Check:
    client = _program(
        "docker", ["docker", "--version"], advice="only to run a project's compose.yaml"
    )
    if client.status != "ok":
        return client
    engine = _output(["docker", "version", "--format", "{{.Server.Version}}"])
    if engine is not None:
        return Check(name="docker", status="ok", found=f"{client.found}, engine {engine}")
    return Check(
        name="docker",
        status="limited",
        found=f"{client.found}, but no engine answers",
        advice="start the docker engine; only needed to run a project's compose.yaml",
    )


def _program(
    name: str, command: Sequence[str], *, advice: str, is_essential: bool = False
) -> Check:
    told = _output(command)
    if told is not None:
        return Check(name=name, status="ok", found=told, is_essential=is_essential)
    found = "does not run" if shutil.which(command[0]) else "not found"
    return Check(name=name, status="missing", found=found, advice=advice, is_essential=is_essential)


def _output(command: Sequence[str]) -> str | None:
    """The first line a program prints; None if it is not there or fails."""
    try:
        told = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = told.stdout.strip().splitlines()
    return lines[0] if told.returncode == 0 and lines else None
