from pathlib import Path

import pytest

from apiforge.errors import TargetUnreachable, UsageError
from apiforge.runs.outputs import Outputs, check_outputs, run_folder


def outputs(*, folder: Path | None = None, **files: str) -> Outputs:
    return Outputs(folder=folder, files=files)


def new_folders(project: Path) -> list[Path]:
    return list((project / ".apiforge" / "runs").glob("*-*"))


def test_nothing_asked_for_is_fine() -> None:
    check_outputs(outputs(json="-"))


def test_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no"):
        check_outputs(outputs(html=str(tmp_path / "none" / "report.html")))


def test_two_documents_on_stdout_are_refused() -> None:
    with pytest.raises(UsageError, match="--json and --junit cannot both go to stdout"):
        check_outputs(outputs(json="-", html="report.html", junit="-"))


def test_run_without_a_result_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), run_folder(outputs(), tmp_path) as folder:
        (folder / "service.log").write_text("installing")
        raise KeyboardInterrupt
    assert new_folders(tmp_path) == []


def test_interrupt_after_the_result_keeps_it(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), run_folder(outputs(), tmp_path) as folder:
        (folder / "result.json").write_text("{}")
        raise KeyboardInterrupt
    assert new_folders(tmp_path) == [folder]


@pytest.mark.parametrize("name", ["service.log", "service-b.log"])
def test_log_of_a_project_that_did_not_start_is_kept(tmp_path: Path, name: str) -> None:
    with pytest.raises(TargetUnreachable), run_folder(outputs(), tmp_path) as folder:
        (folder / name).write_text("last words")
        raise TargetUnreachable("it did not start")
    assert (folder / name).read_text() == "last words"


def test_server_that_is_not_there_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(TargetUnreachable), run_folder(outputs(), tmp_path):
        raise TargetUnreachable("nothing answers")
    assert new_folders(tmp_path) == []


def test_given_folder_is_made_and_never_removed(tmp_path: Path) -> None:
    given = outputs(folder=tmp_path / "results" / "first")
    with pytest.raises(KeyboardInterrupt), run_folder(given, None):
        raise KeyboardInterrupt
    assert (tmp_path / "results" / "first").is_dir()


def test_given_folder_loses_the_log_of_an_earlier_run(tmp_path: Path) -> None:
    (tmp_path / "service.log").write_text("of yesterday")
    with run_folder(outputs(folder=tmp_path), None) as folder:
        assert list(folder.iterdir()) == []


def test_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    given = outputs(folder=tmp_path / "file" / "run")
    with pytest.raises(UsageError, match="Not a directory"), run_folder(given, None):
        raise AssertionError("it was made")
