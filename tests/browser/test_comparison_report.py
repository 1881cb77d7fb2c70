"""The page of a comparison in a real Chromium: it draws, answers the pointer, prints, is quiet."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from apiforge.compare.reports.html import html
from tests.browser.conftest import OpenPage
from tests.unit.compare.comparisons import Likeness, compared
from tests.unit.compare.test_document import FAILED, FIFTH, SKIPPED, STAND_IN

EVERY: dict[str, dict[str, Likeness]] = {
    "apart": {"postgresql": Likeness(p50=12, max_rate=150)},
    "skipped": {"postgresql": SKIPPED},
    "failed": {"postgresql": FAILED},
    "stand-in": {"postgresql": Likeness(software=STAND_IN)},
    "hardly measured": {"postgresql": Likeness(max_rate=None, faults=FIFTH)},
}
Show = Callable[..., Page]


@pytest.fixture
def show(open_page: OpenPage) -> Show:
    """Opens the page of a comparison with one of these."""

    def show(name: str, **options: Any) -> Page:
        return open_page(html(compared({"sqlite": Likeness(), **EVERY[name]})), **options)

    return show


@pytest.mark.parametrize("width", [390, 1080])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", EVERY)
def test_every_comparison_fits_its_window(show: Show, name: str, scheme: str, width: int) -> None:
    page = show(name, color_scheme=scheme, viewport={"width": width, "height": 800})

    assert page.locator("h2#verdict").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_intervals_stand_where_their_ratios_are(show: Show) -> None:
    page = show("apart")

    lane = page.locator(".bar.met .lane").first.bounding_box()
    dot = page.locator(".bar.met .dot").first.bounding_box()
    assert lane and dot
    assert lane["x"] <= dot["x"] < lane["x"] + lane["width"] / 2  # sqlite / postgresql < 1
    assert page.locator(".bar .told small").first.text_content() == "faster"


def test_the_pointer_reads_every_variant(show: Show) -> None:
    page = show("apart")

    page.locator("#plot-percentiles .canvas").hover(position={"x": 300, "y": 50})
    told = page.locator("#plot-percentiles .legend output").all_text_contents()
    assert told[0].endswith("ms") and told[1].endswith("ms")
    assert told[2].startswith("p")
    page.locator("#plot-rates .canvas").hover(position={"x": 1, "y": 50})
    assert page.locator("#plot-rates [data-moment]").text_content() == "at 50.0/s"


def test_variants_have_colours_of_their_own(show: Show) -> None:
    page = show("apart")

    colours = page.locator("#plot-percentiles .data .trace").evaluate_all(
        "lines => lines.map(line => getComputedStyle(line).stroke)"
    )
    assert len(colours) == len(set(colours)) == 2


def test_it_prints(show: Show) -> None:
    page = show("apart")

    page.emulate_media(media="print")
    assert page.locator("#plot-percentiles .canvas").is_visible()
    assert len(page.pdf()) > 10_000
