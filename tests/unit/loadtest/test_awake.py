"""What the host of a virtual machine takes from it, and how its processors are kept."""

import os
from pathlib import Path

import psutil
import pytest

from apiforge.loadtest import awake

CALM = "cpu  100 0 100 9000 50 0 0 1 0 0\ncpu0 1 1 1 1\n"
BUSY = "cpu  100 0 100 9000 50 0 0 20 0 0\n"


@pytest.fixture
def stat(tmp_path: Path) -> Path:
    return tmp_path / "stat"


def test_only_work_counts_of_what_the_host_took(stat: Path) -> None:
    stat.write_text(BUSY)

    assert awake.stolen(stat) == (20.0, 220.0)


@pytest.mark.parametrize("text", ["cpu  1 2 3 4\n", "cpu  1 2 3 4 5 6 7\n"])
def test_old_kernel_tells_nothing(stat: Path, text: str) -> None:
    stat.write_text(text)

    assert awake.stolen(stat) == (0.0, 0.0)


def test_system_without_the_file_tells_nothing(stat: Path) -> None:
    assert awake.stolen(stat) == (0.0, 0.0)
    assert not awake.has_busy_host(stat)


def test_share_is_of_the_work_in_between() -> None:
    assert awake.share((10.0, 100.0), (15.0, 200.0)) == 0.05
    assert awake.share((10.0, 100.0), (10.0, 100.0)) == 0.0


@pytest.mark.parametrize(("text", "is_busy"), [(CALM, False), (BUSY, True)])
def test_host_is_busy_that_took_more_than_one_percent(stat: Path, text: str, is_busy: bool) -> None:
    stat.write_text(text)

    assert awake.has_busy_host(stat) is is_busy


def test_each_processor_is_kept_by_a_process_that_takes_nothing_from_others() -> None:
    own = psutil.Process()
    with awake.kept_awake(wanted=True) as is_awake:
        kept = own.children()
        assert is_awake
        assert {os.sched_getscheduler(it.pid) for it in kept} == {os.SCHED_IDLE}
        assert sorted(it.cpu_affinity() for it in kept) == [
            [one] for one in sorted(os.sched_getaffinity(0))
        ]

    assert not own.children()


def test_processors_may_sleep_where_that_is_wanted() -> None:
    with awake.kept_awake(wanted=False) as is_awake:
        assert not is_awake
        assert not psutil.Process().children()


def test_processors_sleep_where_the_system_forbids_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(pid: int, policy: int, param: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", forbid)
    with awake.kept_awake(wanted=True) as is_awake:
        assert not is_awake
        assert not psutil.Process().children()
