"""The options that name a file for each form of a result, the same in every command."""

from dataclasses import dataclass
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
GitlabFile = Annotated[
    str | None,
    typer.Option(
        "--gitlab",
        metavar=_FILE,
        help="Write GitLab's code quality report: targets missed, why a run is invalid.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFiles:
    """Where a result is to be written, form by form."""

    json_file: JsonFile = None
    html_file: HtmlFile = None
    junit_file: JunitFile = None
    markdown_file: MarkdownFile = None
    metrics_file: MetricsFile = None
    gitlab_file: GitlabFile = None

    @property
    def chosen(self) -> dict[str, str]:
        """Those that were named, by their form."""
        return _chosen(
            json=self.json_file,
            html=self.html_file,
            junit=self.junit_file,
            markdown=self.markdown_file,
            metrics=self.metrics_file,
            gitlab=self.gitlab_file,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonFiles:
    """Where a comparison is to be written, form by form."""

    json_file: JsonFile = None
    html_file: HtmlFile = None
    markdown_file: MarkdownFile = None

    @property
    def chosen(self) -> dict[str, str]:
        """Those that were named, by their form."""
        return _chosen(json=self.json_file, html=self.html_file, markdown=self.markdown_file)


def _chosen(**files: str | None) -> dict[str, str]:
    return {form: file for form, file in files.items() if file is not None}
