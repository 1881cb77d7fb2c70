"""The options that name a file for each form of a result, the same in every command."""

from typing import Annotated

import typer

_FILE = "FILE|-"

JsonFile = Annotated[
    str | None, typer.Option("--json", metavar=_FILE, help="Write the result as JSON.")
]
HtmlFile = Annotated[
    str | None, typer.Option("--html", metavar=_FILE, help="Write the HTML report.")
]
JunitFile = Annotated[
    str | None,
    typer.Option("--junit", metavar=_FILE, help="Write JUnit XML: one test case a target."),
]
MarkdownFile = Annotated[
    str | None,
    typer.Option(
        "--markdown", metavar=_FILE, help="Write Markdown, such as for a pull request's comment."
    ),
]
MetricsFile = Annotated[
    str | None,
    typer.Option(
        "--metrics", metavar=_FILE, help="Write OpenMetrics text, which GitLab reads, too."
    ),
]


def chosen_files(
    *,
    json: str | None,
    html: str | None,
    junit: str | None,
    markdown: str | None,
    metrics: str | None,
) -> dict[str, str]:
    """Those that were named, by their format."""
    named = {"json": json, "html": html, "junit": junit, "markdown": markdown, "metrics": metrics}
    return {form: file for form, file in named.items() if file is not None}
