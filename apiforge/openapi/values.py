"""Values for JSON Schemas, as a scenario writes them: placeholders that make a new one each time.

A value is plain data: what stands in braces is filled for each request (`loadtests/fillers.py`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apiforge.openapi.description import Description, Node, Unresolvable
from apiforge.openapi.texts import Unmakeable, literal, text_of

_DEEPEST = 8
_ROOM = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What values are made from: the whole description, and ids of rows by `plain` names of the
    properties that hold them."""

    description: Description
    ids: Mapping[str, str] = field(default_factory=dict)


def plain(name: str) -> str:
    """`petId`, `pet_id` and `PetID` are one name."""
    return name.replace("_", "").replace("-", "").lower()


def value_of(making: Making, schema: Any, *, depth: int = 0) -> Any:
    """A value that the schema allows. Raises Unmakeable."""
    try:
        merged = merge(making, schema)
    except Unresolvable as error:
        raise Unmakeable(str(error)) from error
    if depth > _DEEPEST:
        raise Unmakeable("it holds itself without an end")
    if "const" in merged:
        return literal(merged["const"])
    if merged.get("enum"):
        return _choice(merged["enum"])
    return _typed(making, merged, depth)


def merge(making: Making, schema: Any) -> Node:
    """A schema with its references followed, `allOf` joined and one of `oneOf`, `anyOf` chosen."""
    if schema is True or schema is None:
        return {}
    node = making.description.resolve(schema)
    if not isinstance(node, Mapping):
        raise Unmakeable("its schema allows nothing" if node is False else "its schema is none")
    found: dict[str, Any] = {key: node[key] for key in node if key not in _JOINING}
    for part in node.get("allOf") or []:
        _join(found, merge(making, part))
    for variants in (node.get("oneOf"), node.get("anyOf")):
        if variants:
            _join(found, _variant(making, variants))
    return found


_JOINING = ("allOf", "oneOf", "anyOf", "$ref")


def _variant(making: Making, variants: Sequence[Any]) -> Node:
    """The first that is more than nothing at all."""
    merged = [merge(making, variant) for variant in variants]
    return next((one for one in merged if one.get("type") != "null"), merged[0])


def _join(found: dict[str, Any], other: Node) -> None:
    for key, value in other.items():
        if key == "properties":
            found[key] = {**found.get(key, {}), **value}
        elif key == "required":
            found[key] = list(dict.fromkeys([*found.get(key, []), *value]))
        else:
            found.setdefault(key, value)


def kind_of(schema: Node) -> str:
    """Its type; of several the first that is not null; guessed where it says none."""
    stated = schema.get("type")
    if isinstance(stated, list):
        stated = next((one for one in stated if one != "null"), None)
    if isinstance(stated, str):
        return stated
    if "properties" in schema:
        return "object"
    return "array" if "items" in schema else "string"


def _typed(making: Making, schema: Node, depth: int) -> Any:
    kind = kind_of(schema)
    if kind == "object":
        return _object(making, schema, depth)
    if kind == "array":
        least = max(int(schema.get("minItems", 0)), 1 if schema.get("maxItems") != 0 else 0)
        item = schema.get("items", {})
        return [value_of(making, item, depth=depth + 1) for _ in range(least)]
    makers = {"integer": _integer, "number": _number, "boolean": _boolean, "string": text_of}
    if kind not in makers:
        raise Unmakeable(f"a type {kind!r} is not known")
    return makers[kind](schema)


def _object(making: Making, schema: Node, depth: int) -> dict[str, Any]:
    """What is required; where nothing is, the first few plain values."""
    required = [str(name) for name in schema.get("required") or []]
    properties: Node = schema.get("properties") or {}
    found = {}
    for name in required:
        node = merge(making, properties.get(name, {}))
        if not node.get("readOnly"):
            found[name] = _property(making, name, node, depth)
    if required or not properties:
        return found
    simple = [name for name, one in properties.items() if _is_simple(merge(making, one))]
    return {name: _property(making, name, properties[name], depth) for name in simple[:3]}


def _property(making: Making, name: str, schema: Any, depth: int) -> Any:
    return making.ids.get(plain(name)) or value_of(making, schema, depth=depth + 1)


def _is_simple(schema: Node) -> bool:
    return not schema.get("readOnly") and kind_of(schema) not in ("object", "array")


def _choice(values: Sequence[Any]) -> Any:
    texts = [one for one in values if isinstance(one, str) and one and not set("{}|") & set(one)]
    if not texts:
        return literal(next((one for one in values if one is not None), None))
    return f"{{choice:{'|'.join(texts)}}}" if len(texts) > 1 else texts[0]


def _boolean(_schema: Node) -> str:
    return "{boolean}"


def _integer(schema: Node) -> Any:
    low, high = _limits(schema, step=1)
    low, high = math.ceil(low), math.floor(high)
    if schema.get("multipleOf"):
        return math.ceil(low / schema["multipleOf"]) * schema["multipleOf"]
    if low > high:
        raise Unmakeable(f"no integer is from {low} to {high}")
    return f"{{integer:{low},{high}}}"


def _number(schema: Node) -> Any:
    low, high = _limits(schema, step=1e-3)
    if schema.get("multipleOf"):
        return math.ceil(low / schema["multipleOf"]) * schema["multipleOf"]
    if math.floor(high) - math.ceil(low) >= _ROOM:
        # Whole: a schema does not tell how many decimals a service accepts.
        return f"{{integer:{math.ceil(low)},{math.floor(high)}}}"
    return f"{{float:{low:g},{high:g}}}"


def _limits(schema: Node, *, step: float) -> tuple[float, float]:
    """From and to, both included: 3.0 writes `exclusiveMinimum` as true, 3.1 as a number."""
    low, high = schema.get("minimum"), schema.get("maximum")
    below, above = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    low = _limit(low, below, step)
    high = _limit(high, above, -step)
    if low is None:
        low = 1.0 if high is None or high >= 1 else high - 1000
    if high is None:
        high = max(low + 999, 1000.0)
    return low, high


def _limit(limit: Any, exclusive: Any, step: float) -> float | None:
    """One limit of the two kinds; `step` goes to the inside of the range."""
    is_exclusive = exclusive is not None and exclusive is not False
    stated = limit if isinstance(exclusive, bool) or exclusive is None else exclusive
    if stated is None:
        return None
    return float(stated) + (step if is_exclusive else 0.0)
