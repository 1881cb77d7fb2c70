"""Lines of several processes, each with its name."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from apiforge.cli.logs import Logs


def test_whole_new_lines_are_shown_with_their_process(tmp_path: Path) -> None:
    (tmp_path / "api.log").write_text("before\n")
    (tmp_path / "postgresql.log").write_text("")
    shown = StringIO()
    logs = Logs(tmp_path, Console(file=shown, width=200))
    with (tmp_path / "api.log").open("a") as api, (tmp_path / "redis.log").open("w") as redis:
        api.write("one [bold]\nhal")
        redis.write("late\n")
    logs.show()
    with (tmp_path / "api.log").open("a") as api:
        api.write("f\n")
    logs.show()

    assert shown.getvalue().splitlines() == [
        "api        | one [bold]",
        "redis      | late",
        "api        | half",
    ]
