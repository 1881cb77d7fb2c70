"""What pyproject.toml says this project is called."""

import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@cache
def name_and_version() -> tuple[str, str]:
    """For the title of the API description."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(table["name"]), str(table["version"])
