"""A TOML file read with care: every wrong key or value is an error naming the file and the key."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from apiforge.errors import ApiforgeError, choose_one_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One table of a TOML file. `error` is raised for whatever is wrong in it."""

    file: str
    path: tuple[str, ...] = ()
    values: Mapping[str, object]
    error: type[ApiforgeError]

    @classmethod
    def read(cls, file: Path, *, error: type[ApiforgeError]) -> Self:
        """The whole file as one table."""
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as problem:
            raise error(f"cannot read {file}: {problem.strerror}") from problem
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise error(f"{file} is not valid TOML: {problem}") from problem
        return cls(file=str(file), values=values, error=error)

    def allow(self, *keys: str) -> None:
        """Refuse every key but these."""
        for key in self.values:
            if key not in keys:
                message = f"{self.file}: unknown key {self._name(key)}"
                raise self.error(message, hint=choose_one_of(key, keys))

    def text(self, key: str, default: str | None = None) -> str:
        """A string; required without a default."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "a string")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def number(self, key: str, default: float) -> float:
        """An integer or a float, never a boolean."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, "a number")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty when the key is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "a list of strings")
        return tuple(value)

    def table(self, key: str) -> Self:
        """A table; empty when the key is missing."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "a table")
        return type(self)(file=self.file, path=(*self.path, key), values=value, error=self.error)

    def tables(self, key: str) -> dict[str, Self]:
        """A table of tables."""
        parent = self.table(key)
        return {name: parent.table(name) for name in parent.values}

    def strings(self, key: str) -> dict[str, str]:
        """A table whose values are all strings."""
        inner = self.table(key)
        return {name: inner.text(name) for name in inner.values}

    def wrong(self, key: str, expected: str) -> ApiforgeError:
        """The error for a key that is missing, or that holds something else than expected."""
        problem = "must be" if key in self.values else "is missing: it must be"
        return self.error(f"{self.file}: {self._name(key)} {problem} {expected}")

    def _name(self, key: str) -> str:
        return repr(".".join((*self.path, key)))
