"""Where the templates and the load test engine are: inside a wheel, or in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PACKED = _PACKAGE / "_data"
_ROOT = _PACKED if _PACKED.is_dir() else _PACKAGE.parent


def templates() -> Path:
    """The folder of `axes.toml`, `base`, `features` and `resource`."""
    return _ROOT / "templates"


def loadtests() -> Path:
    """The folder of what the load generating child process runs."""
    return _ROOT / "loadtests"
