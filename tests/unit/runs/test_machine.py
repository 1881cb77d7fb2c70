"""What the checks look at is real; what they conclude is tested through files made here."""

from pathlib import Path

import pytest

from apiforge.runs.check import Check
from apiforge.runs.machine import (
    check_clock,
    check_cores,
    check_machine,
    check_memory,
    check_ports,
)


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def test_this_machine_is_described() -> None:
    checks = by_name(check_machine())
    assert {"python", "cores", "memory", "open files", "free disk"} <= set(checks)
    assert checks["python"].status == "ok"
    assert int(checks["cores"].found) >= 1


def test_everything_that_is_not_ok_says_what_to_do() -> None:
    assert [check for check in check_machine() if check.status != "ok" and not check.advice] == []


@pytest.mark.parametrize(
    ("range_", "status"),
    [("32768\t60999", "ok"), ("60000\t60999", "limited")],
    ids=["the kernel's own range", "a thousand ports"],
)
def test_few_ephemeral_ports_are_a_limit(tmp_path: Path, range_: str, status: str) -> None:
    file = tmp_path / "ip_local_port_range"
    file.write_text(range_ + "\n")
    assert [check.status for check in check_ports(file)] == [status]


@pytest.mark.parametrize(
    ("clock", "status"), [("tsc", "ok"), ("kvm-clock", "ok"), ("hpet", "limited")]
)
def test_slow_clock_is_a_limit(tmp_path: Path, clock: str, status: str) -> None:
    file = tmp_path / "current_clocksource"
    file.write_text(clock + "\n")
    assert [check.status for check in check_clock(file)] == [status]


@pytest.mark.parametrize(
    ("limit", "status", "found"),
    [("536870912", "limited", "0.5 GiB"), ("1073741824", "limited", "1.0 GiB")],
)
def test_limit_of_a_container_counts_for_memory(
    tmp_path: Path, limit: str, status: str, found: str
) -> None:
    (tmp_path / "memory.max").write_text(limit + "\n")
    check = check_memory(tmp_path / "memory.max")
    assert (check.status, check.found) == (status, found)


def test_quota_of_a_container_counts_for_cores(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    check = check_cores(tmp_path / "cpu.max")
    assert (check.status, check.found) == ("limited", "0.5")


def test_container_without_a_limit_has_the_whole_machine(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert check_cores(tmp_path / "cpu.max") == check_cores(tmp_path / "none")
    assert check_memory(tmp_path / "memory.max") == check_memory(tmp_path / "none")


def test_what_the_kernel_does_not_tell_is_left_out(tmp_path: Path) -> None:
    assert check_ports(tmp_path / "none") == []
    assert check_clock(tmp_path / "none") == []
