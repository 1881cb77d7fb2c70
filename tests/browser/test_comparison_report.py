"""The page of a comparison in a real Chromium: it draws, answers the pointer, prints, is quiet."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, sync_playwright

from apiforge.compare.reports.html import html
from tests.browser.test_html_report import CHROMIUM, FLAGS
from tests.unit.compare.comparisons import Likeness, compared
from tests.unit.compare.test_document import FAILED, FIFTH, SKIPPED, STAND_IN

EVERY: dict[str, dict[str, Likeness]] = {
    "apart": {"postgresql": Likeness(p50=12, max_rate=150)},
    "skipped": {"postgresql": SKIPPED},
    "failed": {"postgresql": FAILED},
    "stand-in": {"postgresql": Likeness(software=STAND_IN)},
    "hardly measured": {"postgresql": Likeness(max_rate=None, faults=FIFTH)},
}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a document's page; afterwards nothing may have been complained of or asked for."""
    complaints: list[str] = []

    def refuse(route: Route, request: Request) -> None:
        complaints.append(f"asked for {request.url}")
        route.abort()

    def open_page(name: str, **options: Any) -> Page:
        file = tmp_path / "report.html"
        file.write_text(html(compared({"sqlite": Likeness(), **EVERY[name]})), encoding="utf-8")
        page = browser.new_page(**options)
        page.route(lambda url: url != file.as_uri(), refuse)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        return page

    yield open_page
    assert complaints == []


@pytest.mark.parametrize("width", [390, 1080])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", EVERY)
def test_every_comparison_fits_its_window(show: Open, name: str, scheme: str, width: int) -> None:
    page = show(name, color_scheme=scheme, viewport={"width": width, "height": 800})

    assert page.locator("h2#verdict").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_intervals_stand_where_their_ratios_are(show: Open) -> None:
    page = show("apart")

    lane = page.locator(".bar.met .lane").first.bounding_box()
    dot = page.locator(".bar.met .dot").first.bounding_box()
    assert lane and dot
    assert lane["x"] <= dot["x"] < lane["x"] + lane["width"] / 2  # sqlite / postgresql < 1
    assert page.locator(".bar .told small").first.text_content() == "faster"


def test_the_pointer_reads_every_variant(show: Open) -> None:
    page = show("apart")

    page.locator("#plot-percentiles .canvas").hover(position={"x": 300, "y": 50})
    told = page.locator("#plot-percentiles .legend output").all_text_contents()
    assert told[0].endswith("ms") and told[1].endswith("ms")
    assert told[2].startswith("p")
    page.locator("#plot-rates .canvas").hover(position={"x": 1, "y": 50})
    assert page.locator("#plot-rates [data-moment]").text_content() == "at 50.0/s"


def test_variants_have_colours_of_their_own(show: Open) -> None:
    page = show("apart")

    colours = page.locator("#plot-percentiles .data .trace").evaluate_all(
        "lines => lines.map(line => getComputedStyle(line).stroke)"
    )
    assert len(colours) == len(set(colours)) == 2


def test_it_prints(show: Open) -> None:
    page = show("apart")

    page.emulate_media(media="print")
    assert page.locator("#plot-percentiles .canvas").is_visible()
    assert len(page.pdf()) > 10_000
