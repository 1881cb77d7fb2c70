"""Whether a service answers at /readyz, which asks all of its components."""

import http.client
import time
from http import HTTPStatus

from apiforge.servers.ports import LOOPBACK
from apiforge.servers.process import Process

READY_WITHIN = 60.0  # seconds


def becomes_ready(process: Process, port: int) -> bool:
    """Wait until /readyz answers 200; False once it has ended or takes too long."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and process.exit_code() is None:
        # Only ours counts: on a port that was taken, somebody else may answer.
        if is_ready(port) and process.exit_code() is None:
            return True
        time.sleep(0.05)
    return False


def is_ready(port: int) -> bool:
    """Do all components of the service on this port answer now?"""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2.0)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
