"""JUnit XML that CI systems accept, with a case for each target and what was observed."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import xmlschema

from apiforge.loadtest.reports.junit import junit
from tests.unit.reports import documents

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("junit.xsd")))


def suite(document: documents.Document) -> ET.Element:
    found = ET.fromstring(junit(document)).find("testsuite")
    assert found is not None
    return found


def outcomes(document: documents.Document) -> list[str]:
    return [next((child.tag for child in case), "met") for case in suite(document).iter("testcase")]


@pytest.mark.parametrize("name", documents.EVERY)
def test_every_run_follows_the_schema(name: str) -> None:
    SCHEMA.validate(junit(documents.EVERY[name]()))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pass", ["met"] * 5),
        ("fail", ["failure", "met", "failure", "met", "failure"]),
        ("invalid", ["error", "error"]),
        ("interrupted", ["error"] * 5),
        ("hung", ["failure", "failure"]),
    ],
)
def test_each_target_is_a_case(name: str, expected: list[str]) -> None:
    document = documents.EVERY[name]()
    assert outcomes(document) == expected
    counted = suite(document).attrib
    assert int(counted["tests"]) == len(expected)
    assert int(counted["failures"]) == expected.count("failure")
    assert int(counted["errors"]) == expected.count("error")


def test_failure_tells_what_was_observed() -> None:
    failure = suite(documents.failing()).find("testcase/failure")
    assert failure is not None
    assert failure.attrib == {
        "type": "target missed",
        "message": "p95<200ms: observed 234 ms",
    }


def test_invalid_run_is_an_error_with_its_reason() -> None:
    error = suite(documents.invalid()).find("testcase/error")
    assert error is not None
    assert error.attrib["type"] == "invalid test"
    assert error.attrib["message"].startswith("The generator used 97 % of a core")


def test_run_without_targets_is_one_case() -> None:
    document = documents.passing()
    document["targets"] = []
    assert outcomes(document) == ["met"]
    SCHEMA.validate(junit(document))


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    document = documents.failing()
    document["run"]["name"] = "a\x00b\x1b[31m\ud800"
    assert suite(document).attrib["name"].startswith("a\ufffdb\ufffd[31m\ufffd,")


def test_hostile_names_stay_text() -> None:
    document = documents.hostile()
    assert suite(document).findall(".//img") == []
    case = suite(document).find("testcase")
    assert case is not None
    assert case.attrib["classname"] == document["run"]["name"]


def test_properties_are_the_numbers_of_the_result() -> None:
    document = documents.failing()
    properties = {entry.attrib["name"]: entry.attrib["value"] for entry in suite(document)[0]}
    assert properties["summary.failures"] == str(document["summary"]["failures"])
    assert properties["summary.latency_ms.p99"] == str(document["summary"]["latency_ms"]["p99"])
