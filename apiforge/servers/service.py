"""The project under test, running: installed, migrated, seeded, served on a free port, ended."""

import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from apiforge.catalog.model import Feature
from apiforge.errors import ApiforgeError, TargetUnreachable, UsageError
from apiforge.servers import readiness
from apiforge.servers.directory import throw_away_directory
from apiforge.servers.environment import (
    NO_ADDRESSES,
    fill_secrets,
    read_environment,
    services_of,
    start_servers,
)
from apiforge.servers.ports import LOOPBACK, free_port
from apiforge.servers.process import Command, Process, last_lines, run, start
from apiforge.servers.registry import title_of
from apiforge.servers.subject import EXAMPLE, Subject
from apiforge.servers.usage import bytes_in, children

PORT_ATTEMPTS = 3
# The user that `seed` makes when it is told of one.
GENERATED = ("LOAD_USER_EMAIL", "LOAD_USER_PASSWORD")
# A virtual environment or a `make` around us says nothing about the project's own.
FOREIGN = (
    *("VIRTUAL_ENV", "PYTHONHOME", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"),
    "PYTHONDONTWRITEBYTECODE",  # each of several starts would compile all again
)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningService:
    """Where it answers, and the environment it was started in.

    `servers` are the processes of its private servers, which keep their data in `directory`: there
    were `empty_bytes` in it before the first table. `startup` is how many seconds it took from
    its start until it was ready.
    """

    url: str
    environment: Mapping[str, str]
    python: str
    process: Process
    servers: frozenset[int]
    directory: Path
    empty_bytes: int
    startup: float

    def is_ready(self) -> bool:
        """Does it run, and do all its components answer?"""
        return self.process.exit_code() is None and readiness.is_ready(urlsplit(self.url).port or 0)

    def has_lost_server(self) -> bool:
        """Has one of its private servers ended?"""
        return not self.servers <= children()


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
    subject: Subject,
    features: list[Feature],
    *,
    rows: int,
    log: Path,
    tell: Tell,
    addresses: Mapping[str, str] = NO_ADDRESSES,
) -> Iterator[RunningService]:
    """The project on a throw-away database of `rows` rows, while the context lasts.

    `addresses` are of servers that run already, by the name of the feature that needs one: their
    databases must be empty, and are left as they are then.
    """
    require_make(subject)
    with ExitStack() as running:
        directory = running.enter_context(throw_away_directory())
        private = [feature for feature in features if feature.name not in addresses]
        for name in services_of(private):
            tell(f"starting a private {title_of(name)}")
        before = children()
        servers = start_servers(features, directory, running, addresses=addresses)
        started = frozenset(children() - before)
        empty_bytes = bytes_in(directory)
        environment = _environment(subject, servers)
        bench = Bench(subject=subject, environment=environment, log=log, tell=tell)
        python = _prepare(bench, rows=rows, must_be_empty=bool(addresses))
        process, url, startup = _serve(bench, python)
        with process:
            yield RunningService(
                url=url,
                environment=environment,
                python=python,
                process=process,
                servers=started,
                directory=directory,
                empty_bytes=empty_bytes,
                startup=startup,
            )


def _prepare(bench: Bench, *, rows: int, must_be_empty: bool) -> str:
    """Installs the project, fills its database, and says which interpreter serves it."""
    bench.step("installing its dependencies", "make", "-s", "install")
    python = str(python_of(bench.subject, bench.environment))
    bench.step("migrating the database", python, "-m", "app", "migrate")
    if must_be_empty:
        _require_empty(bench, python)
    bench.step(f"seeding {rows:,} rows", python, "-m", "app", "seed", "--rows", str(rows))
    return python


def _require_empty(bench: Bench, python: str) -> None:
    """Nobody's rows may be mixed with made-up ones: a table that has some gets none by this."""
    since = bench.log.stat().st_size
    bench.step("looking whether it is empty", python, "-m", "app", "seed", "--rows", "1")
    made = re.search(r"^(\d+) rows? made", last_lines(bench.log, since=since), re.MULTILINE)
    tables = len(bench.subject.settings.table("resources").values)
    if made is None or int(made[1]) < tables:
        raise UsageError(
            f"the database that was given to {bench.subject.name} is not empty",
            hint="give an empty one: it is filled with made-up rows, and written to",
        )


def require_make(subject: Subject) -> None:
    """UsageError or ApiforgeError where the project cannot be installed."""
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


def python_of(subject: Subject, environment: Mapping[str, str]) -> Path:
    """The interpreter that `make install` made."""
    return subject.folder / environment.get("VENV", ".venv") / "bin" / "python"


def _serve(bench: Bench, python: str) -> tuple[Process, str, float]:
    """Start it and wait until it is ready; on another port where somebody else was faster.

    The process, its address, and how many seconds it took.
    """
    bench.tell("waiting until it is ready")
    for attempt in range(1, PORT_ATTEMPTS + 1):
        port = free_port()
        begun = bench.note(f"$ PORT={port} {python} -m app serve")
        moment = time.monotonic()
        process = start(bench.command(python, "-m", "app", "serve", PORT=str(port)))
        try:
            if readiness.becomes_ready(process, port):
                return process, f"http://{LOOPBACK}:{port}", time.monotonic() - moment
            code = process.exit_code()
        except BaseException:
            process.stop()
            raise
        process.stop()
        taken = "already in use" in last_lines(bench.log, since=begun).lower()
        if not taken or attempt == PORT_ATTEMPTS:
            break
    ended = f"it ended with exit code {code}"
    never = f"/readyz did not answer 200 within {readiness.READY_WITHIN:.0f} s"
    raise bench.failure(never if code is None else ended, since=begun)
