"""Which databases there are to hold to the contract, and which of them can be run here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from apiforge import paths
from apiforge.catalog.load import load_catalog
from apiforge.catalog.model import Catalog, Feature
from apiforge.errors import MissingServer
from apiforge.servers.environment import services_of
from apiforge.servers.registry import SERVERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A value of the axis. `missing` says why it cannot be run; `server` is what runs.

    A stand-in holds to the contract as the real one does, but need not bear as much.
    """

    name: str
    server: str
    has_server: bool
    missing: str = ""
    is_stand_in: bool = False


@cache
def catalog() -> Catalog:
    return load_catalog([paths.templates()])


@cache
def databases() -> dict[str, Database]:
    """Every database of the catalogue by name, in its order."""
    features = catalog().axis("database").features
    return {feature.value: _database(feature) for feature in features}


def runnable(asked: Sequence[str]) -> list[Database]:
    """Those asked for, else all that can be run here; a missing one that is asked for is kept."""
    return [one for one in databases().values() if one.name in asked or not (asked or one.missing)]


def _database(feature: Feature) -> Database:
    names = services_of([feature])
    known = {"name": feature.value, "has_server": bool(names)}
    if feature.untested:
        return Database(**known, server="", missing=feature.untested)
    if not names:
        return Database(**known, server="")
    try:
        program = SERVERS[names[0]].find()
    except MissingServer as error:
        return Database(**known, server="", missing=f"{error}; {error.hint}")
    server = f"{program.title}, {program.version}, {program.origin}"
    return Database(**known, server=server, is_stand_in=program.stands_in_for is not None)
