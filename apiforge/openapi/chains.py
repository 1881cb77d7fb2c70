"""Which rows a described service has: how their ids are read, made, and put into paths."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apiforge.openapi.description import Description, Node, Operation, Unresolvable
from apiforge.openapi.texts import Unmakeable
from apiforge.openapi.values import Making, kind_of, merge, plain

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_LISTS = ("items", "data", "results", "content", "records", "rows", "value", "values", "entries")
_POINTER = "$response.body#/"
JSON = re.compile(r"application/(?:[\w.+-]+\+)?json", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Rows at `collection`/{parameter}; a row within other rows `is_nested`."""

    name: str
    collection: str
    parameter: str
    key: str | None
    """Where an answer tells the id; None: its Location header does."""
    lister: Operation | None = None
    list_place: str = ""
    """Where in an answer its list is; "": the answer is the list."""
    creator: Operation | None = None
    parents: tuple[str, ...] = field(default=())

    @property
    def is_nested(self) -> bool:
        return "{" in self.collection

    @property
    def row(self) -> str:
        """The shape of a row's path."""
        return shape(f"{self.collection}/{{}}")

    def placeholder(self, kind: str) -> str:
        """`id`, `own` or `made`, as it stands in a path."""
        if not self.is_nested:
            return f"{{{self.name}.{kind}}}"
        return f"{{{self.name}.{'path' if kind == 'id' else kind + '_path'}}}"


def shape(path: str) -> str:
    """A path whatever its parameters are called, with or without a slash at its end."""
    return _PARAMETER.sub("{}", path).rstrip("/")


def find_chains(description: Description) -> list[Chain]:
    """One for each collection whose rows have a path of their own, parents first."""
    operations = list(description.operations())
    found: dict[str, Chain] = {}
    for operation in sorted(operations, key=lambda one: one.path.count("/")):
        collection, _, last = operation.path.rstrip("/").rpartition("/")
        match = _PARAMETER.fullmatch(last)
        if match is None or shape(operation.path) in found or not collection:
            continue
        chain = _chain(description, operations, collection, match[1], found)
        if chain is not None:
            found[chain.row] = chain
    return list(found.values())


def _chain(
    description: Description,
    operations: Sequence[Operation],
    collection: str,
    parameter: str,
    known: Mapping[str, Chain],
) -> Chain | None:
    same = [one for one in operations if shape(one.path) == shape(collection)]
    creator = next((one for one in same if one.method == "POST"), None)
    lister = next((one for one in same if one.method == "GET"), None)
    names = {chain.name for chain in known.values()}
    place, row = _listed(description, lister)
    made = {} if creator is None else answer_schema(description, creator)
    key = _linked(description, creator) or _key(parameter, collection, row or made or {})
    if creator is not None and made is not None and made and key not in _properties(made):
        key = _key(parameter, collection, made) or key
    if place is None and creator is None:
        return None
    parents = [chain.name for chain in known.values() if shape(collection).startswith(chain.row)]
    return Chain(
        name=_name(collection, names),
        collection=collection,
        parameter=parameter,
        key=key,
        lister=lister if place is not None and key is not None else None,
        list_place=place or "",
        creator=creator,
        parents=tuple(parents),
    )


def _name(collection: str, taken: set[str]) -> str:
    words = [re.sub(r"\W+", "_", part) for part in collection.split("/") if "{" not in part]
    words = [word for word in words if word]
    for count in range(1, len(words) + 1):
        name = "_".join(words[-count:])
        if name not in taken:
            return name
    return f"{'_'.join(words) or 'rows'}_{len(taken)}"


def successes(operation: Operation) -> list[int]:
    """The codes that are described as success; empty: any of 2xx."""
    codes = [str(code) for code in operation.node.get("responses") or {}]
    found = [int(code) for code in codes if re.fullmatch(r"2\d\d", code)]
    if found or any(code.upper() == "2XX" for code in codes):
        return found if not any(code.upper() == "2XX" for code in codes) else []
    return [int(code) for code in codes if re.fullmatch(r"3\d\d", code)]


def responses(description: Description, operation: Operation) -> Iterator[Node]:
    """The descriptions of its successes."""
    for code, response in (operation.node.get("responses") or {}).items():
        if str(code).startswith("2"):
            yield description.resolve(response) or {}


def answer_schema(description: Description, operation: Operation) -> Node | None:
    """The schema of what it answers as JSON; None where it answers nothing of that kind."""
    for response in responses(description, operation):
        for media, content in (response.get("content") or {}).items():
            if JSON.match(media) or media == "*/*":
                try:
                    return merge(Making(description=description), content.get("schema", {}))
                except (Unmakeable, Unresolvable):
                    return None
    return None


def _listed(description: Description, lister: Operation | None) -> tuple[str | None, Node | None]:
    """Where the list is in its answer, and the schema of a row; None: it is no list."""
    schema = None if lister is None else answer_schema(description, lister)
    if schema is None:
        return None, None
    making = Making(description=description)
    if kind_of(schema) == "array":
        return "", _row(making, schema)
    properties = {name: _merged(making, one) for name, one in _properties(schema).items()}
    lists = [name for name, one in properties.items() if kind_of(one) == "array"]
    for name in sorted(lists, key=lambda one: one not in _LISTS):
        return name, _row(making, properties[name])
    return None, None


def _row(making: Making, schema: Node) -> Node:
    return _merged(making, schema.get("items", {}))


def _merged(making: Making, schema: Any) -> Node:
    try:
        return merge(making, schema)
    except (Unmakeable, Unresolvable):
        return {}


def _properties(schema: Node) -> Mapping[str, Any]:
    return schema.get("properties") or {}


def _linked(description: Description, creator: Operation | None) -> str | None:
    """Where the description's own links say that the id of what was made is."""
    if creator is None:
        return None
    for response in responses(description, creator):
        for link in (response.get("links") or {}).values():
            for expression in (description.resolve(link).get("parameters") or {}).values():
                if str(expression).startswith(_POINTER):
                    return str(expression).removeprefix(_POINTER).replace("/", ".")
    return None


def _key(parameter: str, collection: str, row: Node) -> str | None:
    """The property of a row that is its id, by its name."""
    names = {plain(name): name for name in _properties(row)}
    one = singular(collection.rstrip("/").rpartition("/")[2])
    asked = [plain(parameter), "id", f"{plain(one)}id", "uuid", "guid", "slug", "key", "code"]
    asked += [plain(parameter).removeprefix(plain(one)), "name"]
    return next((names[name] for name in asked if name in names), None)


def singular(word: str) -> str:
    """Roughly: it only has to find `category_id` beside `categories`."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")
