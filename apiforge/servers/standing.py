"""A project that is up for development: on private servers whose data outlives the run."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from apiforge.catalog.model import Feature
from apiforge.errors import ApiforgeError, UsageError
from apiforge.servers.environment import (
    fill_secrets,
    parse_environment,
    read_environment,
    runs_in_container,
    services_of,
    start_servers,
)
from apiforge.servers.keeping import keep_data
from apiforge.servers.ports import LOOPBACK, is_answering
from apiforge.servers.process import Process, start
from apiforge.servers.readiness import becomes_ready
from apiforge.servers.registry import SERVERS
from apiforge.servers.service import FOREIGN, Bench, Tell, python_of, require_make
from apiforge.servers.subject import EXAMPLE, Subject

SECRETS = "secrets.env"
SEEDED = "seeded"
SERVICE = "api"
EMAIL = "dev@example.com"
FIRST_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How it is to be. `rows` None: some, the first time; `database_url`: its own server."""

    port: int
    rows: int | None
    fresh: bool
    reload: bool
    database_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingService:
    """Where it answers; `log_in` are e-mail and password where it has users.

    Every `*.log` in `directory` is of one of its processes, by that name.
    """

    url: str
    process: Process
    directory: Path
    servers: Mapping[str, str]
    log_in: tuple[str, str] | None


@contextmanager
def stand_up(
    subject: Subject, features: list[Feature], wishes: Wishes, *, tell: Tell
) -> Iterator[StandingService]:
    """The project, migrated and seeded, while the context lasts; its data stays for the next."""
    require_make(subject)
    if is_answering(LOOPBACK, wishes.port):
        raise ApiforgeError(
            f"something listens at port {wishes.port} already", hint="choose another with --port"
        )
    with ExitStack() as running:
        addresses = _addresses(features, wishes)
        names = services_of([one for one in features if one.name not in addresses])
        directory = running.enter_context(
            keep_data(subject, fresh=wishes.fresh, has_servers=bool(names))
        )
        for name in names:
            tell(f"starting a private {SERVERS[name].label if name in SERVERS else name}")
        servers = start_servers(features, directory, running, addresses=addresses)
        environment = _environment(subject, directory, servers)
        bench = Bench(
            subject=subject, environment=environment, log=directory / f"{SERVICE}.log", tell=tell
        )
        if any(runs_in_container(one) for one in features if one.name not in addresses):
            (directory / SEEDED).unlink(missing_ok=True)  # its data went with the container
        python = _prepare(bench, directory, wishes)
        process = running.enter_context(_served(bench, python, wishes))
        has_users = any(feature.login for feature in features)
        yield StandingService(
            url=f"http://{LOOPBACK}:{wishes.port}",
            process=process,
            directory=directory,
            servers=servers,
            log_in=(EMAIL, environment["LOAD_USER_PASSWORD"]) if has_users else None,
        )


def _addresses(features: list[Feature], wishes: Wishes) -> dict[str, str]:
    """Of the servers that run already, by feature."""
    if not wishes.database_url:
        return {}
    database = next(one for one in features if one.axis == "database" and one.throwaway)
    if not services_of([database]):
        raise UsageError(
            f"--database-url is for a database with a server, not {database.value}",
            hint="leave it out: the data is kept in a file of the project",
        )
    return {database.name: wishes.database_url}


def _prepare(bench: Bench, directory: Path, wishes: Wishes) -> str:
    """Install, migrate, seed; the interpreter of the project."""
    bench.step("installing its dependencies", "make", "-s", "install")
    python = str(python_of(bench.subject, bench.environment))
    bench.step("migrating the database", python, "-m", "app", "migrate")
    is_new = not wishes.database_url and not (directory / SEEDED).exists()
    rows = FIRST_ROWS if wishes.rows is None and is_new else wishes.rows
    if rows is not None:
        bench.step(f"seeding {rows:,} rows", python, "-m", "app", "seed", "--rows", str(rows))
    if is_new:
        (directory / SEEDED).touch()
    return python


def _environment(subject: Subject, directory: Path, servers: Mapping[str, str]) -> dict[str, str]:
    """The servers' addresses over the shell over the project's .env over .env.example."""
    example = read_environment(subject.folder / EXAMPLE)
    own = read_environment(subject.folder / ".env")
    shell = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    secret = [name for name, value in example.items() if not value]
    ours = {
        "APP_ENV": "development",
        "HOST": LOOPBACK,
        "LOAD_USER_EMAIL": EMAIL,
        "PYTHONUNBUFFERED": "1",
    }
    kept = _kept_secrets(directory / SECRETS, [*secret, "LOAD_USER_PASSWORD"])
    stated = {name: value for name, value in own.items() if value}
    user = {"LOAD_USER_PASSWORD": kept["LOAD_USER_PASSWORD"]}
    return {**example, **kept, **stated, **shell, **ours, **user, **servers}


def _kept_secrets(file: Path, names: list[str]) -> dict[str, str]:
    """The same ones in every run: what was signed yesterday is valid today."""
    known = parse_environment(file.read_text()) if file.is_file() else {}
    whole = fill_secrets({name: known.get(name, "") for name in dict.fromkeys((*known, *names))})
    file.touch(mode=0o600)
    file.write_text("".join(f'{name}="{value}"\n' for name, value in whole.items()))
    return whole


@contextmanager
def _served(bench: Bench, python: str, wishes: Wishes) -> Iterator[Process]:
    bench.tell("waiting until it is ready")
    options = ["--reload"] if wishes.reload else []
    begun = bench.note(f"$ {python} -m app serve {' '.join(options)}")
    command = bench.command(python, "-m", "app", "serve", *options, PORT=str(wishes.port))
    with start(command) as process:
        if not becomes_ready(process, wishes.port):
            code = process.exit_code()
            never = "/readyz never answered 200" if code is None else f"it ended with {code}"
            raise bench.failure(never, since=begun)
        yield process
