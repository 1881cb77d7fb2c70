"""`apiforge list`: what can be chosen."""

from typing import TYPE_CHECKING, Annotated

import typer

from apiforge.cli.console import say, say_json

if TYPE_CHECKING:
    from apiforge.catalog.model import Axis

SCHEMA = "apiforge.list/1"


def list_choices(
    axis: Annotated[
        str | None, typer.Argument(help="One axis only, such as database.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show what can be chosen, with one line each."""
    from apiforge import paths
    from apiforge.catalog.load import load_catalog

    catalog = load_catalog([paths.templates()])
    axes = catalog.axes if axis is None else (catalog.axis(axis),)
    if as_json:
        say_json({"schema": SCHEMA, "axes": [_entry(each) for each in axes]})
    else:
        say("\n\n".join(_text(each) for each in axes))


def _entry(axis: "Axis") -> dict[str, object]:
    return {
        "name": axis.name,
        "question": axis.question,
        "many": axis.many,
        "default": list(axis.default),
        "values": [
            {
                "name": value,
                "summary": axis.summary(value),
                "default": value in axis.default,
                "untested": axis.untested(value) or None,
            }
            for value in axis.values
        ],
    }


def _text(axis: "Axis") -> str:
    width = max(len(value) for value in axis.values)
    may = " (may repeat)" if axis.many else ""
    lines = [f"{axis.name}: {axis.question}{may}"]
    for value in axis.values:
        mark = " (default)" if value in axis.default else ""
        lines.append(f"  {value:{width}}  {axis.summary(value)}{mark}")
    return "\n".join(lines)
