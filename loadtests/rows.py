"""Rows of a file of data: what {data:users.email} is filled with."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from placeholders import Fill, Raw

_KEYS = {"file", "mode"}
_MODES = ("turn", "once")


class DataError(ValueError):
    """A file of data cannot be used: what is wrong, in one line."""


class RowsUsedUp(Exception):
    """Each row was to be used once, and has been."""


class Dataset:
    """The rows of one file; all values of one request come from one row."""

    def __init__(
        self, name: str, table: Mapping[str, Any], folder: Path, share: tuple[int, int]
    ) -> None:
        """`share` is which one of how many processes this is: each has rows of its own."""
        self.name = name
        self._mode = str(table.get("mode", "turn"))
        unknown = sorted(set(table) - _KEYS)
        if unknown or self._mode not in _MODES or "file" not in table:
            wrong = f"unknown key {unknown[0]!r}" if unknown else "it needs a file, and mode once"
            raise DataError(f"data {name!r}: {wrong}{'' if unknown else ' or turn'}")
        self._file = folder / str(table["file"])
        rows = _read(name, self._file)
        self._count = len(rows)
        worker, workers = share
        # With fewer rows than processes some must share them, where that is allowed.
        mine = rows[worker::workers] or ([] if self._mode == "once" else rows)
        self._rows = mine or rows[:1]
        self._is_without = not mine
        self._place = -1
        self._began = False
        self._row = self._rows[0]

    def begin(self) -> None:
        """From now on rows count: what was filled before was only to prepare."""
        self._began, self._place = True, -1

    def advance(self) -> None:
        """The next row, for one request. Raises RowsUsedUp."""
        self._place += 1
        is_over = self._place >= len(self._rows) or self._is_without
        if is_over and self._began and self._mode == "once":
            raise RowsUsedUp(
                f"the {self._count} rows of {self._file.name} were used up, and each may be used "
                "once; give more rows, ask for less, or let them come in turn"
            )
        self._row = self._rows[self._place % len(self._rows)]

    def column(self, name: str) -> Fill:
        """What makes the text of a column. Raises DataError if some row has none."""
        for number, row in enumerate(self._rows, start=1):
            if name not in row:
                known = ", ".join(row)
                raise DataError(
                    f"{self._file}: row {number} has no column {name!r}; it has: {known}"
                )
        return lambda _random: self._row[name]


def column_filler(datasets: Mapping[str, Dataset], argument: str) -> Fill:
    """Of {data:users.email}, what stands after the colon. Raises DataError."""
    name, _, column = argument.partition(".")
    if name not in datasets:
        known = ", ".join(datasets) or "none"
        raise DataError(
            f"there is no data called {name!r} (known: {known}): give --data {name}=FILE"
        )
    return datasets[name].column(column)


def _read(name: str, file: Path) -> list[dict[str, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise DataError(f"data {name!r}: {file}: {reason}") from error
    is_lines = file.suffix.lower() in (".jsonl", ".ndjson", ".json")
    rows = _json_lines(file, text) if is_lines else _csv(file, text)
    if not rows:
        raise DataError(f"data {name!r}: {file} has no rows")
    return rows


def _csv(file: Path, text: str) -> list[dict[str, str]]:
    rows = []
    for number, row in enumerate(csv.DictReader(text.splitlines(keepends=True)), start=1):
        if None in row or None in row.values():
            raise DataError(f"{file}: row {number} has more or fewer values than there are columns")
        rows.append(dict(row))
    return rows


def _json_lines(file: Path, text: str) -> list[dict[str, str]]:
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DataError(f"{file}: line {number} is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise DataError(f"{file}: line {number} is not a JSON object")
        rows.append({key: _as_text(value) for key, value in row.items()})
    return rows


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else Raw(json.dumps(value))
