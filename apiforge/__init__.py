"""Generate an API, load test it, and know whether it bears what it must."""

__version__ = "0.1.0"
