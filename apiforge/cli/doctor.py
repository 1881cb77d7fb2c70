"""`apiforge doctor`: what is here, what is missing, and how to get it."""

from typing import TYPE_CHECKING, Annotated

import typer

from apiforge import __version__
from apiforge.cli.console import say, say_json

if TYPE_CHECKING:
    from apiforge.runs.check import Check


def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead.")
    ] = False,
) -> int:
    """Show what is here, what is missing, and how to get it."""
    from apiforge.catalog.load import load_catalog
    from apiforge.paths import templates
    from apiforge.runs.machine import check_machine
    from apiforge.runs.tools import check_servers, check_tools

    checks = [*check_machine(), *check_tools(), *check_servers(load_catalog([templates()]))]
    if as_json:
        say_json({"schema": "apiforge.doctor/1", "apiforge": __version__, **_document(checks)})
    else:
        _print(checks)
    return 1 if any(check.is_fatal for check in checks) else 0


def _document(checks: "list[Check]") -> dict[str, object]:
    return {
        "ok": not any(check.is_fatal for check in checks),
        "checks": [
            {
                "name": check.name,
                "status": check.status,
                "found": check.found,
                "advice": check.advice,
                "essential": check.is_essential,
            }
            for check in checks
        ],
    }


def _print(checks: "list[Check]") -> None:
    width = max(len(check.name) for check in checks)
    for check in checks:
        say(f"{check.status:<8} {check.name:<{width}}  {check.found}")
        if check.advice:
            say(f"{'':<8} {'':<{width}}  -> {check.advice}")
