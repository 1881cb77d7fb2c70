"""What the server knows of collections, their validators and indexes; and what it lacks."""

from collections.abc import Iterable
from typing import Any

from app.database.collection import Collection, Document
from app.database.operations import Database

BY_ID = "_id_"
_OF_INDEXES = ("key", "unique", "partialFilterExpression")


async def apply(database: Database, collection: Collection) -> None:
    """Makes the collection on the server what it is here; done twice it changes nothing.

    Documents that are there are not looked at: change those first that the validator would refuse.
    """
    name = collection.name
    if name in await database.list_collection_names():
        await database.command({"collMod": name, "validator": collection.validator})
    else:
        await database.create_collection(name, validator=collection.validator)
    wanted = _wanted(collection)
    for index, known in (await _known(database, name)).items():
        if wanted.get(index) != known:
            await database[name].drop_index(index)
    if collection.indexes:
        await database[name].create_indexes(collection.indexes)


async def remove(database: Database, collection: Collection) -> None:
    """Removes the collection with all that is in it."""
    await database.drop_collection(collection.name)


async def differences(database: Database, collections: Iterable[Collection]) -> list[str]:
    """Where the server's collections are not what these are, in words."""
    there = {one["name"]: one["options"] async for one in await database.list_collections()}
    found = []
    for collection in collections:
        name = collection.name
        if name not in there:
            found.append(f"{name}: there is no such collection")
            continue
        if _plain(there[name].get("validator")) != _plain(collection.validator):
            found.append(f"{name}: another validator")
        wanted, known = _wanted(collection), await _known(database, name)
        found += [f"{name}: no index {one}" for one in wanted.keys() - known.keys()]
        found += [f"{name}: an index {one} too many" for one in known.keys() - wanted.keys()]
        both = wanted.keys() & known.keys()
        found += [f"{name}: another index {one}" for one in both if wanted[one] != known[one]]
    return found


def _wanted(collection: Collection) -> dict[str, Document]:
    documents = [index.document for index in collection.indexes]
    return {document["name"]: _of_index(document) for document in documents}


async def _known(database: Database, name: str) -> dict[str, Document]:
    """Without the one that every collection has."""
    documents = [document async for document in await database[name].list_indexes()]
    return {one["name"]: _of_index(one) for one in documents if one["name"] != BY_ID}


def _of_index(document: Any) -> Document:
    return {key: _plain(document[key]) for key in _OF_INDEXES if key in document}


def _plain(value: Any) -> Any:
    """Ordered mappings as lists of pairs: the order of an index's fields counts."""
    if isinstance(value, dict):
        return [(key, _plain(one)) for key, one in value.items()]
    return [_plain(one) for one in value] if isinstance(value, list) else value
