"""Pages of a list: which documents come, in which order, and where to go on after a row.

MongoDB sorts null first. So a rising order has two parts, each a walk along the index: what has a
value, then what has none. A falling order has null last by itself.
"""

from typing import Any, NamedTuple

from pymongo import ASCENDING, DESCENDING

from app.database.collection import ID, Collection, Document, Field
from app.listing import Filter, ListQuery

OPERATORS = {"eq": "$eq", "gte": "$gte", "lte": "$lte", "in": "$in"}


class Part(NamedTuple):
    """Documents that come one after the other: a filter and an order, both along one index."""

    where: Document
    order: list[tuple[str, int]]


def parts(collection: Collection, query: ListQuery) -> list[Part]:
    """What the page is taken from, the first part first."""
    field = collection.fields[query.sort]
    filters = [condition(collection, one) for one in query.filters]
    direction = DESCENDING if query.descending else ASCENDING
    after = "$lt" if query.descending else "$gt"
    by_id = [(ID, direction)]
    nulls = [{field.place: None}]
    if query.after is not None:
        after_id = {ID: {after: collection.fields["id"].store(query.after.id)}}
        if query.after.value is None:
            return [_part([*filters, *nulls, after_id], by_id)]
        alternatives = _following(field, after, query.after.value, after_id)
        falls_to_null = field.optional and query.descending
        followed = [*alternatives, *nulls] if falls_to_null else alternatives
        # Each alternative with the filters, so that each is a walk of its own along the index.
        where = {"$or": [_all([*filters, one]) for one in followed]}
        first = Part(where if len(followed) > 1 else where["$or"][0], _order(field, direction))
    else:
        valued = [{field.place: {"$ne": None}}] if field.optional and not query.descending else []
        first = _part([*filters, *valued], _order(field, direction))
    if field.optional and not query.descending:
        return [first, _part([*filters, *nulls], by_id)]
    return [first]


def condition(collection: Collection, one: Filter) -> Document:
    """What a filter asks of documents."""
    field = collection.fields[one.field]
    if one.operator == "in":
        return {field.place: {"$in": [field.store(value) for value in one.value]}}
    return {field.place: {OPERATORS[one.operator]: field.store(one.value)}}


def _following(field: Field, after: str, value: Any, after_id: Document) -> list[Document]:
    """What comes after this value, and after this id where the value is the same."""
    if field.place == ID:
        return [after_id]
    stored = field.store(value)
    beyond = {field.place: {after: stored}}
    if field.unique:
        return [beyond]
    return [beyond, {field.place: stored, **after_id}]


def _order(field: Field, direction: int) -> list[tuple[str, int]]:
    """Unique values need nothing to decide between equal ones, and have an index without it."""
    decided = field.place == ID or (field.unique and not field.optional)
    return [(field.place, direction), *([] if decided else [(ID, direction)])]


def _part(conditions: list[Document], order: list[tuple[str, int]]) -> Part:
    return Part(_all(conditions), order)


def _all(conditions: list[Document]) -> Document:
    """Documents that meet all of these; side by side where no two ask the same field."""
    merged: Document = {}
    for one in conditions:
        merged.update(one)
    if len(merged) == sum(len(one) for one in conditions):
        return merged
    return {"$and": conditions}
