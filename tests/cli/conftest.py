"""What is typed in an empty folder, with a small catalogue of templates."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from apiforge import paths
from apiforge.cli.main import run
from tests.miniature import write_templates


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
