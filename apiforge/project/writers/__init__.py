"""The files that several features feed: each a model of its own, and a writer."""

from collections.abc import Callable, Mapping

from apiforge.project.plan import Plan
from apiforge.project.writers import (
    components,
    compose,
    continuous,
    environment,
    lock,
    manifest,
    pyproject,
    readme,
    resources,
    scenario,
    settings,
)

WRITERS: Mapping[str, Callable[[Plan], dict[str, str]]] = {
    "components": components.write,
    "compose": compose.write,
    "continuous": continuous.write,
    "environment": environment.write,
    "lock": lock.write,
    "manifest": manifest.write,
    "pyproject": pyproject.write,
    "readme": readme.write,
    "resources": resources.write,
    "scenario": scenario.write,
    "settings": settings.write,
}
"""By the name under which a manifest's `writes` switches it on."""
