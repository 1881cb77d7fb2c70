"""Fills placeholders of scenario.toml, such as {text:20}: compiled once, then filled often."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from json import dumps
from json.encoder import encode_basestring_ascii as quoted
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

Fill = Callable[[Random], str]
"""Makes one text for one request."""

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_TYPED = {"integer", "float", "boolean", "json"}
_PATH_SAFE = "/%?&=:@!$'()*+,;~-._[]"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WORDS = "amber birch cedar delta ember fjord grove haven inlet jolly kayak lunar maple north " * 4
_STRIDE = 618_033_988_749_894_847  # shares no factor with 36: no value comes twice


class PlaceholderError(ValueError):
    """A placeholder cannot be filled: what is wrong, in one line."""


def path_filler(path: str, named: Mapping[str, Fill], environment: Mapping[str, str]) -> Fill:
    """Compiles a path; values and other than ASCII text are percent-encoded."""
    pieces = [
        quote(piece, safe=_PATH_SAFE) if isinstance(piece, str) else _percent_encoded(piece[1])
        for piece in _pieces(path, named, environment)
    ]
    return _joined(pieces)


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
        if argument not in environment:
            raise PlaceholderError(f"the environment variable {argument} is not set")
        return kind, _constant(environment[argument])
    if text in named:
        return text, named[text]
    if kind not in MAKERS:
        choices = ", ".join([*MAKERS, "env", *named])
        raise PlaceholderError(f"no placeholder called {{{text}}}; choose one of: {choices}")
    try:
        return kind, MAKERS[kind](argument)
    except ValueError as error:
        raise PlaceholderError(f"{{{text}}}: {error}") from error


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
    return value if isinstance(value, Number) else quoted(value)


class Number(str):
    """A text that was a number in JSON and is written as one again."""

    __slots__ = ()


class Series:
    """Numbers for {unique:n}, one series for each length: none comes twice in a run."""

    def __init__(self) -> None:
        self.share(secrets.randbits(128), 0, 1)

    def share(self, origin: int, worker: int, workers: int) -> None:
        """Takes turns with the other processes of a run; call it before texts are compiled."""
        self._origin, self._worker, self._workers = origin, worker, workers
        self._numbers: dict[int, Iterator[int]] = {}

    def of(self, length: int) -> Iterator[int]:
        start = self._origin % 36**length + self._worker
        return self._numbers.setdefault(length, count(start, self._workers))


SERIES = Series()


def _unique(argument: str) -> Fill:
    length = min(int(argument or 12), 16)
    numbers, space = SERIES.of(length), 36**length
    return lambda random: _base36(next(numbers) * _STRIDE % space, length)


def _base36(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 36)
        digits.append(_DIGITS[digit])
    return "".join(digits)


def _text(argument: str) -> Fill:
    length = int(argument or 20)
    words = _WORDS * (length // len(_WORDS) + 2)

    def fill(random: Random) -> str:
        start = int(random.random() * len(_WORDS))
        return words[start : start + length].strip() or "x"

    return fill


def _integer(argument: str) -> Fill:
    low, high = (int(part) for part in (argument or "0,1000000").split(","))
    width = high - low + 1
    return lambda random: str(low + int(random.random() * width))


def _float(argument: str) -> Fill:
    low, high = (float(part) for part in (argument or "0,1000").split(","))
    return lambda random: repr(round(low + random.random() * (high - low), 6))


def _decimal(argument: str) -> Fill:
    precision, scale = (int(part) for part in (argument or "10,2").split(","))
    limit = 10**precision

    def fill(random: Random) -> str:
        digits = str(random.randrange(limit)).zfill(scale + 1)
        return f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits

    return fill


def _choice(argument: str) -> Fill:
    choices = argument.split("|")
    return lambda random: choices[int(random.random() * len(choices))]


def _date(random: Random) -> str:
    return f"{random.randint(2000, 2030)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"


def _datetime(random: Random) -> str:
    minutes, milliseconds = divmod(int(random.random() * 86_400_000), 60_000)
    hour, minute = divmod(minutes, 60)
    return f"{_date(random)}T{hour:02}:{minute:02}:{milliseconds / 1000:06.3f}Z"


def _email(_argument: str) -> Fill:
    unique = _unique("14")
    return lambda random: f"load-{unique(random)}@example.com"


MAKERS: dict[str, Callable[[str], Fill]] = {
    "unique": _unique,
    "text": _text,
    "integer": _integer,
    "float": _float,
    "decimal": _decimal,
    "boolean": lambda argument: lambda random: "true" if random.random() < 0.5 else "false",
    "date": lambda argument: _date,
    "datetime": lambda argument: _datetime,
    "uuid": lambda argument: lambda random: str(UUID(int=random.getrandbits(128), version=4)),
    "email": _email,
    "url": lambda argument: lambda random: f"https://example.com/{random.getrandbits(40):x}",
    "choice": _choice,
    "json": lambda argument: lambda random: f'{{"load": {int(random.random() * 1000)}}}',
}
