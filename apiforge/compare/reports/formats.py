"""Every form in which a comparison is written to a file, by the name of its option."""

from collections.abc import Callable, Mapping
from typing import Any

from apiforge.loadtest.reports.json import dumps

FORMATS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "json": dumps,
    "html": dumps,
    "markdown": dumps,
}
