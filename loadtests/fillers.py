"""Compiles the texts of scenario.toml that hold placeholders: once, to be filled often."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from json import dumps
from json.encoder import encode_basestring_ascii as quoted
from random import Random
from typing import Any
from urllib.parse import quote

from placeholders import MAKERS, Fill, Raw

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_TYPED = {"integer", "float", "boolean", "json"}
_IS_PATH = re.compile(r"[^:]*\.(made_|own_)?path")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_PATH_SAFE = "/%?&=:@!$'()*+,;~-._[]"


class PlaceholderError(ValueError):
    """A placeholder cannot be filled: what is wrong, in one line."""


def path_filler(path: str, named: Mapping[str, Fill], environment: Mapping[str, str]) -> Fill:
    """Compiles a path; values and other than ASCII text are percent-encoded."""
    pieces = [
        quote(piece, safe=_PATH_SAFE) if isinstance(piece, str) else _in_path(*piece)
        for piece in _pieces(path, named, environment)
    ]
    return _joined(pieces)


def text_filler(text: str, named: Mapping[str, Fill], environment: Mapping[str, str]) -> Fill:
    """Compiles a text that is sent as it is, such as a header's value."""
    pieces = _pieces(text, named, environment)
    return _joined([piece if isinstance(piece, str) else piece[1] for piece in pieces])


def fill_headers(headers: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """The headers as they are sent, once for the whole test; PlaceholderError for what HTTP cannot
    carry (RFC 9110, 5.5). Values are not repeated: they may be secrets."""
    filled = {}
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise PlaceholderError(f"{name!r} cannot be the name of a header")
        text = text_filler(str(value), {}, environment)(Random())
        if not _HEADER_VALUE.fullmatch(text):
            raise PlaceholderError(
                f"header {name}: its value holds a character that no header can carry; only "
                "Latin-1 without line breaks can be sent as it is"
            )
        filled[name] = text
    return filled


def form_filler(
    form: Mapping[str, Any], named: Mapping[str, Fill], environment: Mapping[str, str]
) -> Fill:
    """Compiles the body of an HTML form."""
    pieces: list[str | Fill] = []
    for key, value in form.items():
        pieces.append(f"{'&' if pieces else ''}{quote(key, safe='')}=")
        pieces.append(_percent_encoded(text_filler(_plain(value), named, environment)))
    return _joined(pieces)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value)


def json_filler(value: Any, named: Mapping[str, Fill], environment: Mapping[str, str]) -> Fill:
    """Compiles a JSON body; `named` values are JSON texts already."""
    return _joined(list(_json_pieces(value, named, environment)))


def _json_pieces(
    value: Any, named: Mapping[str, Fill], environment: Mapping[str, str]
) -> Iterator[str | Fill]:
    if isinstance(value, dict):
        for number, (key, inner) in enumerate(value.items()):
            yield f"{', ' if number else '{'}{quoted(key)}: "
            yield from _json_pieces(inner, named, environment)
        yield "}" if value else "{}"
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield ", " if number else "["
            yield from _json_pieces(inner, named, environment)
        yield "]" if value else "[]"
    elif isinstance(value, str):
        yield from _json_text(list(_pieces(value, named, environment)))
    else:
        yield dumps(value, default=str)


def _json_text(pieces: list[str | tuple[str, Fill]]) -> Iterator[str | Fill]:
    if len(pieces) == 1 and not isinstance(pieces[0], str):
        kind, fill = pieces[0]
        # An id may be a number or a text, so it says itself how it is written in JSON.
        yield fill if kind in _TYPED else _json_id(fill) if "." in kind else _json_quoted(fill)
        return
    yield '"'
    for piece in pieces:
        yield quoted(piece)[1:-1] if isinstance(piece, str) else _json_escaped(piece[1])
    yield '"'


def _pieces(
    text: str, named: Mapping[str, Fill], environment: Mapping[str, str]
) -> Iterator[str | tuple[str, Fill]]:
    """The literal texts, and each placeholder as its kind and what makes its value."""
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        end = match.end()
        if match[1] is None:
            yield match[0][0]
        else:
            yield _placeholder(match[1], named, environment)
    if end < len(text):
        yield text[end:]


def _placeholder(
    text: str, named: Mapping[str, Fill], environment: Mapping[str, str]
) -> tuple[str, Fill]:
    kind, _, argument = text.partition(":")
    if kind == "env":
        return kind, _constant(_variable(argument, environment))
    if kind == "basic":
        return kind, _constant(_basic(argument, environment))
    if text in named:
        return text, named[text]
    if kind not in MAKERS:
        choices = ", ".join([*MAKERS, "env", "basic", *named])
        raise PlaceholderError(f"no placeholder called {{{text}}}; choose one of: {choices}")
    try:
        return kind, MAKERS[kind](argument)
    except ValueError as error:
        raise PlaceholderError(f"{{{text}}}: {error}") from error


def _variable(name: str, environment: Mapping[str, str]) -> str:
    if name not in environment:
        raise PlaceholderError(f"the environment variable {name} is not set")
    return environment[name]


def _basic(argument: str, environment: Mapping[str, str]) -> str:
    """{basic:USER:PASSWORD}: two variables, as HTTP's basic authentication wants them."""
    user, _, password = argument.partition(":")
    pair = f"{_variable(user, environment)}:{_variable(password, environment)}"
    return b64encode(pair.encode()).decode()


def _in_path(kind: str, fill: Fill) -> Fill:
    """A row's whole path is encoded already."""
    return fill if _IS_PATH.fullmatch(kind) else _percent_encoded(fill)


def _joined(pieces: list[str | Fill]) -> Fill:
    """One function for all pieces; `%` with a tuple is the fastest way to join them."""
    shape = "".join("%s" if callable(piece) else piece.replace("%", "%%") for piece in pieces)
    fills = [piece for piece in pieces if callable(piece)]
    if not fills:
        return _constant(shape.replace("%%", "%"))
    return lambda random: shape % tuple([fill(random) for fill in fills])


def _constant(text: str) -> Fill:
    return lambda random: text


def _percent_encoded(fill: Fill) -> Fill:
    return lambda random: quote(fill(random), safe="")


def _json_quoted(fill: Fill) -> Fill:
    return lambda random: quoted(fill(random))


def _json_escaped(fill: Fill) -> Fill:
    return lambda random: quoted(fill(random))[1:-1]


def _json_id(fill: Fill) -> Fill:
    return lambda random: _id_as_json(fill(random))


def _id_as_json(value: str) -> str:
    return value if isinstance(value, Raw) else quoted(value)
