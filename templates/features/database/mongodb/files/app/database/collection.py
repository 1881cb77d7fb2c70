"""Collections: their fields, what the server checks of each document, and their indexes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

from pymongo import ASCENDING, IndexModel

from app.database import types
from app.database.types import Type
from app.schema import Row

Document = dict[str, Any]
ID = "_id"
"""What MongoDB calls a document's key; rows call it `id`."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field by its name in JSON. `refers_to` names a collection; its ids are what it holds."""

    key: str
    type: Type
    _: KW_ONLY
    optional: bool = False
    unique: bool = False
    indexed: bool = False
    """Lists are filtered and sorted by it."""
    refers_to: str | None = None

    @property
    def place(self) -> str:
        """Its name in a document."""
        return ID if self.key == "id" else self.key

    @property
    def is_fixed(self) -> bool:
        """Whether it always takes the same room."""
        return self.type.fixed is not None and not self.optional

    def store(self, value: Any) -> Any:
        """A row's value as a document holds it."""
        if self.type.store is None or (value is None and not self.type.keeps_null):
            return value
        return self.type.store(value)

    @property
    def schema(self) -> Mapping[str, Any]:
        """What $jsonSchema says of it."""
        if not self.optional:
            return self.type.schema
        return {**self.type.schema, "bsonType": [self.type.bson, "null"]}


ALWAYS_THERE = (
    Field("id", types.Uuid()),
    Field("created_at", types.Moment(), indexed=True),
    Field("updated_at", types.Moment(), indexed=True),
    Field("version", types.Integer()),
)


class Collection:
    """One collection; every document has an id, two moments and a version beside `fields`.

    `among` are those that may refer to it.
    """

    def __init__(self, name: str, *fields: Field, among: "Collections | None" = None) -> None:
        self.name = name
        self._among = among or ()
        self.fields = {field.key: field for field in (*ALWAYS_THERE, *fields)}
        self.first = [field for field in self.fields.values() if field.is_fixed]
        """What every document begins with, in this order."""
        self.rest = [field for field in self.fields.values() if not field.is_fixed]
        self._stores = [(it.key, it.place, it.store) for it in (*self.first, *self.rest)]
        self._places = [field.place for field in self.fields.values()]
        self._loads = [
            (field.key, field.type.load)
            for field in self.fields.values()
            if field.type.load is not None
        ]

    def document(self, row: Row) -> Document:
        """The document of a row, or of some of its fields."""
        return {place: store(row[key]) for key, place, store in self._stores if key in row}

    def row(self, document: Document) -> Row:
        """The row of a document; a field that it lacks is null."""
        return self.rows([document])[0]

    def rows(self, documents: Sequence[Document]) -> list[Row]:
        """The row of each."""
        rows = [dict(zip(self.fields, map(it.get, self._places), strict=True)) for it in documents]
        # A field at a time: this is the innermost loop of every list.
        for key, load in self._loads:
            for row in rows:
                if row[key] is not None:
                    row[key] = load(row[key])
        return rows

    @property
    def used_in(self) -> list[tuple[str, str]]:
        """The collections, and their fields, that hold ids of this one."""
        return [
            (collection.name, field.place)
            for collection in self._among
            for field in collection.fields.values()
            if field.refers_to == self.name
        ]

    @property
    def validator(self) -> Document:
        """What the server holds every document to."""
        required = [field.place for field in self.fields.values() if not field.optional]
        properties = {field.place: dict(field.schema) for field in self.fields.values()}
        return {
            "$jsonSchema": {
                "bsonType": "object",
                "required": required,
                "additionalProperties": False,
                "properties": properties,
            }
        }

    @property
    def indexes(self) -> list[IndexModel]:
        """By field. Lists walk them, so each ends in what decides between equal values."""
        return [index for field in self.fields.values() for index in _indexes(field)]


def _indexes(field: Field) -> Iterator[IndexModel]:
    if field.unique:
        # Null may be there many times.
        rest = {"partialFilterExpression": {field.place: {"$type": field.type.bson}}}
        yield IndexModel([(field.place, ASCENDING)], unique=True, **rest if field.optional else {})
    if field.indexed or (field.unique and field.optional):
        yield IndexModel([(field.place, ASCENDING), (ID, ASCENDING)])


class Collections:
    """Collections that refer to each other."""

    def __init__(self) -> None:
        self._collections: dict[str, Collection] = {}

    def add(self, name: str, *fields: Field) -> Collection:
        """One more of them."""
        collection = self._collections[name] = Collection(name, *fields, among=self)
        return collection

    def __iter__(self) -> Iterator[Collection]:
        return iter(self._collections.values())
