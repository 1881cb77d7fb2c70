"""`apiforge new` on a terminal, as somebody sees it: a real pseudo-terminal, and its screen."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.screen import SECONDS, Screen

UP, DOWN, ENTER, CTRL_C, CTRL_D, CTRL_U = "\x1b[A", "\x1b[B", "\r", "\x03", "\x04", "\x15"
MENU = "enter takes"
REQUIREMENTS = shlex.split(
    "--expected-users 10000 --peak-rate 50 --read-share 0.9 --growth 2 --availability 99.9%"
)
CHOICES = shlex.split("--database sqlite --cache memory --auth jwt --monitoring none --deploy none")
RESOURCES = ["--resource", "thing: name:string"]
Start = Callable[..., Screen]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `apiforge new` with these arguments in an empty directory."""
    started: list[Screen] = []

    def start(*arguments: str, columns: int = 100, **variables: str) -> Screen:
        started.append(Screen(tmp_path, list(arguments), columns, **variables))
        return started[-1]

    yield start
    for screen in started:
        screen.close()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the one of secrets."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".env"
    }


def repeated(screen: Screen, folder: Path) -> dict[str, bytes]:
    """The project that the command shown at the end makes, without a terminal."""
    command = screen.raw.partition("the same without questions:")[2]
    words = shlex.split(command.partition("apiforge new ")[2].replace("\x1b[0m", ""))
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-m", "apiforge", "new", *words],
        cwd=folder,
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    return contents(folder / words[0])


def test_arrow_keys_make_a_project_and_its_command_the_same(start: Start, tmp_path: Path) -> None:
    screen = start("shop")

    screen.answer("What is it for? > product", DOWN, ENTER)
    screen.answer("How many people will use it? [500]", "1,200", ENTER)
    screen.answer("How many requests per second at the peak? [6]", "12.5", ENTER)
    screen.answer("How many of the requests only read? [90%]", "85%", ENTER)
    screen.answer("How many times as much load a year from now? [1.2x]", ENTER)
    screen.answer("How much of the time must it be there?", UP, ENTER)
    screen.answer("sqlite: bears 15 requests/s, 2.25 of them writes", DOWN, ENTER)
    screen.answer("Where are answers cached? memory: with 1 replica", ENTER)
    screen.answer("[x] jwt", ENTER)
    screen.answer("[x] prometheus", DOWN, UP, " ", UP, " ", ENTER)
    screen.answer("What runs the service?", ENTER)
    screen.answer("resource>", 'it: name:string(9)! note:text?="a b"', ENTER)
    screen.answer("it: 2 fields, at /api/v1/its resource>", ENTER)
    screen.answer("Is it right?", ENTER)

    assert screen.end() == 0
    made = contents(tmp_path / "shop")
    stated = made["apiforge.toml"].decode()
    assert 'database = "postgresql"' in stated
    assert 'monitoring = ["none"]' in stated
    assert "expected_users = 1200 " in stated
    assert "peak_rate = 12.5 " in stated
    assert "read_share = 0.85 " in stated
    assert 'availability = "99%"' in stated
    assert "note = " in stated
    assert repeated(screen, tmp_path / "again") == made


def test_a_wrong_resource_is_said_at_once_and_corrected(start: Start, tmp_path: Path) -> None:
    screen = start("shop", *REQUIREMENTS, *CHOICES)

    screen.answer("resource>", "book: price:money", ENTER)
    screen.see(
        "error: resource 'book': field 'price': no type called 'money'",
        "hint: did you mean decimal?",
        "resource> book: price:money",
    )
    screen.press("\x7f" * 5, "decimal(8,2) by:ref(author)", ENTER)
    screen.answer("book: 2 fields, at /api/v1/books", ENTER)
    screen.answer("field 'by' refers to 'author', which is no resource", "author: name:text", ENTER)
    screen.answer("author: 1 field, at /api/v1/authors", ENTER)
    screen.answer("resources book, author", ENTER)

    assert screen.end() == 0
    assert repeated(screen, tmp_path / "again") == contents(tmp_path / "shop")


