"""The environment of a throw-away run: .env files, new secrets, private servers' addresses."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from string import Formatter
from types import MappingProxyType

from apiforge.catalog.model import Feature
from apiforge.errors import CatalogError, MissingServer, choose_one_of
from apiforge.project.creation import new_secret
from apiforge.servers.docker import has_engine, run_container
from apiforge.servers.registry import SERVERS
from apiforge.servers.server import Address

NO_ADDRESSES: Mapping[str, str] = MappingProxyType({})
PLACEHOLDERS = {"directory", *(field.name for field in fields(Address))}


def parse_environment(text: str) -> dict[str, str]:
    """The names and values of a .env file: comments, `export` and quotes as is usual there."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.startswith("#"):
            continue
        found[name.strip()] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    if value[:1] in {"'", '"'} and value.find(value[0], 1) > 0:
        return value[1 : value.find(value[0], 1)]
    return "" if value.startswith("#") else value.partition(" #")[0].rstrip()


def read_environment(file: Path) -> dict[str, str]:
    """The same of a file; nothing where there is none."""
    return parse_environment(file.read_text(encoding="utf-8")) if file.is_file() else {}


def fill_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """An empty value is a secret to be generated."""
    return {name: value or new_secret() for name, value in environment.items()}


def start_servers(
    features: list[Feature],
    directory: Path,
    running: ExitStack,
    *,
    addresses: Mapping[str, str] = NO_ADDRESSES,
) -> dict[str, str]:
    """Start what these features need, until `running` closes; the settings that lead there.

    A feature with an address in `addresses`, by its name, is led there and starts nothing.
    """
    environment: dict[str, str] = {}
    for feature in features:
        if feature.name in addresses:
            environment |= dict.fromkeys(_settings_of_server(feature), addresses[feature.name])
            continue
        values = {"directory": str(directory)}
        if _placeholders(feature) - set(values):
            values |= _start_server(feature, directory, running).placeholders()
        for name, template in feature.throwaway.items():
            environment[name] = template.format_map(values)
    return environment


def _settings_of_server(feature: Feature) -> list[str]:
    """The names of the settings that hold its address."""
    return [name for name, text in feature.throwaway.items() if "://" in text]


def services_of(features: list[Feature]) -> list[str]:
    """The servers a throw-away run of these features needs, by their names in SERVERS."""
    return [feature.services[0].name for feature in features if _needs_server(feature)]


def _placeholders(feature: Feature) -> set[str]:
    parsed = [part for text in feature.throwaway.values() for part in Formatter().parse(text)]
    found = {name for _, name, _, _ in parsed if name}
    if unknown := found - PLACEHOLDERS:
        message = f"{feature.manifest}: no such placeholder: {', '.join(sorted(unknown))}"
        raise CatalogError(message, hint=choose_one_of("", sorted(PLACEHOLDERS)))
    return found


def _needs_server(feature: Feature) -> bool:
    return bool(feature.services) and bool(_placeholders(feature) - {"directory"})


def runs_in_container(feature: Feature) -> bool:
    """Is its server not installed here, while docker is?"""
    if not _needs_server(feature):
        return False
    server = SERVERS.get(feature.services[0].name)
    try:
        return has_engine() if server is None else not server.find()
    except MissingServer:
        return has_engine()


def _start_server(feature: Feature, directory: Path, running: ExitStack) -> Address:
    """One that is installed here, else one in a container."""
    server = SERVERS.get(feature.services[0].name) if feature.services else None
    if runs_in_container(feature):
        return running.enter_context(run_container(feature, directory))
    if server is None:
        raise MissingServer(
            f"no private server for {feature.name} can be started",
            hint="start the project yourself and give its address with --url",
        )
    return running.enter_context(server.run(server.find(), directory))
