"""Every form in which a result is written to a file, by the name of its option."""

from collections.abc import Callable, Mapping
from typing import Any

from apiforge.loadtest.reports.gitlab import gitlab
from apiforge.loadtest.reports.html import html
from apiforge.loadtest.reports.json import dumps
from apiforge.loadtest.reports.junit import junit
from apiforge.loadtest.reports.markdown import markdown
from apiforge.loadtest.reports.openmetrics import openmetrics

FORMATS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "json": dumps,
    "html": html,
    "junit": junit,
    "markdown": markdown,
    "metrics": openmetrics,
    "gitlab": gitlab,
}
