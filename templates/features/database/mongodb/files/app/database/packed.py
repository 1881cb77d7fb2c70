"""Rows made of the bytes of an answer.

A decoder makes an object of every id, decimal and moment, for this service only to make text of it:
on a list of fifty that is most of the work. Documents of this service begin with the fields that
always take the same room, so these are read in one go and become text at once. The decoder gets
what follows them, and whole documents where any was written by somebody else.
"""

from collections.abc import Sequence
from struct import Struct
from struct import error as TooShort
from typing import Any

import bson

from app.database.collection import Collection, Document
from app.schema import Row

LENGTH = Struct("<i")
EMPTY = LENGTH.size + 1
"""Bytes of an array that holds nothing."""
FIRST_BATCH = b"\x04firstBatch\0"
"""Where the documents of an answer to `find` begin. Before it are numbers and the collection's name
at most, which cannot hold these bytes."""


class Packed:
    """How the documents of one collection lie in their bytes (bsonspec.org)."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        fixed = [(field, field.type.fixed) for field in collection.first if field.type.fixed]
        self._marks = [it.tag + field.place.encode() + b"\0" + it.lead for field, it in fixed]
        values = [
            f"{len(mark)}s{it.format}" for mark, (_, it) in zip(self._marks, fixed, strict=True)
        ]
        self._head = Struct("<i" + "".join(values))
        self._first = [field.place for field in collection.first]
        self._rest = [field.place for field in collection.rest]
        self._places = {field.key: field.place for field in collection.fields.values()}
        loads = {field.place: field.type.load for field in collection.rest}
        loads |= {field.place: it.load for field, it in fixed}
        self._loads = [(place, load) for place, load in loads.items() if load is not None]

    def rows(self, array: bytes) -> list[Row]:
        """The rows of an array of documents."""
        if len(array) == EMPTY:
            return []
        try:
            return self._read(array)
        except (TooShort, OverflowError, _Other):
            documents: list[Document] = list(bson.decode(array).values())
            return self._collection.rows(documents)

    def _read(self, array: bytes) -> list[Row]:
        """Raises one of the errors above for a document of another form."""
        head, size = self._head.unpack_from, self._head.size
        heads: list[tuple[Any, ...]] = []
        rests: list[bytes] = []
        position, end = LENGTH.size, len(array) - 1
        while position < end:
            position = array.index(0, position) + 1  # after its number in the array
            parts = head(array, position)
            heads.append(parts)
            follows, position = position + size, position + parts[0]
            rests += LENGTH.pack(LENGTH.size + position - follows), array[follows:position]
        _, *columns = zip(*heads, strict=True)
        for mark, column in zip(self._marks, columns[::2], strict=True):
            if column.count(mark) < len(heads):
                raise _Other
        return self._rows_of(columns[1::2], bson.decode_all(b"".join(rests)))

    def _rows_of(self, first: list[tuple[Any, ...]], rests: list[Document]) -> list[Row]:
        """Of the values that documents begin with, and what follows them; a field at a time."""
        columns: dict[str, Sequence[Any]] = dict(zip(self._first, first, strict=True))
        for place in self._rest:
            columns[place] = [rest.pop(place, None) for rest in rests]
        if any(rests):
            raise _Other
        for place, load in self._loads:
            columns[place] = [None if it is None else load(it) for it in columns[place]]
        in_order = [columns[place] for place in self._places.values()]
        return [dict(zip(self._places, row, strict=True)) for row in zip(*in_order, strict=True)]


class _Other(Exception):
    """A document that begins with other fields, or has more."""


def first_batch(cursor: bytes) -> tuple[bytes, int]:
    """The array of documents of an answer's `cursor`, and the number of the cursor that the server
    keeps for what had no room; 0 where these are all.
    """
    start = cursor.index(FIRST_BATCH)
    at = start + len(FIRST_BATCH)
    end = at + LENGTH.unpack_from(cursor, at)[0]
    around = cursor[LENGTH.size : start] + cursor[end:]
    kept: dict[str, Any] = bson.decode(LENGTH.pack(LENGTH.size + len(around)) + around)
    return cursor[at:end], int(kept["id"])
