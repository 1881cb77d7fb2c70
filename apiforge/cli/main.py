"""The commands, and the only place that shows an error and ends the program."""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from apiforge import __version__
from apiforge.cli.catalog import list_choices
from apiforge.cli.compare import compare
from apiforge.cli.console import show_error
from apiforge.cli.doctor import doctor
from apiforge.cli.loadtest import loadtest
from apiforge.cli.new import new
from apiforge.cli.plan import plan
from apiforge.cli.report import report
from apiforge.cli.running import INTERRUPTED
from apiforge.cli.up import up
from apiforge.errors import ApiforgeError, UsageError

HELP = {"help_option_names": ["-h", "--help"]}
WRONG_USAGE = 2

app = typer.Typer(
    name="apiforge",
    help="Generate an API, load test it, and know whether it bears what it must.",
    add_completion=False,
    context_settings=HELP,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("new")(new)
app.command("list")(list_choices)
app.command("up")(up)
app.command("loadtest")(loadtest)
app.command("compare")(compare)
app.command("plan")(plan)
app.command("report")(report)
app.command("doctor")(doctor)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"apiforge {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Options of every command; `run` looks for --debug itself."""


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the exit code."""
    try:
        code = _invoke(arguments) if arguments else _invoke(["--help"]) or WRONG_USAGE
        # Here, not at exit: a reader that has gone away must still be caught.
        sys.stdout.flush()
        return code
    except ApiforgeError as error:
        if "--debug" in arguments:
            traceback.print_exc()
        show_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as bug:
        if "--debug" in arguments:
            raise
        hint = "this is a mistake of ours: please report what --debug shows"
        show_error(ApiforgeError(f"{type(bug).__name__}: {bug}", hint=hint))
        return 1


def _invoke(arguments: Sequence[str]) -> int:
    try:
        result = app(list(arguments), prog_name="apiforge", standalone_mode=False)
    except TyperException as error:
        message = error.format_message().rstrip(".")
        raise UsageError(message[:1].lower() + message[1:], hint=_help_of(arguments)) from error
    return result if isinstance(result, int) else 0


def _help_of(arguments: Sequence[str]) -> str:
    commands = [command.name for command in app.registered_commands]
    command = next((word for word in arguments if word in commands), "")
    return f"see apiforge {command} --help" if command else "see apiforge --help"
