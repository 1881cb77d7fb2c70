"""Writes YAML: mappings, lists and strings, always in the same way."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

# Plain only where no reader of YAML 1.1 or 1.2 can take it for a number, a date or a boolean.
_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", ".", ".nan", ".inf"}


def document(tree: Mapping[str, object]) -> str:
    """A mapping as a YAML file."""
    return "\n".join(_mapping(tree, "")) + "\n"


def _mapping(tree: Mapping[str, object], indent: str) -> Iterator[str]:
    for name, item in tree.items():
        yield from _entry(f"{indent}{scalar(name)}:", item, indent + "  ")


def _entry(start: str, item: object, indent: str) -> Iterator[str]:
    if isinstance(item, Mapping) and item:
        yield start
        yield from _mapping(item, indent)
    elif isinstance(item, Sequence) and not isinstance(item, str) and item:
        yield start
        for element in item:
            yield f"{indent}- {scalar(element)}"
    else:
        yield f"{start} {scalar(item)}"


def scalar(thing: object) -> str:
    """A single value; a string is quoted unless it can be nothing else."""
    if isinstance(thing, str) and _PLAIN.fullmatch(thing) and thing.lower() not in _WORDS:
        return thing
    return json.dumps(thing, ensure_ascii=False)
