"""Opens somebody's own locustfile, or says in one line what is wrong with it."""

import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import locust
from locust import LoadTestShape, User
from locust.argument_parser import get_parser
from locust.env import Environment
from locust.util.load_locustfile import load_locustfile
from prepare import CannotStart

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Locustfile:
    """Its users and where they live; `test_start` was told already, before the clock starts."""

    path: str
    environment: Environment


def open_locustfile(subject: dict[str, Any]) -> Locustfile:
    """Imports it and lets it prepare itself as Locust would. Raises CannotStart."""
    path = os.path.abspath(subject["locustfile"])
    _step_aside()
    try:
        users, shapes = load_locustfile(path)
        _check(subject["locustfile"], users, shapes)
        options = get_parser(default_config_files=[]).parse_args(["--host", subject["base_url"]])
        options.headless = True
        environment = Environment(
            locustfile=os.path.basename(path),
            user_classes=list(users.values()),
            events=locust.events,
            host=subject["base_url"],
            parsed_options=options,
        )
        runner = environment.create_local_runner()
        runner.worker_index, runner.worker_count = subject["worker"], subject["workers"]
        for user_class in environment.user_classes:
            user_class.host = environment.host
        environment.events.init.fire(environment=environment, runner=runner, web_ui=None)
        environment.events.test_start.fire(environment=environment)
    except CannotStart:
        raise
    except (Exception, SystemExit) as error:
        raise CannotStart("locustfile", _told(path, subject["locustfile"], error)) from error
    return Locustfile(path, environment)


def _step_aside() -> None:
    """Its own modules may well be called `client` or `users`, as ours are."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and file and Path(file).parent == _HERE:
            del sys.modules[name]
    sys.path[:] = [folder for folder in sys.path if Path(folder or ".").resolve() != _HERE]


def _check(path: str, users: dict[str, type[User]], shapes: list[LoadTestShape]) -> None:
    if shapes:
        name = type(shapes[0]).__name__
        raise CannotStart(
            "locustfile",
            f"{path}: the class {name} shapes the load by itself, but what is judged is a window "
            "planned beforehand; set `abstract = True` in it, and say the load with --users, "
            "--spawn-rate and --duration",
        )
    if not users:
        raise CannotStart("locustfile", f"{path}: it has no class of users: no HttpUser, no User")
    idle = [name for name, user in users.items() if not user.tasks]
    if idle:
        raise CannotStart("locustfile", f"{path}: the users of class {idle[0]} have no @task")


def _told(path: str, shown: str, error: BaseException) -> str:
    """Where it went wrong, as far as that is in its own folder, and what."""
    name = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_short(error.filename, path, shown)}:{error.lineno}: {name}: {error.msg}"
    frames = traceback.extract_tb(error.__traceback__)
    folder = os.path.dirname(path)
    own = [frame for frame in frames if frame.filename.startswith(folder + os.sep)]
    what = f"{name}: {error}".replace("\n", " ")
    if not own:
        return f"{shown}: {what}"
    return f"{_short(own[-1].filename, path, shown)}:{own[-1].lineno}: {what}"


def _short(file: str, path: str, shown: str) -> str:
    return shown if file == path else os.path.relpath(file)


def place_of(error: BaseException, path: str) -> str:
    """Which line of the locustfile, or of one beside it, an error came through."""
    trace: TracebackType | None = error.__traceback__
    folder = os.path.dirname(path) + os.sep
    frames = [one for one in traceback.extract_tb(trace) if one.filename.startswith(folder)]
    return f" ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""
