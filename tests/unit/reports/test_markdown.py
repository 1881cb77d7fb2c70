"""Markdown for a comment: the verdict first, bounded, and nothing foreign in it is markup."""

import re

import pytest

from apiforge.loadtest.reports.markdown import code, markdown, prose
from tests.unit.reports import documents

_LONGEST_COMMENT = 65_536


def test_verdict_targets_and_endpoints_come_first() -> None:
    lines = markdown(documents.failing()).splitlines()
    assert lines[0] == "## \u274c Fail: shop, 200/s for 40 s"
    assert "| <code>p95&#60;200ms</code> | 234 ms | \u274c missed |" in lines
    assert (
        "| <code>GET /api/v1/products</code> | 2,400 | 208 | 60.0 | 33.3 | 444 | 916 | 3,258 |"
        in (lines)
    )
    folded = lines.index("<details><summary>Errors</summary>")
    assert lines.index("Endpoints, times in milliseconds.") < folded


@pytest.mark.parametrize("name", documents.EVERY)
def test_every_table_has_as_many_cells_in_each_row(name: str) -> None:
    text = markdown(documents.EVERY[name]())
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({line.count("|") for line in block.splitlines()}) == 1


@pytest.mark.parametrize("name", documents.EVERY)
def test_only_our_own_tags_are_in_it(name: str) -> None:
    tags = set(re.findall(r"</?([a-z!-]+)", markdown(documents.EVERY[name]())))
    assert tags <= {"code", "details", "summary"}


def test_thousands_of_endpoints_and_errors_fit_a_comment() -> None:
    document = documents.failing()
    document["endpoints"] *= 300
    document["errors"] = [
        {"endpoint": "GET /" + "x" * 500, "error": "status 500 " * 90, "count": 1}
    ] * 900
    text = markdown(document)
    assert len(text) < _LONGEST_COMMENT
    assert "and 1,760 more, in the full report" in text


@pytest.mark.parametrize(
    ("foreign", "written"),
    [
        ("a|b", "a&#124;b"),
        ("*bold* _it_", "&#42;bold&#42; &#95;it&#95;"),
        ("two\nlines", "two lines"),
        ("`x`", "&#96;x&#96;"),
        ("[a](b)", "&#91;a&#93;&#40;b&#41;"),
        ("GET /users/@me", "GET /users/@<!-- -->me"),
        ("#12", "&#35;12"),
    ],
)
def test_foreign_text_is_no_markup_and_mentions_nobody(foreign: str, written: str) -> None:
    assert prose(foreign) == written
    assert code(foreign) == f"<code>{written}</code>"


def test_invalid_run_says_that_it_says_nothing() -> None:
    assert "so it says nothing about the service." in markdown(documents.invalid())


def test_rates_that_a_search_tried_are_listed_from_the_lowest() -> None:
    lines = markdown(documents.searching()).splitlines()
    start = lines.index("| Rate | Result | Why | p95 ms |")
    assert [line.split(" | ")[:2] for line in lines[start + 2 : start + 5]] == [
        ["| 50/s", "held"],
        ["| 96/s", "held"],
        ["| 100/s", "broke"],
    ]


def test_target_that_was_not_judged_says_so() -> None:
    row = "| <code>p99&#60;500ms</code> | 34.8 ms | \u26a0\ufe0f not judged |"
    assert row in markdown(documents.unjudged()).splitlines()
