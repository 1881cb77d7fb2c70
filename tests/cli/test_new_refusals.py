"""What `apiforge new` refuses, or cannot do: in one line, with nothing left behind."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from apiforge.project import disk
from tests.cli.conftest import Answer, Type, contents, names

KILLED_HALF_WAY = """
import os, signal, sys
from pathlib import Path
from apiforge import paths
from apiforge.cli.main import run
from apiforge.project import disk

def killed(path, content):
    os.kill(os.getpid(), signal.SIGKILL)

paths.templates = lambda: Path(sys.argv[1])
disk.os.rename = killed
run(["new", "shop"])
"""


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        pytest.param(
            ["bad name"],
            "'bad name' cannot be the name of a project",
            "use letters, digits, - and _, starting with a letter, at most 63",
            id="name",
        ),
        pytest.param(
            ["shop", "--database", "mysqll"],
            "no database called 'mysqll'",
            "choose one of: sqlite, postgresql",
            id="unknown value",
        ),
        pytest.param(
            ["shop", "--cache", "memry"],
            "no cache called 'memry'",
            "did you mean memory? choose one of: memory, none",
            id="near miss",
        ),
        pytest.param(
            ["shop", "--database", "sqlite", "--database", "postgresql"],
            "database takes one value, not sqlite and postgresql",
            "choose one of: sqlite, postgresql",
            id="two values where one is taken",
        ),
        pytest.param(
            ["shop", "--auth", "none", "--auth", "jwt"],
            "auth cannot be none and jwt at once",
            "leave out auth none, or jwt",
            id="none and another",
        ),
        pytest.param(
            ["shop", "--monitoring", "prometheus"],
            "no axis called 'monitoring'",
            "choose one of: database, cache, auth, deploy",
            id="axis that these templates lack",
        ),
        pytest.param(
            ["shop", "--resource", "thing: cost:money"],
            "resource 'thing': field 'cost': no type called 'money'",
            "did you mean decimal? choose one of: string, text, integer, bigint, float, decimal, "
            "boolean, date, datetime, uuid, json, email, url, enum, ref",
            id="field type",
        ),
        pytest.param(
            ["shop", "--spec", "missing.toml"],
            "cannot read missing.toml: No such file or directory",
            None,
            id="missing specification",
        ),
        pytest.param(
            ["shop", "--peak-rate", "0"], "--peak-rate 0 must be above 0", None, id="rate"
        ),
        pytest.param(
            ["shop", "--expected-users", "0"],
            "--expected-users 0 must be at least 1",
            None,
            id="users",
        ),
        pytest.param([], "missing argument 'NAME'", "see apiforge new --help", id="no name"),
        pytest.param(
            ["shop", "--databse", "x"],
            "no such option: --databse (Possible options: --database)",
            "see apiforge new --help",
            id="unknown option",
        ),
    ],
)
def test_wrong_usage_is_one_line_and_a_hint(
    type_in: Type, here: Path, arguments: list[str], error: str, hint: str | None
) -> None:
    answer = type_in("new", *arguments)

    shown = f"error: {error}\n" + (f"hint: {hint}\n" if hint else "")
    assert answer == Answer(code=2, out="", err=shown)
    assert names(here) == []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("[chioces]", "unknown key 'chioces'", id="key"),
        pytest.param('[choices]\ndatabase = "mysqll"', "no database called 'mysqll'", id="value"),
        pytest.param('[loadtest]\ntargets = ["p95<fast"]', "loadtest.targets: ", id="target"),
    ],
)
def test_a_wrong_specification_is_refused(type_in: Type, here: Path, text: str, error: str) -> None:
    Path("spec.toml").write_text(text)

    answer = type_in("new", "shop", "--spec", "spec.toml")

    assert answer.code == 2
    assert error in answer.err
    assert names(here) == ["spec.toml"]


def test_a_folder_with_something_in_it_is_not_touched(type_in: Type, here: Path) -> None:
    Path("shop").mkdir()
    Path("shop/mine.txt").write_text("mine")

    answer = type_in("new", "shop")

    assert answer == Answer(
        code=2,
        out="",
        err=(
            "error: shop already exists and is not empty\n"
            "hint: choose another place with --directory, or remove what is there\n"
        ),
    )
    assert contents(here) == {"shop/mine.txt": b"mine"}


def test_a_full_disk_leaves_nothing(
    type_in: Type, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: object, target: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(disk.os, "rename", full)
    answer = type_in("new", "shop")

    assert answer == Answer(
        code=1,
        out="",
        err=(
            "error: cannot write [TMP]/here/shop: No space left on device\n"
            "hint: nothing was written; make room and try again\n"
        ),
    )
    assert names(here) == []


def test_a_killed_process_leaves_no_project(type_in: Type, templates: Path, here: Path) -> None:
    command = [sys.executable, "-c", KILLED_HALF_WAY, str(templates)]

    done = subprocess.run(command, cwd=here, check=False)

    assert done.returncode == -signal.SIGKILL
    assert not (here / "shop").exists()
    assert type_in("new", "shop").code == 0
    assert names(here) == ["shop"]


def test_a_contradiction_in_the_templates_is_ours(type_in: Type, templates: Path) -> None:
    (templates / "features/cache/memory/files/README.md").write_text("")

    answer = type_in("new", "shop")

    assert answer == Answer(
        code=1,
        out="",
        err="error: README.md comes from both cache/memory and the writer of readme\n",
    )


def test_debug_shows_where_an_error_came_from(type_in: Type) -> None:
    answer = type_in("--debug", "new", "shop", "--database", "x")

    assert answer.code == 2
    assert answer.err.startswith("Traceback ")
    assert answer.err.endswith(
        "error: no database called 'x'\nhint: choose one of: sqlite, postgresql\n"
    )
