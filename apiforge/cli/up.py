"""`apiforge up`: a project on its servers, for development, until Ctrl-C."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apiforge.cli.console import stderr, stdout
from apiforge.cli.running import interruptible
from apiforge.errors import ApiforgeError

if TYPE_CHECKING:
    from apiforge.servers.standing import StandingService, Wishes

LOOK_EVERY = 0.1

Project = Annotated[Path, typer.Argument(metavar="[PROJECT]", help="The project's folder.")]
Port = Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="Where the API answers.")]
Rows = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar="N",
        help="Fill each table up to N made-up rows. [default: 100 the first time, then none]",
        show_default=False,
    ),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Forget what the last run left.")]
Reload = Annotated[
    bool, typer.Option("--reload", help="Start the API again whenever one of its files changes.")
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        envvar="APIFORGE_DATABASE_URL",
        help="Use this database, and start none. It is migrated, and seeded only with --rows.",
        show_default=False,
    ),
]


def up(
    project: Project = Path(),
    port: Port = 8000,
    rows: Rows = None,
    fresh: Fresh = False,
    reload: Reload = False,
    database_url: DatabaseUrl = None,
) -> int:
    """Run a project here on private servers, migrated and seeded, until Ctrl-C.

    Data is kept in the project's .apiforge/servers from one run to the next. Exits 130 once
    interrupted, 1 when the API ends by itself, 5 when it never becomes ready.
    """
    from apiforge.servers.standing import Wishes

    wishes = Wishes(port=port, rows=rows, fresh=fresh, reload=reload, database_url=database_url)
    with interruptible():
        _stay(project, wishes)
    return 1


def _stay(project: Path, wishes: "Wishes") -> None:
    from apiforge import paths
    from apiforge.catalog.load import load_catalog
    from apiforge.cli.logs import Logs
    from apiforge.servers.standing import stand_up
    from apiforge.servers.subject import chosen_features, open_subject

    subject = open_subject(project)
    features = chosen_features(subject, load_catalog([paths.templates()]))
    with stand_up(subject, features, wishes, tell=_tell) as service:
        logs = Logs(service.directory, stdout())
        _introduce(subject.name, service)
        try:
            while (code := service.process.exit_code()) is None:
                logs.show()
                time.sleep(LOOK_EVERY)
        except KeyboardInterrupt:
            stderr().print("stopping ...")
            raise
        logs.show()
        raise ApiforgeError(f"{subject.name} has ended with exit code {code}")


def _tell(step: str) -> None:
    stderr().print(f"{step} ...", highlight=False)


def _introduce(name: str, service: "StandingService") -> None:
    lines = {"docs": f"{service.url}/docs"}
    if service.log_in:
        lines["log in"] = " / ".join(service.log_in)
    lines |= {setting.lower(): value for setting, value in service.servers.items()}
    lines["data"] = f"{service.directory} (kept; --fresh begins anew)"
    width = max(map(len, lines))
    text = "\n".join(f"  {label:<{width}}  {value}" for label, value in lines.items())
    stdout().print(
        f"{name} is up at {service.url}\n{text}\nCtrl-C ends it",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    stdout().file.flush()
