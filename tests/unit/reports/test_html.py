"""The page is complete in itself, safe with what a service calls itself, and small."""

import base64
import hashlib
import json
from html.parser import HTMLParser

import pytest

from apiforge.loadtest.reports.html import html
from tests.unit.reports import documents

_VOID = {"meta", "link"}
_TWO_MEGABYTES = 2_000_000


class Page(HTMLParser):
    """What a page holds: its tags, its text, and whether every tag is closed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.scripts if self.open and self.open[-1] == "script" else self.text).append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.mark.parametrize("name", documents.EVERY)
def test_every_run_makes_a_well_formed_page(name: str) -> None:
    page = Page(html(documents.EVERY[name]()))
    assert page.open == []
    assert "None" not in page.words
    assert "nan" not in page.words.lower().split()


@pytest.mark.parametrize("name", documents.EVERY)
def test_page_asks_for_nothing_from_outside(name: str) -> None:
    page = Page(html(documents.EVERY[name]()))
    links = [
        value
        for _, attributes in page.tags
        for key, value in attributes.items()
        if key in ("src", "href", "srcset", "action", "style")
    ]
    assert links == ["data:,"]


def test_page_says_the_same_twice() -> None:
    assert html(documents.failing()) == html(documents.failing())


def test_policy_allows_exactly_the_style_and_the_script() -> None:
    source = html(documents.passing())
    page = Page(source)
    policy = next(
        str(attributes["content"])
        for tag, attributes in page.tags
        if tag == "meta" and "http-equiv" in attributes
    )
    digest = base64.b64encode(hashlib.sha256(page.scripts[-1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_hostile_names_stay_text() -> None:
    page = Page(html(documents.hostile()))
    assert [tag for tag, _ in page.tags if tag == "img"] == []
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert page.words.count("{{ 7 * 7 }}") >= 6


def test_data_cannot_end_its_element() -> None:
    page = Page(html(documents.passing()))
    data = json.loads(page.scripts[0])
    assert data["time"]["x"] == list(range(30))
    assert "<" not in page.scripts[0]


def test_one_hour_stays_under_two_megabytes() -> None:
    assert len(html(documents.one_hour()).encode()) < _TWO_MEGABYTES


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pass", "Every target was met."),
        ("fail", "errors<0.1%: was 8.66%"),
        ("invalid", "it says nothing about the service"),
        ("interrupted", "stopped before its end"),
        ("empty", "nothing measured"),
        ("hung", "no answer within 10 s"),
        ("closed", "by 25 users"),
        ("unjudged", "p99<500ms 34.8 ms not judged"),
        ("unjudged", "Worth knowing: 50 requests/s are 83% of 60/s."),
        ("searching", "100/s broke p95<200ms: was 1,840 ms"),
    ],
)
def test_page_tells_what_matters(name: str, told: str) -> None:
    assert told in Page(html(documents.EVERY[name]())).words


def test_alarming_words_stay_words() -> None:
    assert '<td class="bad word">broke</td>' in html(documents.searching())
