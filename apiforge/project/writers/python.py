"""Writes Python: imports and tuples, sorted and laid out as ruff would."""

import re
from collections.abc import Iterable, Mapping

WIDTH = 100


def imports(names: Iterable[tuple[str, str]], aliases: Mapping[str, str] | None = None) -> str:
    """`from module import name` for each (module, name), one section, one statement a module.

    `aliases` gives the `as` of a module whose one name has to be called otherwise.
    """
    modules: dict[str, set[str]] = {}
    for module, name in names:
        modules.setdefault(module, set()).add(name)
    aliases = aliases or {}
    lines = []
    for module in sorted(modules, key=_module_order):
        members = sorted(modules[module], key=_member_order)
        if module in aliases:
            members = [f"{name} as {aliases[module]}" for name in members]
        lines.append(_statement(module, members))
    return "\n".join(lines)


def _statement(module: str, members: list[str]) -> str:
    line = f"from {module} import {', '.join(members)}"
    if len(line) <= WIDTH:
        return line
    return "\n".join((f"from {module} import (", *(f"    {name}," for name in members), ")"))


def assigned_tuple(target: str, elements: Iterable[str]) -> str:
    """`target = (…)`, on one line where it fits."""
    items = list(elements)
    line = f"{target} = ({', '.join(items)}{',' if len(items) == 1 else ''})"
    if len(line) <= WIDTH or not items:
        return line
    return "\n".join((f"{target} = (", *(f"    {item}," for item in items), ")"))


def _module_order(module: str) -> tuple[object, ...]:
    return _natural(module.lower()), _natural(module)


def _member_order(name: str) -> tuple[object, ...]:
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, _natural(name.lower()), _natural(name)


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers count as numbers: item2 comes before item10."""
    parts = re.findall(r"\d+|\D", text)
    return tuple(
        (ord("0"), int(part), "") if part.isdecimal() else (ord(part), 0, part) for part in parts
    )
