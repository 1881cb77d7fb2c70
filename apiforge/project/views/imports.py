"""The imports of a resource's files, sorted as ruff sorts them."""

import re
from collections.abc import Mapping, Sequence

from apiforge.project.views.layout import WIDTH, Group, laid_out, width

Names = Mapping[str, Sequence[str]]


def statements(names: Names) -> str:
    """`from module import name, …` for each module, sorted; names stay in the order given."""
    return "\n".join(_statement(module, names[module]) for module in sorted(names, key=str.lower))


def sections(*groups: Names) -> str:
    """The statements of each group, an empty line between them."""
    return "\n\n".join(statements(group) for group in groups if group)


def used(names: Names, text: str) -> dict[str, list[str]]:
    """Those of `names` that stand in `text`."""
    found = {
        module: [name for name in members if re.search(rf'(?<![\w."]){name}\b', text)]
        for module, members in names.items()
    }
    return {module: members for module, members in found.items() if members}


def _statement(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if width(line) <= WIDTH:
        return line
    return laid_out(Group(f"from {module} import (", names, ")"))
