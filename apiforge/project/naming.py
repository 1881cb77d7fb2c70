"""The names of a project: as its owner gave it, as a title, and as packages and images take it."""

import re
from dataclasses import dataclass

from apiforge.project.specification import Specification


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What templates see as `project`."""

    name: str
    title: str
    slug: str
    """In lower case with dashes: for packages, images and hosts."""
    version: str
    """Of the apiforge that makes it."""


def project_of(specification: Specification) -> Project:
    """The names of the project that a specification describes."""
    name = specification.name
    words = re.split(r"[-_]+", name.strip("-_"))
    return Project(
        name=name,
        title=" ".join(word[:1].upper() + word[1:] for word in words),
        slug="-".join(words).lower(),
        version=specification.apiforge,
    )
