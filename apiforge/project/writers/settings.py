"""app/settings.py: the settings of every part of the service, one field each."""

from apiforge.catalog.model import Feature
from apiforge.errors import CatalogError
from apiforge.project.plan import Plan
from apiforge.project.writers import python

_CLASS = '''
@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Read from the environment and from `.env`; one field for each part."""
'''


def write(plan: Plan) -> dict[str, str]:
    """The one file."""
    return {"app/settings.py": settings(plan)}


def settings(plan: Plan) -> str:
    """The module's text."""
    many = {axis.name for axis in plan.axes if axis.many}
    classes: dict[str, tuple[str, str]] = {}
    for feature in plan.features:
        if not feature.settings:
            continue
        field = _field(feature, many)
        if field in classes:
            raise CatalogError(f"{feature.manifest}: another feature has the settings {field!r}")
        module, _, name = feature.settings.rpartition(".")
        classes[field] = (module, name)
    docstring = '"""Every setting of this service."""'
    standard = "from dataclasses import dataclass" + (", field" if classes else "")
    sections = [docstring, standard]
    if classes:
        sections.append(python.imports(classes.values()))
    fields = "".join(
        f"    {field}: {name} = field(default_factory={name})\n"
        for field, (_, name) in classes.items()
    )
    return "\n\n".join(sections) + "\n\n" + _CLASS + ("\n" + fields if fields else "")


def _field(feature: Feature, many: set[str]) -> str:
    if not feature.axis:
        return "service"
    name = feature.value if feature.axis in many else feature.axis
    return name.replace("-", "_")
