"""Every form in which a comparison is written to a file, by the name of its option."""

from collections.abc import Callable, Mapping
from typing import Any

from apiforge.compare.reports.html import html
from apiforge.compare.reports.markdown import markdown
from apiforge.loadtest.reports.json import dumps

FORMATS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "json": dumps,
    "html": html,
    "markdown": markdown,
}
