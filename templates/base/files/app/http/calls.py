"""Endpoints called directly: what FastAPI finds out for each request is found out once.

Only those of the usual form: an endpoint that takes the request, values of its path, one model as
its body and dependencies that want nothing but the request, and that returns a Response. Values
are checked by the same types, and refused with the same errors. The others are left to FastAPI.
"""

import inspect
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import lru_cache
from typing import Any, get_args

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

Enter = Callable[..., AbstractAsyncContextManager[Any]]
_NOTHING = object()
_MISSING = {"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}


class NotDirect(Exception):
    """The endpoint is of another form."""


class Call:
    """An endpoint, and where its arguments come from. Raises NotDirect."""

    def __init__(self, endpoint: Callable[..., Any], path_names: Collection[str]) -> None:
        self._endpoint = endpoint
        self._requests: list[str] = []
        self._path: dict[str, TypeAdapter[Any]] = {}
        self._body: dict[str, TypeAdapter[Any]] = {}
        self._awaited: dict[str, Callable[..., Any]] = {}
        self._entered: dict[str, Enter] = {}
        signature = _signature(endpoint)
        if not (
            inspect.iscoroutinefunction(endpoint) and _is(signature.return_annotation, Response)
        ):
            raise NotDirect
        for parameter in signature.parameters.values():
            self._add(parameter, path_names)
        if len(self._body) > 1:
            raise NotDirect

    async def __call__(self, request: Request) -> Response:
        """What the endpoint answers. Raises what it raises, and RequestValidationError."""
        values: dict[str, Any] = dict.fromkeys(self._requests, request)
        if self._path or self._body:
            await self._check(request, values)
        for name, solve in self._awaited.items():
            values[name] = await solve(request)
        if not self._entered:
            answer: Response = await self._endpoint(**values)
            return answer
        async with AsyncExitStack() as stack:
            for name, enter in self._entered.items():
                values[name] = await stack.enter_async_context(enter(request))
            answer = await self._endpoint(**values)
        return answer

    def _add(self, parameter: inspect.Parameter, path_names: Collection[str]) -> None:
        name, kind = parameter.name, parameter.annotation
        depends = [one for one in get_args(kind) if isinstance(one, Depends)]
        if parameter.default is not parameter.empty or len(depends) > 1:
            raise NotDirect
        if depends:
            self._add_dependency(name, depends[0])
        elif kind is Request:
            self._requests.append(name)
        elif name in path_names:
            self._path[name] = TypeAdapter(kind)
        elif _is(kind, BaseModel):
            self._body[name] = TypeAdapter(kind)
        else:
            raise NotDirect

    def _add_dependency(self, name: str, depends: Depends) -> None:
        function = depends.dependency
        if type(depends) is not Depends or depends.max_concurrency is not None:
            raise NotDirect
        if function is None or function in self._awaited.values() or not _wants_request(function):
            raise NotDirect
        if inspect.iscoroutinefunction(function):
            self._awaited[name] = function
        elif inspect.isasyncgenfunction(function) and depends.scope == "function":
            self._entered[name] = asynccontextmanager(function)
        else:
            raise NotDirect

    async def _check(self, request: Request, values: dict[str, Any]) -> None:
        errors: list[Any] = []
        body: Any = None
        given: Mapping[str, Any] = request.scope["path_params"]
        for name, adapter in self._path.items():
            values[name] = _checked(adapter, given[name], ("path", name), errors)
        for name, adapter in self._body.items():
            body = await _body_of(request)
            if body is _NOTHING:
                errors.append(_MISSING)
            else:
                values[name] = _checked(adapter, body, ("body",), errors)
        if errors:
            raise RequestValidationError(errors, body=body)


async def _body_of(request: Request) -> Any:
    """The JSON of a body, its bytes where they are none, or _NOTHING."""
    try:
        raw = await request.body()
        if not raw:
            return _NOTHING
        return await request.json() if _is_json(request.headers.get("content-type", "")) else raw
    except orjson.JSONDecodeError as error:
        raise RequestValidationError([_malformed(error)], body=error.doc) from error
    except ClientDisconnect as error:
        raise HTTPException(400, "The body did not come.") from error


def _malformed(error: orjson.JSONDecodeError) -> dict[str, Any]:
    where = {"loc": ("body", error.pos), "input": {}}
    return {
        "type": "json_invalid",
        "msg": "JSON decode error",
        "ctx": {"error": error.msg},
        **where,
    }


@lru_cache(maxsize=64)
def _is_json(content_type: str) -> bool:
    kind, _, form = content_type.partition(";")[0].strip().lower().partition("/")
    return kind == "application" and (form == "json" or form.endswith("+json"))


def _checked(
    adapter: TypeAdapter[Any], value: Any, location: tuple[str, ...], errors: list[Any]
) -> Any:
    try:
        return adapter.validate_python(value, from_attributes=True)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            errors.append({**one, "loc": (*location, *one["loc"])})
        return None


def _is(kind: Any, parent: type) -> bool:
    return inspect.isclass(kind) and issubclass(kind, parent)


def _wants_request(function: Callable[..., Any]) -> bool:
    """Whether the request is all that it needs."""
    return [one.annotation for one in _signature(function).parameters.values()] == [Request]


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(function, eval_str=True)
    except NameError as error:  # of types that only a type checker imports
        raise NotDirect from error
