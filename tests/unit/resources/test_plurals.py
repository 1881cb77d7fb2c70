"""Plurals: irregular, uncountable, already plural, compound, in other scripts."""

import pytest

from apiforge.project.plurals import pluralize

PLURALS = {
    "person": "people",
    "category": "categories",
    "child": "children",
    "mouse": "mice",
    "analysis": "analyses",
    "status": "statuses",
    "bus": "buses",
    "box": "boxes",
    "leaf": "leaves",
    "hero": "heroes",
    "photo": "photos",
    "quiz": "quizzes",
    "index": "indices",
    "datum": "data",
    "day": "days",
    "class": "classes",
    "waltz": "waltzes",
    "stomach": "stomachs",
    "batch": "batches",
    "house": "houses",
    "human": "humans",
    "postman": "postmen",
    "salesperson": "salespeople",
    "bookshelf": "bookshelves",
    "gulf": "gulfs",
    "news": "news",
    "series": "series",
    "settings": "settings",
    "people": "people",
    "categories": "categories",
    "boxes": "boxes",
    "menus": "menus",
    "order_item": "order_items",
    "sales_person": "sales_people",
    "fooCategory": "fooCategories",
    "Person": "People",
    "HTTPServer": "HTTPServers",
    "disk2": "disk2s",
    "class_": "classes_",
    "café": "cafés",
    "商品": "商品",
    "a": "ases",
}


@pytest.mark.parametrize(("singular", "plural"), PLURALS.items(), ids=PLURALS)
def test_plural_is_english(singular: str, plural: str) -> None:
    assert pluralize(singular) == plural


@pytest.mark.parametrize("plural", sorted(set(PLURALS.values()) - {"ases", "disk2s"}))
def test_plural_of_a_plural_is_itself(plural: str) -> None:
    assert pluralize(plural) == plural
