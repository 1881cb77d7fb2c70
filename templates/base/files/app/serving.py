"""`python -m app serve`: uvicorn, as many processes as WORKERS says."""

import sys
from argparse import REMAINDER, ArgumentParser, Namespace
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.component import Command
from app.http import log
from app.http.wire import Protocol
from app.main import create_app

if TYPE_CHECKING:
    from app.settings import Settings


class Workers(Multiprocess):
    """Several workers on one socket; SIGHUP replaces them one after the other."""

    def terminate_all(self) -> None:
        """Asks every worker to stop, and lets go of the socket.

        While the parent holds it, the system would take connections that nobody answers.
        """
        super().terminate_all()
        for socket in self.sockets:
            socket.close()


def serve(settings: "Settings", options: Namespace) -> int:
    """Serves until stopped; requests under way are finished first."""
    log.configure(settings.service.log_level)
    app = create_app(settings)  # what cannot start is refused here, before there are workers
    configuration = _configuration(settings)
    if options.reload or settings.service.workers == 1:
        watched = ["app"] if options.reload else None
        uvicorn.run(**configuration, reload=options.reload, reload_dirs=watched)
    else:
        with ExitStack() as stack:
            for preparation in app.state.before_workers:
                stack.enter_context(preparation())
            config = uvicorn.Config(
                **configuration,
                workers=settings.service.workers,
                # A worker that is silent for this long is replaced; on a busy machine it takes
                # some seconds to start.
                timeout_worker_healthcheck=30,
            )
            Workers(config, sockets=[config.bind_socket()]).run()
    return 0


def _configuration(settings: "Settings") -> dict[str, Any]:
    return {
        "app": "app.main:serve_app",
        "factory": True,
        "http": Protocol,
        "ws": "none",
        "host": settings.service.host,
        "port": settings.service.port,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "timeout_graceful_shutdown": settings.service.shutdown_seconds,
    }


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--reload", action="store_true", help="start again when a file changes")


def _no_users(settings: "Settings", options: Namespace) -> int:
    print("This project has no users: it was made without a log-in.", file=sys.stderr)
    return 1


def _any_email(parser: ArgumentParser) -> None:
    parser.add_argument("email", nargs=REMAINDER)


COMMAND = Command(help="serve the API", run=serve, arguments=_arguments)
NO_USERS = Command(help="make a user", run=_no_users, arguments=_any_email)
