"""All reports of one real run say the same numbers, and none of them a secret."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from apiforge.catalog.load import load_catalog
from apiforge.loadtest.reports import figures
from apiforge.loadtest.reports.formats import FORMATS
from apiforge.loadtest.reports.markdown import code
from apiforge.paths import templates
from apiforge.servers.service import RunningService, run_service
from apiforge.servers.subject import chosen_features, open_subject
from tests.generated.environments import share_environment
from tests.report_tables import html_rows, markdown_rows, number
from tests.result_schema import follows_schema

pytestmark = pytest.mark.alone

MISSED = "p50<1us"
JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]{10,}\.")
APIFORGE = (sys.executable, "-m", "apiforge")
TIMES = ("p50", "p95", "p99", "max")
STATISTICS = ("min", "mean", "p50", "p90", "p95", "p99", "p99_9", "max")


@dataclass(frozen=True, slots=True)
class Run:
    """What one load test wrote, and what it must not have written."""

    texts: dict[str, str]
    stored: dict[str, str]
    said: str
    secrets: tuple[str, ...]

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.texts["json"])
        return document

    @property
    def suite(self) -> ET.Element:
        found = ET.fromstring(self.texts["junit"]).find("testsuite")
        assert found is not None
        return found

    def html_rows(self, caption: str) -> list[list[str]]:
        return html_rows(self.texts["html"], caption)

    def markdown_rows(self, head: str) -> list[list[str]]:
        return markdown_rows(self.texts["markdown"], head)


def load_test(directory: Path, service: RunningService) -> "subprocess.CompletedProcess[str]":
    """One that misses a target, with every report there is, as in a job of GitHub's."""
    return subprocess.run(
        [
            *(*APIFORGE, "loadtest", "shop", "--url", service.url, "--rate", "130"),
            *("--warmup", "1s", "--duration", "4s", "--target", "p99<60s", "--target", MISSED),
            *(word for form in FORMATS for word in (f"--{form}", f"result.{form}")),
            *("--out", "run"),
        ],
        cwd=directory,
        env={
            **os.environ,
            **{name: service.environment[name] for name in ("METRICS_TOKEN", *_USER)},
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(directory / "result.summary"),
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    directory = tmp_path_factory.mktemp("reports")
    subprocess.run([*APIFORGE, "new", "shop", "--yes"], cwd=directory, check=True, text=True)
    share_environment(directory / "shop")
    subject = open_subject(directory / "shop")
    features = chosen_features(subject, load_catalog([templates()]))
    with run_service(
        subject, features, rows=100, log=directory / "service.log", tell=print
    ) as service:
        password = service.environment["LOAD_USER_PASSWORD"]
        body = {"email": service.environment["LOAD_USER_EMAIL"], "password": password}
        answer = httpx.post(f"{service.url}/api/v1/auth/login", json=body)
        done = load_test(directory, service)
        assert done.returncode == 3, done.stderr
        yield Run(
            texts={form: (directory / f"result.{form}").read_text() for form in _FILES},
            stored={path.name: path.read_text() for path in (directory / "run").iterdir()},
            said=done.stdout + done.stderr,
            secrets=(
                password,
                service.environment["METRICS_TOKEN"],
                service.environment["JWT_SIGNING_KEY"],
                answer.json()["access_token"],
            ),
        )


_USER = ("LOAD_USER_EMAIL", "LOAD_USER_PASSWORD")
_FILES = (*FORMATS, "summary")


def test_result_follows_the_published_schema(run: Run) -> None:
    assert follows_schema(run.document)


def test_every_form_says_the_same_latencies(run: Run) -> None:
    latency = run.document["summary"]["latency_ms"]
    page = run.html_rows("Latency in milliseconds")[0]
    comment = run.markdown_rows("Milliseconds")[0]
    properties = {entry.attrib["name"]: entry.attrib["value"] for entry in run.suite[0]}
    assert [float(cell) for cell in page[1:]] == [latency[key] for key in STATISTICS]
    assert comment[1:] == [figures.digits(latency[key]) for key in STATISTICS]
    assert {key: float(properties[f"summary.latency_ms.{key}"]) for key in latency} == latency
    for key, value in latency.items():
        name = f'apiforge_loadtest_latency_seconds{{statistic="{key.replace("_", ".")}"}}'
        assert f"{name} {round(value / 1000, 6)!r}\n" in run.texts["metrics"]


def test_every_form_says_the_same_counts(run: Run) -> None:
    summary = run.document["summary"]
    properties = {entry.attrib["name"]: entry.attrib["value"] for entry in run.suite[0]}
    keys = ("requests", "failures", "unfinished", "dropped")
    assert [int(properties[f"summary.{key}"]) for key in keys] == [summary[key] for key in keys]
    assert run.markdown_rows("p50")[0][7:] == [figures.count(summary[key]) for key in keys]
    assert f"<dd><strong>{figures.count(summary['requests'])}</strong>" in run.texts["html"]
    assert f"apiforge_loadtest_requests {summary['requests']}\n" in run.texts["metrics"]
    achieved = figures.rate(summary["achieved_rate"])
    assert run.markdown_rows("p50")[0][5] == achieved
    assert f"<dd><strong>{achieved}</strong>" in run.texts["html"]
    assert float(properties["summary.achieved_rate"]) == summary["achieved_rate"]


def test_every_form_says_the_same_of_each_endpoint(run: Run) -> None:
    endpoints = run.document["endpoints"]
    page = run.html_rows("Endpoints, times in milliseconds")
    assert len(page) == len(endpoints) > 5
    for endpoint, row in zip(endpoints, page, strict=True):
        numbers = [endpoint[key] for key in ("requests", "failures", "throughput")]
        numbers += [endpoint["latency_ms"][key] for key in TIMES]
        assert row[0] == endpoint["name"]
        assert [number(cell) for cell in row[1:]] == numbers
    written = [
        [
            code(endpoint["name"]),
            *(figures.count(endpoint[key]) for key in ("requests", "failures")),
            figures.digits(endpoint["throughput"]),
            *(figures.digits(endpoint["latency_ms"][key]) for key in TIMES),
        ]
        for endpoint in endpoints
    ]
    assert run.markdown_rows("Endpoint") == written
    for endpoint in endpoints:
        line = next(
            line
            for line in str(run.suite.findtext("system-out")).splitlines()
            if line.startswith(f"  {endpoint['name']}  ")
        )
        times = (figures.digits(endpoint["latency_ms"][key]) for key in TIMES[:3])
        counts = (figures.count(endpoint[key]) for key in ("requests", "failures"))
        assert line.removeprefix(f"  {endpoint['name']}").split() == [*counts, *times]


def test_every_form_says_the_same_of_each_target(run: Run) -> None:
    targets = run.document["targets"]
    met = ["met" if target["met"] else "missed" for target in targets]
    told = [figures.observed(target) for target in targets]
    texts = [target["text"] for target in targets]
    page = run.html_rows("Targets and what was observed")
    assert page == [list(row) for row in zip(texts, told, met, strict=True)]
    comment = run.markdown_rows("Target")
    assert [row[:2] for row in comment] == [
        [code(text), value] for text, value in zip(texts, told, strict=True)
    ]
    assert [row[2].split()[1] for row in comment] == met
    cases = run.suite.findall("testcase")
    assert [case.attrib["name"] for case in cases] == texts
    assert [failure.attrib["message"] for case in cases for failure in case.iter("failure")] == [
        f"{text}: observed {value}"
        for text, value, state in zip(texts, told, met, strict=True)
        if state == "missed"
    ]


def test_service_told_its_own_numbers(run: Run) -> None:
    server = run.document["server"]
    assert server["failures"] == 0
    assert len(server["series"]) == 4
    assert all(row["cpu"] > 0 and row["memory_bytes"] > 1e6 for row in server["series"])
    assert 'id="plot-server-cpu"' in run.texts["html"]


def test_github_was_told(run: Run) -> None:
    assert run.texts["summary"] == f"{run.texts['markdown']}\n"
    assert f"::error title=shop%3A target missed::{MISSED}: " in run.said


def test_gitlab_was_told(run: Run) -> None:
    [missed] = [target for target in run.document["targets"] if not target["met"]]
    issues = json.loads(run.texts["gitlab"])
    assert [issue["description"] for issue in issues if issue["severity"] == "major"] == [
        f"shop: target missed: {missed['text']}: {figures.observed(missed)}"
    ]


def test_no_secret_is_in_any_of_it(run: Run) -> None:
    everything = {**run.texts, **run.stored, "said": run.said}
    assert set(run.stored) == {"result.json", "report.html"}
    assert [name for name, text in everything.items() if JSON_WEB_TOKEN.search(text)] == []
    for secret in run.secrets:
        assert len(secret) > 20
        assert [name for name, text in everything.items() if secret in text] == []
