"""`apiforge new` as a user types it: stdout, stderr, exit code, and what is on disk."""

import base64
import json
from pathlib import Path

import pytest

from apiforge import paths
from apiforge.cli.main import run
from tests.cli.conftest import Answer, Type, contents, names


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


def test_every_axis_of_ours_has_its_option(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["new", "--help"])

    shown = capsys.readouterr().out
    axes = (paths.templates() / "axes.toml").read_text()
    options = [line.strip("[]") for line in axes.splitlines() if line.startswith("[")]
    assert [axis for axis in options if f"--{axis} " not in shown] == []
