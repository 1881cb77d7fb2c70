"""One operation as a request of a scenario: its path, its query, its headers, its body."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from apiforge.openapi.chains import JSON, Chain, shape, successes
from apiforge.openapi.description import Description, Node, Operation
from apiforge.openapi.texts import Unmakeable, literal
from apiforge.openapi.values import Making, merge, value_of

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_FORM = "application/x-www-form-urlencoded"
_PAGE_SIZES = ("limit", "page_size", "per_page", "pagesize", "perpage", "size", "count")
_LARGE_PAGE = 100
SAFE = ("GET", "HEAD", "OPTIONS")


def chain_of(operation: Operation, chains: Sequence[Chain]) -> tuple[Chain | None, str]:
    """The chain whose row the path begins with, the longest, and what follows that row."""
    segments = operation.path.split("/")
    for count in range(len(segments), 0, -1):
        start = "/".join(segments[:count])
        for chain in chains:
            if shape(start) == chain.row and "{" in segments[count - 1]:
                return chain, operation.path[len(start) :]
    return None, operation.path


def kind_of_row(operation: Operation, chains: Sequence[Chain]) -> str:
    """Which rows it may touch: any to read or to add to, else only those the test made itself."""
    if operation.method in SAFE:
        return "id"
    if operation.method == "DELETE":
        return "made"
    is_collection = any(shape(operation.path) == shape(chain.collection) for chain in chains)
    return "id" if operation.method == "POST" and is_collection else "own"


def path_of(
    making: Making, operation: Operation, chains: Sequence[Chain], prefix: str
) -> tuple[str, Chain | None]:
    """The path with placeholders, and whose row it needs. Raises Unmakeable."""
    chain, rest = chain_of(operation, chains)
    start = prefix
    if chain is not None:
        kind = kind_of_row(operation, chains)
        if kind != "id" and chain.creator is None:
            raise Unmakeable(
                f"it changes rows, and the test has none of its own: there is no POST "
                f"{chain.collection}"
            )
        row = chain.placeholder(kind)
        start = row if chain.is_nested else f"{prefix}{chain.collection}/{row}"
    parameters = {str(one.get("name")): one for one in operation.parameters_in("path")}

    def fill(match: re.Match[str]) -> str:
        return _path_value(making, match[1], parameters.get(match[1], {}))

    return start + _PARAMETER.sub(fill, rest), chain


def _path_value(making: Making, name: str, parameter: Node) -> str:
    """Only what the description itself names can be expected to exist."""
    stated = _stated(making.description, parameter)
    if stated is not None:
        return quote(str(stated), safe="")
    schema = making.description.resolve(parameter.get("schema") or {})
    if schema.get("enum"):
        return str(value_of(making, schema))
    raise Unmakeable(f"nothing tells which {{{name}}} there is: no list, no POST, no example")


def _stated(description: Description, parameter: Node) -> Any:
    """An example or a default; None without any."""
    schema = description.resolve(parameter.get("schema") or {})
    for one in (parameter.get("example"), *_examples(description, parameter.get("examples"))):
        if one is not None:
            return one
    for one in (schema.get("example"), *_listed(schema.get("examples")), schema.get("default")):
        if one is not None:
            return one
    return None


def _examples(description: Description, examples: Any) -> list[Any]:
    if not isinstance(examples, Mapping):
        return _listed(examples)
    return [description.resolve(one).get("value") for one in examples.values()]


def _listed(examples: Any) -> list[Any]:
    return examples if isinstance(examples, list) else []


def query_of(making: Making, operation: Operation) -> dict[str, str]:
    """Values of the required query parameters. Raises Unmakeable."""
    return {
        str(one["name"]): _text(making, one)
        for one in operation.parameters_in("query")
        if one.get("required")
    }


def filters_of(making: Making, operation: Operation) -> dict[str, str]:
    """Optional query parameters whose values the description names: examples and choices."""
    found = {}
    for one in operation.parameters_in("query"):
        schema = merge(making, one.get("schema") or {})
        stated = _stated(making.description, {**one, "schema": {**schema, "default": None}})
        if not one.get("required") and (stated is not None or schema.get("enum")):
            found[str(one["name"])] = _text(making, one)
    return found


def page_size_of(making: Making, operation: Operation) -> dict[str, str]:
    """The parameter that makes a page large, where there is one."""
    for one in operation.parameters_in("query"):
        if str(one.get("name", "")).lower() in _PAGE_SIZES:
            schema = making.description.resolve(one.get("schema") or {})
            return {str(one["name"]): str(int(schema.get("maximum", _LARGE_PAGE)))}
    return {}


def headers_of(making: Making, operation: Operation) -> dict[str, str]:
    """Values of the required header and cookie parameters. Raises Unmakeable."""
    required = [one for one in operation.parameters_in("header") if one.get("required")]
    cookies = [one for one in operation.parameters_in("cookie") if one.get("required")]
    found = {str(one["name"]): _text(making, one) for one in required}
    if cookies:
        found["Cookie"] = "; ".join(f"{one['name']}={_text(making, one)}" for one in cookies)
    return found


def _text(making: Making, parameter: Node) -> str:
    """A parameter's value as a text with placeholders."""
    stated = _stated(making.description, parameter)
    if stated is None:
        schema = parameter.get("schema")
        if schema is None:
            contents = list((parameter.get("content") or {}).values())
            schema = contents[0].get("schema") if contents else None
        stated = value_of(making, schema)
    else:
        stated = literal(stated)
    if isinstance(stated, list):
        return ",".join(map(str, stated))
    if isinstance(stated, Mapping):
        raise Unmakeable(f"the parameter {parameter.get('name')} is an object")
    return str(stated).lower() if isinstance(stated, bool) else str(stated)


def with_query(path: str, query: Mapping[str, str]) -> str:
    """The path with these parameters; placeholders stay as they are."""
    if not query:
        return path
    pairs = [f"{quote(name, safe='')}={_quoted(value)}" for name, value in query.items()]
    return f"{path}{'&' if '?' in path else '?'}{'&'.join(pairs)}"


def _quoted(value: str) -> str:
    """Percent-encoded, but for the braces and what stands between them."""
    parts = re.split(r"(\{[^{}]+\})", value)
    return "".join(part if part.startswith("{") else quote(part, safe="") for part in parts)


def body_of(making: Making, operation: Operation) -> dict[str, Any]:
    """`body` or `form` with a value; nothing where there is no body. Raises Unmakeable."""
    body = making.description.resolve(operation.node.get("requestBody") or {})
    content: Mapping[str, Any] = body.get("content") or {}
    if not content:
        return {}
    for media, described in content.items():
        if JSON.match(media) or media == "*/*":
            value = _body_value(making, described)
            type_ = {} if media in ("application/json", "*/*") else {"Content-Type": media}
            return {"body": value, "headers": type_} if type_ else {"body": value}
    if _FORM in content:
        return {"form": _body_value(making, content[_FORM])}
    if not body.get("required"):
        return {}
    raise Unmakeable(f"its body is {' or '.join(content)}: only JSON and forms can be made")


def _body_value(making: Making, described: Node) -> Any:
    try:
        return value_of(making, described.get("schema", {}))
    except Unmakeable:
        for one in (
            described.get("example"),
            *_examples(making.description, described.get("examples")),
        ):
            if one is not None:
                return literal(one)
        raise


def expected(operation: Operation) -> dict[str, Any]:
    """The codes of success; none stated, any of 2xx."""
    codes = successes(operation)
    return {"expect": codes} if codes else {}
