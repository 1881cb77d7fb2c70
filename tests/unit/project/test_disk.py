"""Writing a folder whole or not at all."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apiforge.errors import ApiforgeError, UsageError
from apiforge.project.disk import Entry, check_target, write_whole

ENTRIES = (
    Entry(path="a.txt", content=b"a"),
    Entry(path="deep/er/b.sh", content=b"b", mode=0o755),
    Entry(path=".env", content=b"c", mode=0o600),
)
KILLED_HALF_WAY = """
import os, signal, sys
from pathlib import Path
from apiforge.project.disk import Entry, write_whole

def entries():
    yield Entry(path="a.txt", content=b"a")
    os.kill(os.getpid(), signal.{signal})
    yield Entry(path="b.txt", content=b"b")

write_whole(Path(sys.argv[1]), entries())
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def killed_half_way(folder: Path, name: str) -> int:
    code = KILLED_HALF_WAY.format(signal=name)
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=False, stderr=-3)
    return done.returncode


def failing(error: BaseException) -> Iterator[Entry]:
    yield from ENTRIES
    raise error


def test_everything_is_written(tmp_path: Path) -> None:
    write_whole(tmp_path / "shop", ENTRIES)

    assert names(tmp_path) == ["shop"]
    assert (tmp_path / "shop/deep/er/b.sh").read_bytes() == b"b"
    assert os.access(tmp_path / "shop/deep/er/b.sh", os.X_OK)
    assert (tmp_path / "shop/.env").stat().st_mode & 0o777 == 0o600


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()

    write_whole(tmp_path / "shop", ENTRIES)

    assert names(tmp_path) == ["shop"]
    assert names(tmp_path / "shop") == [".env", "a.txt", "deep"]


def test_missing_parents_are_made(tmp_path: Path) -> None:
    write_whole(tmp_path / "one" / "two" / "shop", ENTRIES)

    assert names(tmp_path) == ["one"]
    assert names(tmp_path / "one/two/shop") == [".env", "a.txt", "deep"]


def test_a_link_to_an_empty_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "shop").symlink_to("real")

    write_whole(tmp_path / "shop", ENTRIES)

    assert names(tmp_path / "real") == [".env", "a.txt", "deep"]
    assert (tmp_path / "shop").is_symlink()


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    write_whole(tmp_path / ("ö" * 127), ENTRIES)

    assert names(tmp_path) == ["ö" * 127]


def test_what_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "mine.txt").write_text("mine")

    with pytest.raises(UsageError, match="already exists and is not empty"):
        write_whole(tmp_path / "shop", ENTRIES)

    assert names(tmp_path) == ["shop"]
    assert names(tmp_path / "shop") == ["mine.txt"]


@pytest.mark.parametrize("place", ["file", "file/shop"])
def test_a_file_in_the_way_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(UsageError, match="file is not a directory"):
        check_target(tmp_path / place)


def test_a_folder_that_appears_meanwhile_is_not_touched(tmp_path: Path) -> None:
    def entries() -> Iterator[Entry]:
        yield from ENTRIES
        (tmp_path / "shop").mkdir()
        (tmp_path / "shop" / "mine.txt").write_text("mine")

    with pytest.raises(UsageError, match="appeared while"):
        write_whole(tmp_path / "shop", entries())

    assert names(tmp_path) == ["shop"]
    assert names(tmp_path / "shop") == ["mine.txt"]


@pytest.mark.parametrize(
    "place", [pytest.param("shop", id="folder"), pytest.param("one/shop", id="missing parent")]
)
def test_a_full_disk_leaves_nothing(tmp_path: Path, place: str) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ApiforgeError) as caught:
        write_whole(tmp_path / place, failing(full))

    assert caught.value.exit_code == 1
    assert "No space left on device" in caught.value.message
    assert caught.value.hint == "nothing was written; make room and try again"
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("a bug")])
def test_any_failure_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        write_whole(tmp_path / "shop", failing(error))

    assert names(tmp_path) == []


def test_an_interrupted_process_leaves_nothing(tmp_path: Path) -> None:
    assert killed_half_way(tmp_path / "shop", "SIGINT") != 0

    assert names(tmp_path) == []


def test_a_killed_process_leaves_no_project(tmp_path: Path) -> None:
    assert killed_half_way(tmp_path / "shop", "SIGKILL") == -signal.SIGKILL

    assert not (tmp_path / "shop").exists()


def test_what_a_killed_process_left_goes_next_time(tmp_path: Path) -> None:
    killed_half_way(tmp_path / "shop", "SIGKILL")

    write_whole(tmp_path / "shop", ENTRIES)

    assert names(tmp_path) == ["shop"]


def test_what_a_living_process_writes_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / f".shop.apiforge-{os.getppid()}"
    other.mkdir()

    write_whole(tmp_path / "shop", ENTRIES)

    assert names(tmp_path) == [other.name, "shop"]
