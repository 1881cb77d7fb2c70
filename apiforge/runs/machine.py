"""What this machine is and allows: cores, memory, limits, clock."""

import os
import platform
import resource
import shutil
import sys
import tempfile
from pathlib import Path

from apiforge.runs.check import GIB, Check, judged

OLDEST_PYTHON = (3, 11)
MOST_IN_FLIGHT = 5000
FILES_NEEDED = MOST_IN_FLIGHT + 200  # one a connection, and what a process has open anyway
PORTS_NEEDED = 2 * MOST_IN_FLIGHT  # a closed connection keeps its port for a minute
CONTROL_GROUP = Path("/sys/fs/cgroup")  # seen from inside a container: its own
# Reading these costs microseconds instead of nanoseconds, once or more for each request.
SLOW_CLOCKS = {"hpet", "acpi_pm", "jiffies"}


def check_machine() -> list[Check]:
    """Everything about the machine itself."""
    return [
        _python(),
        check_cores(CONTROL_GROUP / "cpu.max"),
        check_memory(CONTROL_GROUP / "memory.max"),
        _open_files(),
        *check_ports(Path("/proc/sys/net/ipv4/ip_local_port_range")),
        *check_clock(Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")),
        _disk(),
    ]


def _python() -> Check:
    is_new_enough = sys.version_info >= OLDEST_PYTHON
    return Check(
        name="python",
        status="ok" if is_new_enough else "missing",
        found=f"{platform.python_version()} ({sys.executable})",
        advice=None if is_new_enough else "install Python 3.11 or newer",
        is_essential=True,
    )


def check_cores(quota: Path) -> Check:
    """Those this process may use; a container's quota of processor time counts."""
    count: float = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    words = quota.read_text().split() if quota.exists() else ["max"]
    if words[0] != "max":
        count = min(count, int(words[0]) / int(words[1]))
    return judged(
        "cores",
        f"{count:g}",
        good=count >= 2,
        advice="the load generator and the service share one core: load test from another machine",
    )


def check_memory(limit: Path) -> Check:
    """The machine's, or less where a container has a limit."""
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    word = limit.read_text().strip() if limit.exists() else "max"
    if word != "max":
        size = min(size, int(word))
    return judged(
        "memory",
        f"{size / GIB:.1f} GiB",
        good=size >= 2 * GIB,
        advice="2 GiB are comfortable for a service, its database and the load generator",
    )


def _open_files() -> Check:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = "unlimited" if soft == resource.RLIM_INFINITY else f"{soft:,}"
    return judged(
        "open files",
        found,
        good=soft == resource.RLIM_INFINITY or soft >= FILES_NEEDED,
        advice=f"for {MOST_IN_FLIGHT:,} connections at once: ulimit -n {_raised(hard)}",
    )


def _raised(hard: int) -> int:
    wanted = 16384
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def check_ports(file: Path) -> list[Check]:
    """Only where the kernel tells."""
    if not file.exists():
        return []
    first, last = (int(word) for word in file.read_text().split())
    return [
        judged(
            "ephemeral ports",
            f"{last - first + 1:,} ({first} to {last})",
            good=last - first + 1 >= PORTS_NEEDED,
            advice='sysctl -w net.ipv4.ip_local_port_range="15000 60999"',
        )
    ]


def check_clock(file: Path) -> list[Check]:
    """Only where the kernel tells."""
    if not file.exists():
        return []
    name = file.read_text().strip()
    return [
        judged(
            "clock source",
            name,
            good=name not in SLOW_CLOCKS,
            advice="a slow clock costs time for each request: use tsc or a machine that has it",
        )
    ]


def _disk() -> Check:
    place = tempfile.gettempdir()
    free = shutil.disk_usage(place).free
    return judged(
        "free disk",
        f"{free / GIB:.1f} GiB in {place}",
        good=free >= 2 * GIB,
        advice="throw-away databases live there: free some space, or set TMPDIR",
    )
