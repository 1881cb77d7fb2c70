"""`python -m app serve`: uvicorn, as many processes as WORKERS says."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

import uvicorn

from app.component import Command
from app.http import log
from app.main import create_app

if TYPE_CHECKING:
    from app.settings import Settings


def serve(settings: "Settings", options: Namespace) -> int:
    """Serves until stopped; requests under way are finished first."""
    log.configure(settings.service.log_level)
    create_app(settings)  # what cannot start is refused here, before there are workers
    service = settings.service
    uvicorn.run(
        "app.main:serve_app",
        factory=True,
        host=service.host,
        port=service.port,
        workers=service.workers if not options.reload else None,
        reload=options.reload,
        reload_dirs=["app"] if options.reload else None,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=service.shutdown_seconds,
    )
    return 0


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--reload", action="store_true", help="start again when a file changes")


def _no_users(settings: "Settings", options: Namespace) -> int:
    print("This project has no users: it was made without a log-in.", file=sys.stderr)
    return 1


def _any_email(parser: ArgumentParser) -> None:
    parser.add_argument("email", nargs="?")


COMMAND = Command(help="serve the API", run=serve, arguments=_arguments)
NO_USERS = Command(help="make a user", run=_no_users, arguments=_any_email)
