"""`apiforge new` as a user types it: stdout, stderr, exit code, and what is on disk."""

import base64
import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from apiforge import paths
from apiforge.cli.main import run
from apiforge.project import disk
from tests.miniature import write_templates

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a user sees, with temporary paths replaced."""

    code: int
    out: str
    err: str


Type = Callable[..., Answer]


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = write_templates(tmp_path / "templates")
    monkeypatch.setattr(paths, "templates", lambda: root)
    return root


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to stand in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def type_in(
    templates: Path, here: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Type:
    def type_in(*arguments: str) -> Answer:
        code = run(arguments)
        out, err = (text.replace(str(tmp_path), "[TMP]") for text in capsys.readouterr())
        return Answer(code=code, out=out, err=err)

    return type_in


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_project_is_made(type_in: Type, here: Path) -> None:
    answer = type_in("new", "shop", "--yes")

    assert answer == Answer(
        code=0,
        out=(
            "made shop: 38 files in shop\n"
            "  database   sqlite\n"
            "  cache      memory\n"
            "  auth       jwt\n"
            "  deploy     compose\n"
            "  resources  category, product\n"
            "next:\n"
            "  cd shop\n"
            "  make run\n"
            "  make test\n"
            "  make load\n"
        ),
        err="",
    )
    assert names(here) == ["shop"]


def test_choices_and_next_steps_are_shown(type_in: Type) -> None:
    answer = type_in(
        *("new", "my-shop", "--directory", "a b/c", "--database", "postgresql"),
        *(
            "--auth",
            "none",
            "--deploy",
            "none",
            "--cache",
            "none",
            "--resource",
            "person: name:text",
        ),
    )

    assert answer.out == (
        "made my-shop: 30 files in a b/c\n"
        "  database   postgresql\n"
        "  cache      none\n"
        "  auth       none\n"
        "  deploy     none\n"
        "  resources  person\n"
        "next:\n"
        "  cd 'a b/c'\n"
        "  make run\n"
        "  make test\n"
        "  make load\n"
        "  docker compose up -d postgresql\n"
    )


def test_the_current_directory_can_be_taken(type_in: Type, here: Path) -> None:
    answer = type_in("new", "shop", "--directory", ".")

    assert answer.code == 0
    assert "  cd [TMP]/here\n" in answer.out
    assert "apiforge.toml" in names(here)


def test_the_same_choices_give_the_same_bytes(type_in: Type, here: Path) -> None:
    type_in("new", "shop", "--directory", "one")
    type_in("new", "shop", "--directory", "two")

    one, two = contents(here / "one"), contents(here / "two")
    assert one.pop(".env") != two.pop(".env")
    assert one == two


def test_secrets_are_in_a_private_file_only(type_in: Type, here: Path) -> None:
    type_in("new", "shop")

    found = contents(here / "shop")
    lines = found.pop(".env").decode().splitlines()
    (secret,) = (line.partition("=")[2] for line in lines if line.startswith("JWT_SIGNING_KEY="))
    assert len(base64.urlsafe_b64decode(secret)) == 32
    assert [path for path, content in found.items() if secret.encode() in content] == []
    assert (here / "shop/.env").stat().st_mode & 0o777 == 0o600


def test_a_specification_makes_the_same_project(type_in: Type, here: Path) -> None:
    type_in("new", "shop", "--database", "postgresql", "--peak-rate", "70", "--auth", "none")

    answer = type_in("new", "shop", "--spec", "shop/apiforge.toml", "--directory", "other")

    assert answer.code == 0
    one, other = contents(here / "shop"), contents(here / "other")
    assert one.pop(".env") != other.pop(".env")
    assert one == other


def test_flags_win_over_the_specification(type_in: Type, here: Path) -> None:
    Path("spec.toml").write_text('[choices]\ndatabase = "postgresql"\ncache = "none"\n')

    answer = type_in("new", "shop", "--spec", "spec.toml", "--database", "sqlite")

    assert "  database   sqlite\n  cache      none\n" in answer.out


def test_a_dry_run_lists_and_writes_nothing(type_in: Type, here: Path) -> None:
    listed = type_in("new", "shop", "--dry-run")

    assert (listed.code, listed.err) == (0, "")
    assert names(here) == []
    type_in("new", "shop")
    assert listed.out.splitlines() == sorted(contents(here / "shop"))


@pytest.mark.parametrize("dry_run", [False, True])
def test_json_is_one_document(type_in: Type, here: Path, dry_run: bool) -> None:
    answer = type_in("new", "shop", "--json", *(["--dry-run"] if dry_run else []))

    document = json.loads(answer.out)
    assert (answer.code, answer.err) == (0, "")
    assert len(document.pop("files")) == 38
    assert document.pop("resources")["category"] == {
        "name": "string(60)!",
        "description": "text?",
    }
    assert document == {
        "schema": "apiforge.new/1",
        "name": "shop",
        "directory": "[TMP]/here/shop",
        "written": not dry_run,
        "choices": {
            "database": ["sqlite"],
            "cache": ["memory"],
            "auth": ["jwt"],
            "deploy": ["compose"],
        },
        "untested": [],
        "next_steps": ["cd shop", "make run", "make test", "make load"],
    }
    assert names(here) == ([] if dry_run else ["shop"])


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


def test_every_axis_of_ours_has_its_option(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["new", "--help"])

    shown = capsys.readouterr().out
    axes = (paths.templates() / "axes.toml").read_text()
    options = [line.strip("[]") for line in axes.splitlines() if line.startswith("[")]
    assert [axis for axis in options if f"--{axis} " not in shown] == []
