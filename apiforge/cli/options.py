"""Commands whose options are a dataclass: one with many of them is still a short function."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Options = TypeVar("Options", bound="DataclassInstance")
Answer = TypeVar("Answer")


def takes(
    options: type[Options],
) -> Callable[[Callable[[Options], Answer]], Callable[..., Answer]]:
    """Make a command of a function of `options`: each of its fields is a parameter, annotated as
    typer wants it. A field that is a dataclass of options itself stands for all of its fields.
    """
    parameters = list(_parameters(options))

    def decorate(run: Callable[[Options], Answer]) -> Callable[..., Answer]:
        def command(**values: Any) -> Answer:
            return run(_filled(options, values))

        command.__name__, command.__doc__ = run.__name__, run.__doc__
        command.__annotations__ = {one.name: one.annotation for one in parameters}
        vars(command)["__signature__"] = Signature(parameters)
        return command

    return decorate


def _parameters(options: "type[DataclassInstance]") -> Iterator[Parameter]:
    hints = get_type_hints(options, include_extras=True)
    for field in fields(options):
        hint = hints[field.name]
        if is_dataclass(hint) and isinstance(hint, type):
            yield from _parameters(hint)
            continue
        default = Parameter.empty if field.default is MISSING else field.default
        yield Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)


def _filled(options: type[Options], values: Mapping[str, Any]) -> Options:
    hints = get_type_hints(options)
    return options(
        **{
            field.name: _filled(hints[field.name], values)
            if is_dataclass(hints[field.name])
            else values[field.name]
            for field in fields(options)
        }
    )