def test_a_contradiction_is_warned_of_and_can_be_mended(start: Start, tmp_path: Path) -> None:
    screen = start("shop", "--peak-rate", "3000", *REQUIREMENTS[:2], *REQUIREMENTS[4:],
                   *CHOICES[2:], *RESOURCES)  # fmt: skip
    screen.answer("postgresql: sqlite serves 1 replica; 6,000 requests/s", UP, ENTER)
    screen.see(
        "warning: database: sqlite bears about 500 writes/s; a year from now 600 come; "
        "postgresql bears it",
        "warning: cache: memory serves 1 replica;",
    )
    screen.answer("Is it right?", DOWN, ENTER)
    screen.answer("Change what? > database", ENTER)
    screen.answer("> postgresql", ENTER)
    screen.answer("database postgresql", ENTER)

    assert screen.end() == 0
    assert 'database = "postgresql"' in (tmp_path / "shop/apiforge.toml").read_text()


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize(
    ("flags", "sign", "term"),
    [
        pytest.param([], MENU, "xterm", id="menu"),
        pytest.param([*REQUIREMENTS, *CHOICES], "resource>", "xterm", id="line"),
        pytest.param([*REQUIREMENTS, *CHOICES], "resource>", "dumb", id="plain"),
    ],
)
def test_leaving_writes_nothing(
    start: Start, tmp_path: Path, flags: list[str], sign: str, term: str, key: str
) -> None:
    screen = start("shop", *flags, TERM=term)

    screen.see(sign)

    assert screen.leave(key) == 130
    assert screen.lines[-1] == "nothing was written"
    assert list(tmp_path.iterdir()) == []


def test_refusing_the_summary_writes_nothing(start: Start, tmp_path: Path) -> None:
    screen = start("shop", *REQUIREMENTS, *CHOICES[2:], *RESOURCES)

    screen.answer("sqlite: bears 100 requests/s", ENTER)
    screen.answer("Is it right?", UP, ENTER)

    assert screen.end() == 130
    assert list(tmp_path.iterdir()) == []


def test_a_narrow_window_breaks_no_word(start: Start) -> None:
    screen = start("shop", *REQUIREMENTS[4:], "--peak-rate", "3000", columns=40)

    screen.answer("What is it for? > product", ENTER)
    screen.answer("How many people will use it? [10,000]", ENTER)
    screen.see("Where is the data kept?", MENU)
    begin = screen.lines.index("? Where is the data kept?")
    assert screen.lines[begin + 1 : begin + 9] == [
        "  postgresql: sqlite serves 1 replica;",
        "  6,000 requests/s, a year from now,",
        "  need 12",
        "  sqlite      SQLite: a file, and",
        "              nothing to install; one",
        "              machine",
        "> postgresql  PostgreSQL: a server, for",
        "              many workers and machines",
    ]
    assert screen.lines[-1] == "  arrows move, enter takes"


def test_a_dumb_terminal_gets_numbers(start: Start, tmp_path: Path) -> None:
    screen = start("shop", *REQUIREMENTS[2:], *CHOICES[4:6], *CHOICES[8:], TERM="dumb")

    screen.answer("number or name [1]>", "internal", ENTER)
    screen.answer("[500]", "many", ENTER)
    screen.answer("'many' is no number", ENTER)
    screen.answer("Where is the data kept?", "7", ENTER)
    screen.answer("'7' is none of these", "2", ENTER)
    screen.answer("Where are answers cached?", ENTER)
    screen.answer("numbers or names [1]>", "none, prometheus", ENTER)
    screen.answer("monitoring cannot be none and prometheus at once", "1", ENTER)
    screen.answer("resource>", ENTER)
    screen.answer("Is it right?", "1", ENTER)

    assert screen.end() == 0
    assert "\x1b" not in screen.raw
    assert repeated(screen, tmp_path / "again") == contents(tmp_path / "shop")


def test_no_colour_is_shown_where_none_is_wanted(start: Start) -> None:
    screen = start("shop", *REQUIREMENTS, NO_COLOR="1")

    screen.see("Where is the data kept?", MENU)

    assert re.search(r"\x1b\[[0-9;]*3[0-9](;[0-9]+)*m", screen.raw) is None


def test_what_is_all_said_is_not_asked(start: Start, tmp_path: Path) -> None:
    screen = start("shop", *REQUIREMENTS, *CHOICES, *RESOURCES)

    assert screen.end() == 0
    assert screen.lines[0].startswith("made shop: ")


def test_yes_asks_nothing(start: Start) -> None:
    screen = start("shop", "--yes")

    assert screen.end() == 0
    assert screen.lines[0].startswith("made shop: ")


def test_what_cannot_be_made_is_said_before_the_first_question(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/mine").touch()

    screen = start("shop")

    assert screen.end() == 2
    assert screen.lines[0] == "error: shop already exists and is not empty"


def test_nothing_waits_without_a_terminal(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "apiforge", "new", "shop"]

    # Somebody could type, but would not see what is asked.
    done = subprocess.run(
        command, cwd=tmp_path, stdin=theirs, capture_output=True, text=True, timeout=SECONDS
    )

    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("made shop: ")
