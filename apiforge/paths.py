"""Where the data beside the code is: inside a wheel, or in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PACKED = _PACKAGE / "_data"
_ROOT = _PACKED if _PACKED.is_dir() else _PACKAGE.parent
_DOCS = _PACKED if _ROOT == _PACKED else _ROOT / "docs"


def templates() -> Path:
    """The folder of `axes.toml`, `base`, `features` and `resource`."""
    return _ROOT / "templates"


def loadtests() -> Path:
    """The folder of what the load generating child process runs."""
    return _ROOT / "loadtests"


def result_schema() -> Path:
    """The JSON Schema of a load test's result."""
    return _DOCS / "loadtest-result.schema.json"


def comparison_schema() -> Path:
    """The JSON Schema of a comparison's result."""
    return _DOCS / "compare-result.schema.json"
