"""Every form of a result says the same about another run: word for word, number for number."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from apiforge.loadtest.reports import figures
from apiforge.loadtest.reports.formats import FORMATS
from tests.report_tables import html_rows, markdown_rows, number

_RATIO = re.compile(r'^apiforge_loadtest_baseline_ratio\{metric="(\w+)"\} (\S+)$', re.M)
_WRITTEN = {"ms": figures.milliseconds, "%": figures.percent, "/s": figures.rate}

REPORTS = tuple(word for form in FORMATS for word in (f"--{form}", f"agreed.{form}"))
"""The options that write what `forms_agree` reads."""


def forms_agree(folder: Path) -> dict[str, Any]:
    """Holds all of them to the JSON; that."""
    texts = {form: (folder / f"agreed.{form}").read_text() for form in FORMATS}
    document: dict[str, Any] = json.loads(texts["json"])
    rows = document["baseline"]["metrics"]
    assert len(rows) == 5

    page = html_rows(texts["html"], "Compared with the baseline")
    assert [[row[0], row[1], *map(number, row[2:5])] for row in page] == [
        [row[key] for key in ("metric", "answer", "baseline", "observed", "ratio")] for row in rows
    ]
    comment = markdown_rows(texts["markdown"], "Metric")
    assert [row[:4] for row in comment] == [
        [row["metric"], row["answer"], _written(row, "baseline"), _written(row, "observed")]
        for row in rows
    ]
    intervals = [row[5].replace("\N{EN DASH}", figures.NOTHING) for row in page]
    assert [row[5] for row in comment] == intervals
    _junit_agrees(texts["junit"], document)
    ratios = {metric: float(value) for metric, value in _RATIO.findall(texts["metrics"])}
    assert ratios == {row["metric"]: row["ratio"] for row in rows if row["ratio"] is not None}
    sentence = f"compared with {document['baseline']['run']}"
    assert all(sentence in texts[form] for form in ("html", "markdown", "junit"))
    return document


def _junit_agrees(text: str, document: dict[str, Any]) -> None:
    suite = ET.fromstring(text).find("testsuite")
    assert suite is not None
    told = {entry.attrib["name"]: entry.attrib["value"] for entry in suite[0]}
    assert told["baseline.answer"] == document["baseline"]["answer"]
    for row in document["baseline"]["metrics"]:
        for key in ("baseline", "observed", "ratio"):
            assert number(told[f"baseline.{row['metric']}.{key}"]) == row[key]


def _written(row: dict[str, Any], key: str) -> str:
    return _WRITTEN[row["unit"]](row[key])
