"""Free ports of this machine."""

import socket

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port nobody listens on now. Another process may still be faster: be ready to retry."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_answering(host: str, port: int, *, timeout: float = 1.0) -> bool:
    """Does something accept connections there?"""
    try:
        socket.create_connection((host, port), timeout).close()
    except OSError:
        return False
    return True
