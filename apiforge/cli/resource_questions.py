"""The resources of an API, asked for line by line and checked at once."""

from collections.abc import Iterable

from apiforge.cli.console import show_error
from apiforge.cli.prompts import BOLD, CYAN, Terminal, show
from apiforge.errors import UsageError, choose_one_of
from apiforge.project import resources
from apiforge.project.field_types import KINDS
from apiforge.project.resources import Resource, parse_resource

_GRAMMAR = (
    ("write", "product: name:string(120) price:decimal(10,2) category:ref(category)"),
    ("types", ", ".join(KINDS)),
    ("after a type", "? optional, ! unique, # indexed, =value default"),
    ("again", "a name's line replaces the one before; -product takes it away"),
)


def ask_resources(terminal: Terminal, given: Iterable[str]) -> tuple[str, ...]:
    """Resources in the grammar of `--resource`, those `given` among them; none for the example."""
    show("? What does it serve? A resource a line, an empty line ends.", hanging="  ", style=BOLD)
    for heading, text in _GRAMMAR:
        show(f"{heading}: {text}", indent="  ", hanging="  ", style=CYAN)
    example = " and ".join(resource.name for resource in resources.example())
    show(f"no resource at all: the example, {example}", indent="  ", hanging="  ", style=CYAN)
    found = {parse_resource(text).name: text for text in given}
    prefill = ""
    while True:
        text = terminal.line("resource> ", prefill=prefill).strip()
        prefill = ""
        try:
            if not text:
                resources.check([parse_resource(each) for each in found.values()])
                return tuple(found.values())
            found = _changed(found, text)
        except UsageError as error:
            show_error(error)
            prefill = text


def _changed(found: dict[str, str], text: str) -> dict[str, str]:
    if text.startswith("-"):
        name = text.removeprefix("-").strip()
        if name not in found:
            hint = choose_one_of(name, found) if found else "there is none yet"
            raise UsageError(f"no resource called {name!r}", hint=hint)
        return {key: value for key, value in found.items() if key != name}
    resource = parse_resource(text)
    changed = {**found, resource.name: text}
    _check_names([parse_resource(each) for each in changed.values()])
    count = len(resource.fields)
    fields = f"{count} field{'s' * (count != 1)}"
    show(f"{resource.name}: {fields}, at /api/v1/{resource.plural}", indent="  ")
    return changed


def _check_names(found: list[Resource]) -> None:
    # What a reference points to may come in a later line.
    unlinked = [Resource(name=resource.name, fields=()) for resource in found]
    resources.check(unlinked)
