"""The folder of a project's servers: one run at a time, fresh when asked."""

from pathlib import Path

import pytest

from apiforge.catalog.document import Document
from apiforge.errors import ApiforgeError
from apiforge.servers.keeping import keep_data
from apiforge.servers.subject import Subject


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    return Subject(folder=tmp_path, settings=Document(file="", values={}, error=ApiforgeError))


def test_data_stays_and_logs_go(subject: Subject) -> None:
    with keep_data(subject, fresh=False, has_servers=False) as directory:
        (directory / "data").mkdir()
        (directory / "api.log").touch()
    with keep_data(subject, fresh=False, has_servers=False) as directory:
        assert (directory / "data").is_dir()
        assert not (directory / "api.log").exists()


def test_fresh_begins_anew(subject: Subject) -> None:
    with keep_data(subject, fresh=False, has_servers=False) as directory:
        (directory / "data").mkdir()
    with keep_data(subject, fresh=True, has_servers=False) as directory:
        assert not (directory / "data").exists()


def test_second_run_at_once_is_refused(subject: Subject) -> None:
    with (
        keep_data(subject, fresh=False, has_servers=False),
        pytest.raises(ApiforgeError, match="is up already"),
        keep_data(subject, fresh=False, has_servers=False),
    ):
        raise AssertionError("two at once")
