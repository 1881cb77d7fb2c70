"""A scenario for any described service: reads mostly, and changes only rows that it made itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apiforge.openapi import requests
from apiforge.openapi.chains import Chain, find_chains, shape, singular
from apiforge.openapi.description import Description, Operation, Unresolvable
from apiforge.openapi.security import Credentials, credentials_of
from apiforge.openapi.texts import Unmakeable
from apiforge.openapi.values import Making, plain

_SHARES = {
    "row": 45.0,
    "list": 27.0,
    "filter": 8.0,
    "other": 10.0,
    "create": 4.0,
    "change": 3.0,
    "delete": 1.5,
    "act": 1.5,
}
"""Of a hundred requests; each is shared by all operations of its kind: ninety read."""
_LEAST_ROWS = 10
_MOST_FILTERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A scenario's document, and what could not be made, each with why."""

    document: Mapping[str, Any]
    left_out: Sequence[str]
    operations: int


@dataclass(slots=True)
class _Maker:
    description: Description
    prefix: str
    given: Sequence[str]
    known: Mapping[str, str]
    chains: list[Chain]
    login: Mapping[str, Any] | None = None
    left_out: list[str] = field(default_factory=list)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def making(self) -> Making:
        return Making(description=self.description, ids=dict(_ids(self.chains)))


def make_scenario(
    description: Description,
    *,
    prefix: str | None = None,
    given: Sequence[str] = (),
    known: Mapping[str, str],
) -> Made:
    """`prefix` stands before all paths, else what the description's own server says; `given` are
    names of headers sent anyway, `known` the environment that credentials are taken from."""
    maker = _Maker(
        description,
        description.base_path if prefix is None else prefix,
        given,
        known,
        find_chains(description),
    )
    operations = list(description.operations())
    for operation in operations:
        try:
            _add(maker, operation)
        except (Unmakeable, Unresolvable) as error:
            maker.left_out.append(f"{operation.name}: {error}")
    _drop_orphans(maker)
    return Made(document=_document(maker), left_out=maker.left_out, operations=len(operations))


def _ids(chains: Sequence[Chain]) -> Iterator[tuple[str, str]]:
    """What properties such as `pet_id` are filled with."""
    for chain in chains:
        if not chain.is_nested:
            one = singular(chain.collection.rpartition("/")[2])
            names = {plain(f"{one}_id"), plain(chain.parameter)} - {"id"}
            yield from ((name, chain.placeholder("id")) for name in names)


def _add(maker: _Maker, operation: Operation) -> None:
    making = maker.making
    path, chain = requests.path_of(making, operation, maker.chains, maker.prefix)
    credentials = _credentials(maker, operation)
    query = {**requests.query_of(making, operation), **credentials.query}
    body = requests.body_of(making, operation)
    headers = {
        **requests.headers_of(making, operation),
        **credentials.headers,
        **body.pop("headers", {}),
    }
    table: dict[str, Any] = {
        "name": operation.name,
        "method": operation.method,
        "path": requests.with_query(path, query),
        **requests.expected(operation),
        **({"headers": headers} if headers else {}),
        **_making_rows(maker, operation),
        **body,
    }
    if chain is not None and requests.kind_of_row(operation, maker.chains) != "id":
        assert chain.creator is not None  # else there would be no path
        table["otherwise"] = chain.creator.name
    kind = _kind(operation, maker.chains)
    maker.requests.append((kind, table))
    if kind == "list":
        for name, value in list(requests.filters_of(making, operation).items())[:_MOST_FILTERS]:
            filtered = requests.with_query(path, {**query, name: value})
            maker.requests.append(
                ("filter", {**table, "name": f"{operation.name}?{name}=", "path": filtered})
            )


def _credentials(maker: _Maker, operation: Operation) -> Credentials:
    found = credentials_of(maker.description, operation, given=maker.given, known=maker.known)
    missing = [name for name in found.needs if not maker.known.get(name)]
    if missing:
        raise Unmakeable(
            f"it needs a log-in: set {' and '.join(missing)} in the environment, or give --bearer "
            "or --header"
        )
    if found.login is not None:
        address = str(found.login["path"])
        if "://" not in address:
            address = f"{maker.prefix}/{address.lstrip('/')}"
        login = {**found.login, "path": address}
        if maker.login not in (None, login):
            raise Unmakeable("it needs another log-in than the operations before it")
        maker.login = login
    return found


