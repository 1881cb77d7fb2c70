"""Lays out the Python we generate as its formatter would: on one line, or one item a line."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Union

WIDTH = 100
INDENT = 4

Piece = Union[str, "Text", "Group"]


class Text(NamedTuple):
    """A string literal; one that is too long for its line becomes several."""

    value: str

    def __str__(self) -> str:
        return quoted(self.value)


class Group(NamedTuple):
    """Items in brackets; `opening` and `closing` hold the brackets and what belongs to them."""

    opening: str
    items: Sequence[Piece]
    closing: str

    def __str__(self) -> str:
        return f"{self.opening}{', '.join(str(item) for item in self.items)}{self.closing}"


def call(name: str, *arguments: Piece) -> Group:
    """`name(arguments)`."""
    return Group(f"{name}(", arguments, ")")


def before(prefix: str, piece: Piece) -> Piece:
    """`piece` after `prefix`."""
    if isinstance(piece, Group):
        return piece._replace(opening=prefix + piece.opening)
    return f"{prefix}{piece}"


def after(piece: Piece, suffix: str) -> Piece:
    """`piece` before `suffix`."""
    if isinstance(piece, Group):
        return piece._replace(closing=piece.closing + suffix)
    return f"{piece}{suffix}"


def laid_out(piece: Piece, *, indent: int = 0, suffix: str = "") -> str:
    """The text of `piece` whose first line starts at column `indent`.

    Broken lists end in a comma, which is what keeps a formatter from joining them again.
    """
    line = f"{piece}{suffix}"
    if isinstance(piece, str) or indent + width(line) <= WIDTH:
        return line
    return _broken(piece, indent=indent) + suffix


def assignment(target: Piece, value: Piece, *, indent: int = 0) -> str:
    """`target = value`; the value is broken first, where it can be."""
    line = f"{target} = {value}"
    if indent + width(line) <= WIDTH:
        return line
    if isinstance(value, str):
        return laid_out(target, indent=indent, suffix=f" = {value}")
    head = laid_out(target, indent=indent, suffix=" = ")
    last = head.rpartition("\n")[2]
    if last != head and width(f"{last}{value}") <= WIDTH:
        return f"{head}{value}"
    return head + _broken(value, indent=indent)


def _broken(piece: Text | Group, *, indent: int) -> str:
    inner = indent + INDENT
    if isinstance(piece, Text):
        opening, closing, lines = "(", ")", list(_parts(piece.value, inner))
    else:
        opening, closing = piece.opening, piece.closing
        lines = [laid_out(item, indent=inner, suffix=",") for item in piece.items]
    body = "".join(f"{' ' * inner}{line}\n" for line in lines)
    return f"{opening}\n{body}{' ' * indent}{closing}"


def _parts(text: str, indent: int) -> Iterator[str]:
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or indent + width(quoted(text[start : end + 1])) > WIDTH:
            yield quoted(text[start:end])
            start = end


def width(text: str) -> int:
    """Columns that `text` takes: the signs of East Asia take two, accents on their own none."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def quoted(text: str) -> str:
    """A string literal, in double quotes unless single ones save escapes."""
    escaped = "".join(_escaped(character) for character in text)
    if '"' in text and "'" not in text:
        return f"'{escaped}'"
    return '"' + escaped.replace('"', '\\"') + '"'


def _escaped(character: str) -> str:
    if character == "\\" or not character.isprintable():
        return repr(character)[1:-1]
    return character


def literal(value: object) -> Piece:
    """A JSON value as a Python literal."""
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, list):
        return Group("[", [literal(item) for item in value], "]")
    if isinstance(value, dict):
        pairs = [before(f"{quoted(key)}: ", literal(item)) for key, item in value.items()]
        return Group("{", pairs, "}")
    return repr(value)
