"""The project under test, running: installed, migrated, seeded, served on a free port, ended."""

import http.client
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from apiforge.catalog.model import Feature
from apiforge.errors import ApiforgeError, TargetUnreachable, UsageError
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.environment import (
    fill_secrets,
    read_environment,
    services_of,
    start_servers,
)
from apiforge.servers.ports import LOOPBACK, free_port
from apiforge.servers.process import Command, Process, last_lines, run, start
from apiforge.servers.registry import SERVERS
from apiforge.servers.subject import EXAMPLE, Subject

READY_WITHIN = 60.0
PORT_ATTEMPTS = 3
# The user that `seed` makes when it is told of one.
GENERATED = ("LOAD_USER_EMAIL", "LOAD_USER_PASSWORD")
# A virtual environment or a `make` around us says nothing about the project's own.
FOREIGN = ("VIRTUAL_ENV", "PYTHONHOME", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningService:
    """Where it answers, and the environment it was started in."""

    url: str
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every step of a run shares: the project, its environment, the log, whom to tell."""

    subject: Subject
    environment: Mapping[str, str]
    log: Path
    tell: Tell

    def command(self, *arguments: str, **environment: str) -> Command:
        return Command(
            arguments=arguments,
            directory=self.subject.folder,
            environment={**self.environment, **environment},
            log=self.log,
        )

    def step(self, told: str, *arguments: str) -> None:
        """One command to its end; its output is shown only if it fails."""
        self.tell(told)
        begun = self.note(f"$ {' '.join(arguments)}")
        code = run(self.command(*arguments))
        if code != 0:
            raise self.failure(f"{told} failed with exit code {code}", since=begun)

    def note(self, line: str) -> int:
        """Write a line of ours into the log; where the log goes on after it, in bytes."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        return self.log.stat().st_size

    def failure(self, what: str, *, since: int) -> TargetUnreachable:
        lines = last_lines(self.log, since=since)
        message = f"{self.subject.name} did not start: {what}"
        return TargetUnreachable(
            f"{message}\n{lines}" if lines else message, hint=f"the whole log: {self.log}"
        )


@contextmanager
def run_service(
    subject: Subject, features: list[Feature], *, rows: int, log: Path, tell: Tell
) -> Iterator[RunningService]:
    """The project on a throw-away database of `rows` rows, while the context lasts."""
    _require_make(subject)
    with ExitStack() as running:
        directory = running.enter_context(throw_away_directory())
        for name in services_of(features):
            tell(f"starting a private {SERVERS[name].label if name in SERVERS else name}")
        servers = start_servers(features, directory, running)
        environment = _environment(subject, servers)
        bench = Bench(subject=subject, environment=environment, log=log, tell=tell)
        bench.step("installing its dependencies", "make", "-s", "install")
        python = str(_python(subject, environment))
        bench.step("migrating the database", python, "-m", "app", "migrate")
        bench.step(f"seeding {rows:,} rows", python, "-m", "app", "seed", "--rows", str(rows))
        process, url = _serve(bench, python)
        with process:
            yield RunningService(url=url, environment=environment)


def _require_make(subject: Subject) -> None:
    if not (subject.folder / "Makefile").is_file():
        raise UsageError(
            f"no Makefile in {subject.folder}: its `install` target is needed to start it",
            hint="start the project yourself and give its address with --url",
        )
    if shutil.which("make") is None:
        raise ApiforgeError("`make` is not installed here", hint="Debian: apt-get install make")


def _environment(subject: Subject, servers: Mapping[str, str]) -> dict[str, str]:
    """Ours over the shell's over .env.example: whatever the owner's .env names stays untouched."""
    shell = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    example = fill_secrets(read_environment(subject.folder / EXAMPLE))
    ours = {
        "APP_ENV": "development",
        "LOG_LEVEL": "WARNING",
        "LOAD_USER_EMAIL": "load@example.com",
        "LOAD_USER_PASSWORD": secrets.token_urlsafe(24),
        "HOST": LOOPBACK,
        "PYTHONUNBUFFERED": "1",
    }
    return {**example, **shell, **ours, **servers}


def _python(subject: Subject, environment: Mapping[str, str]) -> Path:
    """The interpreter that `make install` made."""
    return subject.folder / environment.get("VENV", ".venv") / "bin" / "python"


def _serve(bench: Bench, python: str) -> tuple[Process, str]:
    """Start it and wait until it is ready; on another port where somebody else was faster."""
    bench.tell("waiting until it is ready")
    for attempt in range(1, PORT_ATTEMPTS + 1):
        port = free_port()
        begun = bench.note(f"$ PORT={port} {python} -m app serve")
        process = start(bench.command(python, "-m", "app", "serve", PORT=str(port)))
        try:
            if _becomes_ready(process, port):
                return process, f"http://{LOOPBACK}:{port}"
            code = process.exit_code()
        except BaseException:
            process.stop()
            raise
        process.stop()
        taken = "already in use" in last_lines(bench.log, since=begun).lower()
        if not taken or attempt == PORT_ATTEMPTS:
            break
    ended = f"it ended with exit code {code}"
    never = f"/readyz did not answer 200 within {READY_WITHIN:.0f} s"
    raise bench.failure(never if code is None else ended, since=begun)


def _becomes_ready(process: Process, port: int) -> bool:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and process.exit_code() is None:
        # Only ours counts: on a port that was taken, somebody else may answer.
        if _is_ready(port) and process.exit_code() is None:
            return True
        time.sleep(0.05)
    return False


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2.0)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
