"""Free ports of this machine."""

import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port nobody listens on now. Another process may still be faster: be ready to retry."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def kept_port(file: Path) -> int:
    """The port in this file where nobody listens at it; else another, which is written there."""
    port = int(file.read_text()) if file.is_file() else 0
    if not port or is_answering(LOOPBACK, port):
        port = free_port()
        file.write_text(str(port))
    return port


def is_answering(host: str, port: int, *, timeout: float = 1.0) -> bool:
    """Does something accept connections there?"""
    try:
        socket.create_connection((host, port), timeout).close()
    except OSError:
        return False
    return True
