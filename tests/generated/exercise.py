"""Call every operation that a live service describes, logged in, with real ids."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import jsonschema

from tests.generated.sampling import Sampler

_METHODS = ("get", "post", "put", "patch", "delete")
_SKIPPED_PARAMETERS = ("cursor",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of an OpenAPI description: `method` upper case, `path` as a template."""

    method: str
    path: str
    description: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def body_schema(self) -> Mapping[str, Any] | None:
        content = self.description.get("requestBody", {}).get("content", {})
        for kind, part in content.items():
            if "json" in kind:
                return part["schema"]
        return None


@dataclass(slots=True, kw_only=True)
class Exercise:
    """Calls operations and remembers which answered what.

    `references` says which resource a property names: {"/api/v1/products": {"category_id":
    "/api/v1/categories"}}.
    """

    client: httpx.Client
    references: Mapping[str, Mapping[str, str]]
    email: str = ""
    password: str = ""
    called: dict[str, int] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    description: Mapping[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        """Call everything; an assertion names the first operation that breaks its promise."""
        answer = self.client.get("/openapi.json")
        assert answer.status_code == 200, answer.text
        self.description = answer.json()
        operations = {one.name: one for one in _operations(self.description)}
        self._authenticate(operations)
        collections = [one for one in operations.values() if _is_create(one, operations)]
        for operation in self._in_order(collections):
            self._create(operation)
        for operation in operations.values():
            if operation.name not in self.called and operation.method != "DELETE":
                self._call_known(operation)
        self._delete_in_reverse(operations)
        self._log_out(operations)
        missed = sorted(set(operations) - set(self.called))
        assert not missed, f"never called: {missed}"

    # -- the steps -------------------------------------------------------------------------

    def _authenticate(self, operations: Mapping[str, Operation]) -> None:
        login = operations.get("POST /api/v1/auth/login")
        if login is None:
            return
        self.tokens = self._call(login, body={"email": self.email, "password": self.password})
        self.client.headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        refresh = operations["POST /api/v1/auth/refresh"]
        self.tokens = self._call(refresh, body={"refresh_token": self.tokens["refresh_token"]})
        self.client.headers["Authorization"] = f"Bearer {self.tokens['access_token']}"

    def _log_out(self, operations: Mapping[str, Operation]) -> None:
        if operation := operations.get("POST /api/v1/auth/logout"):
            self._call(operation, body={"refresh_token": self.tokens["refresh_token"]})

    def _in_order(self, operations: list[Operation]) -> Iterator[Operation]:
        waiting = list(operations)
        while waiting:
            ready = [one for one in waiting if self._is_ready(one)]
            assert ready, f"references never satisfied: {[one.name for one in waiting]}"
            for operation in ready:
                waiting.remove(operation)
                yield operation

    def _is_ready(self, operation: Operation) -> bool:
        schema = operation.body_schema
        assert schema is not None
        needed = set(Sampler(self.description).required(schema))
        references = self.references.get(operation.path, {})
        return all(target in self.ids for name, target in references.items() if name in needed)

    def _known(self, path: str) -> dict[str, Any]:
        """Reference properties of the collection at `path`; None where nothing exists yet."""
        references = self.references.get(path, {})
        return {name: self.ids.get(target) for name, target in references.items()}

    def _body(self, operation: Operation) -> dict[str, Any] | None:
        schema = operation.body_schema
        if schema is None:
            return None
        collection = operation.path.removesuffix("/{id}")
        known = self._known(collection)
        body = Sampler(self.description).body(
            schema, {name: value for name, value in known.items() if value}
        )
        absent = {name for name, value in known.items() if value is None}
        return {name: value for name, value in body.items() if name not in absent}

    def _create(self, operation: Operation) -> None:
        row = self._call(operation, body=self._body(operation))
        self.ids[operation.path] = row["id"]

    def _call_known(self, operation: Operation) -> None:
        """Call an operation that needs nothing but ids already made, and each query parameter."""
        body = self._body(operation)
        self._call(operation, body=body)
        if operation.method == "GET":
            self._check_head(operation)
            for parameter in operation.description.get("parameters", ()):
                if parameter["in"] == "query" and parameter["name"] not in _SKIPPED_PARAMETERS:
                    self._call(operation, query=self._query(parameter))

    def _query(self, parameter: Mapping[str, Any]) -> dict[str, Any]:
        schema = Sampler(self.description).resolve(parameter["schema"])
        if schema.get("type") == "array":
            schema = schema["items"]
        value = Sampler(self.description).value(schema)
        return {parameter["name"]: str(value).lower() if isinstance(value, bool) else value}

    def _delete_in_reverse(self, operations: Mapping[str, Operation]) -> None:
        """A fresh row of every resource is deleted: nothing refers to it."""
        for operation in operations.values():
            if operation.method == "DELETE":
                collection = operation.path.removesuffix("/{id}")
                create = operations[f"POST {collection}"]
                row = self._call(create, body=self._body(create))
                self._call(operation, ids={**self.ids, collection: row["id"]})

    # -- one call --------------------------------------------------------------------------

    def _call(
        self,
        operation: Operation,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        ids: Mapping[str, str] | None = None,
    ) -> Any:
        answer = self.client.request(
            operation.method, self._url(operation, ids), json=body, params=query
        )
        told = f"{operation.name} {query or ''} {body or ''}: {answer.status_code} {answer.text}"
        documented = operation.description["responses"]
        assert 200 <= answer.status_code < 300, told
        assert str(answer.status_code) in documented, told
        self.called[operation.name] = answer.status_code
        content = documented[str(answer.status_code)].get("content", {})
        if "application/json" not in content:
            return None
        assert answer.headers["content-type"].startswith("application/json"), told
        self._check_shape(content["application/json"].get("schema", {}), answer.json(), told)
        return answer.json()

    def _url(self, operation: Operation, ids: Mapping[str, str] | None = None) -> str:
        collection = operation.path.removesuffix("/{id}")
        return re.sub(r"\{\w+\}", (ids or self.ids).get(collection, ""), operation.path)

    def _check_head(self, operation: Operation) -> None:
        """HEAD has the status and the headers of GET, and nothing more."""
        url = self._url(operation)
        get, head = self.client.get(url), self.client.head(url)
        told = f"HEAD {operation.path}: {head.status_code} {head.headers} {head.content!r}"
        assert (head.status_code, head.content) == (get.status_code, b""), told
        assert head.headers.keys() == get.headers.keys(), told
        same = {"content-type", "etag", "cache-control", "vary"} & get.headers.keys()
        assert all(head.headers[name] == get.headers[name] for name in same), told

    def _check_shape(self, schema: Mapping[str, Any], value: Any, told: str) -> None:
        whole = {**schema, "components": self.description.get("components", {})}
        errors = list(jsonschema.Draft202012Validator(whole).iter_errors(value))
        assert not errors, f"{told}\ndoes not fit its schema: {errors[0].message}"


def _operations(description: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in description["paths"].items():
        for method, one in methods.items():
            if method in _METHODS:
                yield Operation(method=method.upper(), path=path, description=one)


def _is_create(operation: Operation, operations: Mapping[str, Operation]) -> bool:
    return operation.method == "POST" and f"GET {operation.path}/{{id}}" in operations
