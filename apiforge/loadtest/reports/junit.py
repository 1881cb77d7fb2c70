"""The result as JUnit XML: one test suite a run, one test case a target.

Written so that the two schemas in common use accept it, Jenkins' and the one of Ant: every
required attribute, `properties` before the cases, both outputs after them, times with three
decimals, a time stamp without a zone.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Any

from apiforge.loadtest.reports import console, figures
from apiforge.loadtest.reports.comparison import make_comparison
from apiforge.loadtest.reports.headline import Headline, make_headline

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_NO_TARGETS: Mapping[str, Any] = {"text": "load test", "met": True}
_COUNTS = ("requests", "failures", "unfinished", "dropped", "asked_rate", "achieved_rate")
_TIMES = ("latency_ms", "service_time_ms", "failed_latency_ms")


def junit(document: Mapping[str, Any]) -> str:
    """One XML document. A missed target is a failure with what was observed; every target of an
    invalid run is an error, and so is a target that was met only until an interruption."""
    headline = make_headline(document)
    seconds = f"{figures.number(document['run'].get('measured_s')) or 0:.3f}"
    targets = document["targets"] or [_NO_TARGETS]
    cases = [_case(target, headline, seconds) for target in targets]
    cases += _regression(document, headline, seconds)
    outcomes = [child.tag for case in cases for child in case]
    root = ET.Element("testsuites")
    suite = _child(
        root,
        "testsuite",
        name=f"{headline.subject}, {headline.load}",
        package="apiforge.loadtest",
        id="0",
        timestamp=str(document.get("started") or "1970-01-01T00:00:00")[:19],
        hostname="localhost",
        tests=str(len(cases)),
        failures=str(outcomes.count("failure")),
        errors=str(outcomes.count("error")),
        skipped="0",
        time=seconds,
    )
    properties = _child(suite, "properties")
    for name, value in _properties(document):
        _child(properties, "property", name=name, value=value)
    suite.extend(cases)
    _child(suite, "system-out").text = _clean(console.text(console.lines(document)))
    _child(suite, "system-err")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(target: Mapping[str, Any], headline: Headline, seconds: str) -> ET.Element:
    text = str(target.get("text"))
    case = ET.Element("testcase", name=_clean(text), classname=_clean(headline.subject))
    case.set("time", seconds)
    observed = f"{text}: observed {figures.observed(target)}"
    if headline.state == "invalid":
        _problem(case, "error", "invalid test", headline.reasons or (headline.meaning,))
    elif not target.get("met"):
        _problem(case, "failure", "target missed", (observed, *headline.reasons))
    elif headline.early:
        _problem(case, "error", headline.early, (f"{headline.early}: {headline.load}", observed))
    return case


def _regression(document: Mapping[str, Any], headline: Headline, seconds: str) -> list[ET.Element]:
    """A case of its own where a regression is to fail the run."""
    found = make_comparison(document)
    if found is None or not found.required:
        return []
    case = ET.Element("testcase", name="no regression", classname=_clean(headline.subject))
    case.set("time", seconds)
    if found.answer == "regressed":
        _problem(case, "failure", "regressed", (found.sentence, *found.reasons))
    elif found.answer not in ("improved", "no difference shown"):
        _problem(case, "error", found.answer, (found.sentence, *found.reasons))
    return [case]


def _problem(case: ET.Element, tag: str, kind: str, lines: tuple[str, ...]) -> None:
    _child(case, tag, type=kind, message=lines[0]).text = _clean("\n".join(lines))


def _properties(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The numbers as they stand in the JSON result, by their keys there."""
    summary, generator = document["summary"], document["generator"]
    yield "verdict", str(document["verdict"].get("status"))
    yield "run.id", str(document["run"].get("id"))
    yield "target", str(document.get("target"))
    yield from _compared(document)
    for key in _COUNTS:
        yield f"summary.{key}", _written(summary.get(key))
    for kind in _TIMES:
        for key, value in (summary.get(kind) or {}).items():
            yield f"summary.{kind}.{key}", _written(value)
    for key in ("workers", "cpu", "lag_p99_ms"):
        yield f"generator.{key}", _written(generator.get(key))


def _compared(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = document.get("baseline")
    if found:
        yield "baseline.run", str(found.get("run"))
        yield "baseline.answer", str(found.get("answer"))
        for row in found.get("metrics") or ():
            for key in ("baseline", "observed", "ratio"):
                yield f"baseline.{row['metric']}.{key}", _written(row.get(key))


def _written(value: object) -> str:
    return figures.NOTHING if figures.number(value) is None else str(value)


def _child(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    values = {name: _clean(value) for name, value in attributes.items()}
    return ET.SubElement(parent, tag, values)


def _clean(text: str) -> str:
    """Text that XML can hold: it has no way to write most control characters, escaped or not."""
    return _NOT_XML.sub(_REPLACEMENT, text)
