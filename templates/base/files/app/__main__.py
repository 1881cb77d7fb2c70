"""`python -m app COMMAND`: serve, and what the components offer."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from pydantic import ValidationError

from app import serving
from app.component import Command
from app.components import COMPONENTS
from app.environment import ConfigurationError
from app.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    commands = _commands()
    parser = ArgumentParser(prog="python -m app")
    subparsers = parser.add_subparsers(dest="command", required=True)
    for name, command in commands.items():
        command.arguments(subparsers.add_parser(name, help=command.help))
    options = parser.parse_args(arguments)
    try:
        return commands[options.command].run(Settings(), options)
    except ValidationError as error:
        for entry in error.errors():
            name = ".".join(str(part) for part in entry["loc"]).upper()
            print(f"error: {name}: {entry['msg']}".replace("Value error, ", ""), file=sys.stderr)
        return 1
    except (ConfigurationError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _commands() -> dict[str, Command]:
    commands = {"serve": serving.COMMAND, "user": serving.NO_USERS}
    for component in COMPONENTS:
        commands.update(component.commands())
    return commands


if __name__ == "__main__":
    sys.exit(main())