def _making_rows(maker: _Maker, operation: Operation) -> dict[str, str]:
    for chain in maker.chains:
        if chain.creator is not None and operation.name == chain.creator.name:
            return {"made": chain.name, **({} if chain.key else {"by": "location"})}
    return {}


def _kind(operation: Operation, chains: Sequence[Chain]) -> str:
    if operation.method in requests.SAFE:
        if any(shape(operation.path) == chain.row for chain in chains):
            return "row"
        is_list = any(shape(operation.path) == shape(chain.collection) for chain in chains)
        return "list" if is_list and operation.method == "GET" else "other"
    kinds = {"DELETE": "delete", "PUT": "change", "PATCH": "change"}
    if operation.method in kinds:
        return kinds[operation.method]
    return "create" if requests.kind_of_row(operation, chains) == "id" else "act"


def _drop_orphans(maker: _Maker) -> None:
    """What needs rows whose POST, or whose list, was left out itself."""
    while True:
        names = {table["name"] for _, table in maker.requests}
        orphan = next((one for one in maker.requests if _lacks(maker, one[1], names)), None)
        if orphan is None:
            return
        maker.requests.remove(orphan)
        maker.left_out.append(f"{orphan[1]['name']}: {_lacks(maker, orphan[1], names)}")


def _lacks(maker: _Maker, table: Mapping[str, Any], names: set[str]) -> str | None:
    if "otherwise" in table and table["otherwise"] not in names:
        return f"it changes rows that {table['otherwise']} would have made, which was left out"
    for chain in maker.chains:
        is_used = chain.placeholder("id") in str(table)
        if is_used and _pool(maker, chain, names) is None:
            return f"there is no way to an id of {chain.name}"
    return None


def _pool(maker: _Maker, chain: Chain, names: set[str]) -> dict[str, Any] | None:
    """How the ids of a chain are found; None: not at all."""
    table: dict[str, Any] = {"of": "path"} if chain.is_nested else {}
    if chain.lister is not None and chain.lister.name in names:
        lister = next(one for _, one in maker.requests if one["name"] == chain.lister.name)
        size = requests.page_size_of(maker.making, chain.lister)
        # Only what the list itself asks for: the same parameter twice would be an error.
        extra = {name: value for name, value in size.items() if f"{name}=" not in lister["path"]}
        table |= {"path": requests.with_query(lister["path"], extra), "rows": chain.list_place}
    if chain.creator is not None and chain.creator.name in names:
        table |= {"make": chain.creator.name, "least": _LEAST_ROWS}
    if chain.key is not None:
        table["key"] = chain.key
    return table if "path" in table or "make" in table else None


def _document(maker: _Maker) -> dict[str, Any]:
    names = {table["name"] for _, table in maker.requests}
    pools = {chain.name: _pool(maker, chain, names) for chain in _in_order(maker)}
    counts = {kind: sum(one == kind for one, _ in maker.requests) for kind in _SHARES}
    return {
        "try_first": True,
        **({"left_out": list(maker.left_out)} if maker.left_out else {}),
        **({"login": dict(maker.login)} if maker.login else {}),
        "pools": {name: table for name, table in pools.items() if table is not None},
        "requests": [
            {
                "name": table["name"],
                "weight": round(_SHARES[kind] / counts[kind], 4),
                **{key: value for key, value in table.items() if key != "name"},
            }
            for kind, table in maker.requests
        ],
    }


def _in_order(maker: _Maker) -> list[Chain]:
    """Rows that others refer to come first; where these refer to each other, as described."""
    tables = {table["name"]: str(table) for _, table in maker.requests}
    waiting, found = list(maker.chains), list[Chain]()
    while waiting:
        free = [one for one in waiting if not _refers(one, waiting, tables)]
        chosen = (free or waiting)[0]
        waiting.remove(chosen)
        found.append(chosen)
    return found


def _refers(chain: Chain, others: Sequence[Chain], tables: Mapping[str, str]) -> bool:
    asked = [one.name for one in (chain.creator, chain.lister) if one is not None]
    text = "".join(tables.get(name, "") for name in asked)
    return any(other is not chain and other.placeholder("id") in text for other in others)
