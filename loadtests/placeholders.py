"""The values that placeholders of scenario.toml stand for, such as {text:20}."""

import secrets
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from uuid import UUID

Fill = Callable[[Random], str]
"""Makes one text for one request."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WORDS = "amber birch cedar delta ember fjord grove haven inlet jolly kayak lunar maple north " * 4
_STRIDE = 618_033_988_749_894_847  # shares no factor with 36: no value comes twice


class Raw(str):
    """A text that is written in JSON as it stands: a number was one before, and is one again."""

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
