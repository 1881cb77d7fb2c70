"""The machine a load test runs on; generator and this process share it."""

import os
import platform
from typing import Any


def describe() -> dict[str, Any]:
    """Cores this process may use, and the versions of Python and the system."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cores": usable or 1,
        "python": platform.python_version(),
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
