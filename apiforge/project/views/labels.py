"""What a resource is called in code and for people."""

import re
from dataclasses import dataclass

from apiforge.project.names import shorten
from apiforge.project.resources import Resource

_LONGEST = 30
"""In bytes: with longer ones, lines of the templates would not fit into 100 columns."""
_VOWEL = re.compile(r"[aeiou]|hour|honest|heir", re.I)
_SPOKEN_AS_CONSONANT = re.compile(r"uni([^mn]|$)|us[aeiou]|eu|uti|one$|one |once", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Names that are short enough for a line of code."""

    one: str
    """An identifier, as are `many` and `class_name`."""
    many: str
    class_name: str
    label: str
    """For people, as the others: without and with an article, in the plural, as headings."""
    a_label: str
    a_heading: str
    labels: str
    heading: str


def labels(resource: Resource) -> Labels:
    """The names of `resource`."""
    one, many = (shorten(name, limit=_LONGEST) for name in (resource.name, resource.plural))
    label, plural = one.replace("_", " ").strip(), many.replace("_", " ").strip()
    a_label = f"{_article(label)} {label}"
    return Labels(
        one=one,
        many=many,
        class_name=shorten(resource.class_name, limit=_LONGEST),
        label=label,
        a_label=a_label,
        a_heading=a_label[:1].upper() + a_label[1:],
        labels=plural,
        heading=plural[:1].upper() + plural[1:],
    )


def _article(label: str) -> str:
    return "an" if _VOWEL.match(label) and not _SPOKEN_AS_CONSONANT.match(label) else "a"
