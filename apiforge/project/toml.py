"""Writes TOML: the few shapes our files need, always in the same way."""

import re
from collections.abc import Iterator, Mapping, Sequence

WIDTH = 100
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def key(name: str) -> str:
    """A key, quoted where it must be."""
    return name if _BARE.fullmatch(name) else text(name)


def text(value: str) -> str:
    """A basic string; control characters are escaped."""
    return f'"{"".join(_escaped(character) for character in value)}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\u{ord(character):04x}" if ord(character) < 32 or ord(character) == 127 else character


def value(thing: object) -> str:
    """Any value on one line."""
    if isinstance(thing, bool):
        return "true" if thing else "false"
    if isinstance(thing, int | float):
        return repr(thing)
    if isinstance(thing, str):
        return text(thing)
    if isinstance(thing, Mapping):
        pairs = ", ".join(f"{key(name)} = {value(item)}" for name, item in thing.items())
        return f"{{{pairs}}}"
    if isinstance(thing, Sequence):
        return f"[{', '.join(value(item) for item in thing)}]"
    raise TypeError(f"{type(thing).__name__} cannot be written as TOML")


def assignment(name: str, thing: object) -> str:
    """`name = value`, a list over several lines where one is too long."""
    line = f"{key(name)} = {value(thing)}"
    if len(line) <= WIDTH or isinstance(thing, str) or not isinstance(thing, Sequence):
        return line
    return "\n".join((f"{key(name)} = [", *(f"    {value(item)}," for item in thing), "]"))


def document(tables: Mapping[str, object], path: tuple[str, ...] = ()) -> str:
    """Nested tables as a TOML file: plain values first, then each table under its heading."""
    return "\n\n".join(_blocks(tables, path)) + "\n"


def _blocks(tables: Mapping[str, object], path: tuple[str, ...]) -> Iterator[str]:
    plain = {name: item for name, item in tables.items() if not _has_heading(item)}
    if plain:
        heading = [f"[{'.'.join(key(part) for part in path)}]"] if path else []
        yield "\n".join((*heading, *(assignment(*pair) for pair in plain.items())))
    for name, item in tables.items():
        if isinstance(item, Mapping):
            yield from _blocks(item, (*path, name))
        elif name not in plain and isinstance(item, list):
            for entry in item:
                yield _array_entry(entry, (*path, name))


def _array_entry(entry: Mapping[str, object], path: tuple[str, ...]) -> str:
    heading = f"[[{'.'.join(key(part) for part in path)}]]"
    return "\n".join((heading, *(assignment(*pair) for pair in entry.items())))


def _has_heading(thing: object) -> bool:
    """Whether it is a table, or an array of tables."""
    if isinstance(thing, list) and thing:
        return all(isinstance(item, Mapping) for item in thing)
    return isinstance(thing, Mapping)
