"""app/components.py: the parts of the service, in start-up order."""

from apiforge.errors import CatalogError
from apiforge.project.plan import Plan
from apiforge.project.writers import python

_DOCSTRING = '"""The parts of this service, in start-up order."""'


def write(plan: Plan) -> dict[str, str]:
    """The one file."""
    return {"app/components.py": components(plan)}


def components(plan: Plan) -> str:
    """The module's text."""
    modules: dict[str, str] = {}
    for feature in plan.features:
        for dotted in feature.components:
            module, _, name = dotted.rpartition(".")
            if modules.setdefault(name, module) != module:
                message = f"{feature.manifest}: the component {name} is also in {modules[name]}"
                raise CatalogError(message)
    imported = [*((module, name) for name, module in modules.items())]
    statements = python.imports([*imported, ("app.component", "Component")])
    assigned = python.assigned_tuple("COMPONENTS: tuple[type[Component], ...]", modules)
    return f"{_DOCSTRING}\n\n{statements}\n\n{assigned}\n"
