"""An OpenAPI description: read, its references followed, its operations as a flat list."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from apiforge.errors import UsageError

Node = Mapping[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_DEEPEST = 50


class Unresolvable(Exception):
    """A reference leads nowhere; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path; parameters of the path are among its own."""

    method: str
    path: str
    node: Node
    parameters: Sequence[Node] = field(default=())

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def parameters_in(self, place: str) -> list[Node]:
        """Those of a place: path, query, header or cookie."""
        return [one for one in self.parameters if one.get("in") == place]


@dataclass(frozen=True, slots=True)
class Description:
    """The whole document."""

    root: Node

    @property
    def base_path(self) -> str:
        """The path that all others begin with, of the first of its `servers`."""
        servers = self.root.get("servers") or [{}]
        url = str(servers[0].get("url", ""))
        for name, variable in (servers[0].get("variables") or {}).items():
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        return urlsplit(url).path.rstrip("/")

    def resolve(self, node: Any) -> Any:
        """What a node stands for: itself, or what its `$ref` names. Raises Unresolvable."""
        for _ in range(_DEEPEST):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                return node
            node = self._target(node["$ref"])
        raise Unresolvable("a reference that leads to itself")

    def operations(self) -> Iterator[Operation]:
        """In the order of the document."""
        for path, item in (self.root.get("paths") or {}).items():
            resolved = self.resolve(item) or {}
            for method in _METHODS:
                if isinstance(resolved.get(method), Mapping):
                    yield self._operation(method, str(path), resolved)

    def _operation(self, method: str, path: str, item: Node) -> Operation:
        node = item[method]
        found = {}
        for one in [*(item.get("parameters") or []), *(node.get("parameters") or [])]:
            parameter = self.resolve(one)
            found[parameter.get("in"), parameter.get("name")] = parameter
        return Operation(
            method=method.upper(), path=path, node=node, parameters=list(found.values())
        )

    def _target(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise Unresolvable(f"{reference} is in another file: bundle them into one")
        node: Any = self.root
        for part in reference[1:].split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping) and key in node:
                node = node[key]
            elif isinstance(node, list) and key.isdigit() and int(key) < len(node):
                node = node[int(key)]
            else:
                raise Unresolvable(f"{reference} leads nowhere")
        return node


def read_description(text: str, *, origin: str) -> Description:
    """Reads JSON or YAML, OpenAPI 3.0 or 3.1; UsageError naming the `origin` for anything else."""
    root = _parsed(text, origin)
    version = str(root.get("openapi", "")) if isinstance(root, Mapping) else ""
    if not version.startswith("3."):
        is_old = isinstance(root, Mapping) and "swagger" in root
        raise UsageError(
            f"{origin} is not a description of OpenAPI 3"
            + (", but of Swagger 2" if is_old else ""),
            hint="convert it, as with swagger2openapi" if is_old else "name one: openapi.json",
        )
    return Description(root)


def _parsed(text: str, origin: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        import yaml  # only here: few need it, and it takes its time to load
    try:
        # What YAML takes for a date was meant as a text, and keys that are numbers as names.
        return json.loads(json.dumps(yaml.safe_load(text), default=str))
    except (yaml.YAMLError, TypeError) as error:
        place = getattr(error, "problem_mark", None)
        where = f" (line {place.line + 1})" if place else ""
        raise UsageError(
            f"{origin} is neither JSON nor YAML{where}", hint="name an OpenAPI description"
        ) from error
