"""The modules that name every resource: routers, tables and seeds.

What is imported is called after the table: that name is different for each, a feature's own
tables included, and fit for Python.
"""

from collections.abc import Iterable

from apiforge.project.plan import Plan
from apiforge.project.references import in_order
from apiforge.project.resources import Resource
from apiforge.project.writers import python


def write(plan: Plan) -> dict[str, str]:
    """The three files."""
    public = plan.specification.resources
    return {
        "app/resources/__init__.py": routers(public),
        "app/resources/seeds.py": seeds(in_order(public)),
        "app/database/tables.py": tables((*public, *plan.tables)),
    }


def routers(resources: Iterable[Resource]) -> str:
    """`ROUTERS`, in the order in which the owner named the resources."""
    modules = {_module(it, "endpoints"): f"{it.table_name}_router" for it in resources}
    return _assembled(
        '"""What this service serves, one router for each resource."""',
        ["from fastapi import APIRouter"],
        python.imports([(module, "router") for module in modules], modules),
        python.assigned_tuple("ROUTERS: tuple[APIRouter, ...]", modules.values()),
    )


def tables(resources: Iterable[Resource]) -> str:
    """`TABLES`; importing the module makes them known to migrations."""
    modules = {_module(it, "table"): f"{it.table_name}_table" for it in resources}
    return _assembled(
        '"""Every table of this service."""',
        [],
        python.imports([(module, "TABLE") for module in modules], modules),
        python.assigned_tuple("TABLES", modules.values()),
    )


def seeds(resources: Iterable[Resource]) -> str:
    """`SEEDS`, each after those it refers to."""
    modules = {_module(it, "seed"): f"{it.table_name}_seed" for it in resources}
    return _assembled(
        '"""How to make rows of every resource, each after those it refers to."""',
        [],
        python.imports(
            [*((module, "SEED") for module in modules), ("app.seeding", "Seed")], modules
        ),
        python.assigned_tuple("SEEDS: tuple[Seed, ...]", modules.values()),
    )


def _assembled(*sections: str | list[str]) -> str:
    texts = ["\n".join(section) if isinstance(section, list) else section for section in sections]
    return "\n\n".join(text for text in texts if text) + "\n"


def _module(resource: Resource, name: str) -> str:
    return f"{resource.folder.replace('/', '.')}.{name}"
