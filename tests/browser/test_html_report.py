"""The HTML report in a real Chromium: it draws, sorts, prints, and asks nobody for anything."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from apiforge.loadtest.reports import figures
from apiforge.loadtest.reports.html import html
from tests.browser.conftest import OpenPage
from tests.unit.reports import documents

SERVER = ["server-cpu", "server-memory", "server-time"]
PLOTS = ["latency", "heat", *SERVER, "curve", "rate", "in-flight", "errors", "lag"]

Show = Callable[..., Page]


@pytest.fixture
def show(open_page: OpenPage) -> Show:
    """Opens a document's page."""
    return lambda document, **options: open_page(html(document), **options)


def plots(page: Page) -> list[str]:
    ids: list[str] = page.locator("figure.chart").evaluate_all(
        "figures => figures.map(figure => figure.id.replace('plot-', ''))"
    )
    return ids


def names(page: Page) -> list[str]:
    return page.locator("table[data-sortable] tbody th").all_text_contents()


@pytest.mark.parametrize("name", documents.EVERY)
def test_every_run_opens_quietly(show: Show, name: str) -> None:
    page = show(documents.EVERY[name]())
    assert page.locator("h2#verdict").is_visible()


@pytest.mark.parametrize(
    ("name", "present"),
    [
        ("fail", PLOTS),
        ("pass", [plot for plot in PLOTS if plot != "errors"]),
        ("empty", []),
    ],
)
def test_plots_are_present(show: Show, name: str, present: list[str]) -> None:
    assert plots(show(documents.EVERY[name]())) == present


def test_every_second_is_drawn_inside_its_frame(show: Show) -> None:
    page = show(documents.failing())
    line = page.locator("#plot-latency path.p99")
    assert len(str(line.get_attribute("d")).split("L")) == 40
    box, frame = line.bounding_box(), page.locator("#plot-latency .canvas").bounding_box()
    assert box and frame
    assert box["width"] == pytest.approx(frame["width"], abs=3)
    assert (
        frame["y"] - 2 <= box["y"] <= box["y"] + box["height"] <= frame["y"] + frame["height"] + 2
    )


def test_one_hour_is_drawn_whole(show: Show) -> None:
    page = show(documents.one_hour())
    assert len(str(page.locator("#plot-latency path.p99").get_attribute("d")).split("L")) == 3600
    assert page.locator("details").first.locator("tbody tr").count() == 60


def test_pointer_reads_the_value_under_it_on_every_plot_over_time(show: Show) -> None:
    page = show(documents.passing())
    page.locator("#plot-latency .canvas").hover(position={"x": 1, "y": 50})
    first = figures.milliseconds(documents.passing()["series"][0]["p99"])
    assert page.locator("#plot-latency [data-key=p99]").text_content() == first
    assert page.locator("#plot-rate [data-key=due]").text_content() == "50"
    assert page.locator("#plot-rate [data-moment]").text_content() == "at 0:00"
    page.mouse.move(0, 0)
    assert page.locator("#plot-rate [data-moment]").text_content() == "whole run"


def test_numbers_of_the_service_share_the_cursor(show: Show) -> None:
    page = show(documents.passing())
    assert page.locator("#plot-server-cpu [data-key=server_cpu]").text_content() == "up to 20.5%"
    page.locator("#plot-latency .canvas").hover(position={"x": 1, "y": 50})
    assert page.locator("#plot-server-cpu [data-key=server_cpu]").text_content() == "20.5%"
    assert page.locator("#plot-server-memory output").first.text_content() == "61 MB"
    assert page.locator("#plot-heat [data-moment]").text_content() == "at 0:00"


def test_heat_map_stays_inside_its_frame_and_has_a_cell_for_each_second(show: Show) -> None:
    page = show(documents.passing())
    cells = "".join(
        path.get_attribute("d") or "" for path in page.locator("#plot-heat .cells path").all()
    )
    assert len(set(re.findall(r"M(-?\d+) ", cells))) == 30
    overflow = "cells => getComputedStyle(cells).overflow"
    assert page.locator("#plot-heat .cells").evaluate(overflow) == "hidden"


def test_plot_is_read_by_keyboard(show: Show) -> None:
    page = show(documents.passing())
    plot = page.locator("#plot-latency .plot")
    plot.focus()
    page.keyboard.press("End")
    assert str(plot.get_attribute("aria-valuetext")).startswith("at 0:29, p50 ")
    page.keyboard.press("ArrowLeft")
    assert str(plot.get_attribute("aria-valuetext")).startswith("at 0:28, p50 ")
    page.keyboard.press("Escape")
    assert page.locator("#plot-latency [data-moment]").text_content() == "whole run"


def test_percentile_curve_is_read_by_keyboard(show: Show) -> None:
    page = show(documents.passing())
    page.locator("#plot-curve .plot").focus()
    page.keyboard.press("End")
    assert page.locator("#plot-curve [data-moment]").text_content() == "p99.9"


def test_earlier_run_is_laid_over_the_plots_and_read_with_them(show: Show) -> None:
    page = show(documents.regressed())
    before = documents.regressed()["baseline"]
    page.locator("#plot-latency .canvas").hover(position={"x": 1, "y": 50})
    read = page.locator("#plot-latency [data-key=baseline_p95]").text_content()
    assert read == figures.milliseconds(before["series"][0]["p95"])
    page.locator("#plot-curve .plot").focus()
    page.keyboard.press("Home")
    read = page.locator("#plot-curve [data-key=baseline]").text_content()
    assert read == figures.milliseconds(before["percentiles"][0][1])
    assert page.locator("section:has(#baseline) .answer").text_content() is not None
    assert page.locator("section:has(#baseline) tbody tr").count() == 4


def test_run_that_cannot_be_compared_is_laid_over_nothing(show: Show) -> None:
    page = show(documents.not_comparable())
    assert page.locator(".baseline, .baseline_p95").count() == 0
    assert page.locator("section:has(#baseline) .reasons li").count() == 2


def test_endpoints_are_sorted_by_keyboard(show: Show) -> None:
    page = show(documents.failing())
    before = names(page)
    page.get_by_role("button", name="Failed").focus()
    page.keyboard.press("Enter")
    assert names(page) == before
    page.keyboard.press("Enter")
    assert names(page) == before[::-1]
    head = page.locator("table[data-sortable] th[aria-sort]")
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.locator("#announce").text_content() == "Sorted by Failed, ascending"


def test_endpoints_are_sorted_by_name(show: Show) -> None:
    page = show(documents.failing())
    page.get_by_role("button", name="Endpoint").press("Space")
    assert names(page)[0].startswith("DELETE")


def test_essentials_are_there_without_scripts(show: Show) -> None:
    page = show(documents.failing(), java_script_enabled=False)
    assert page.locator("figure.chart path").count() >= 10
    assert page.locator("table[data-sortable] tbody tr").count() == 6
    assert page.locator("button").count() == 0


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_colours_follow_the_system(show: Show, scheme: str, dark: bool) -> None:
    page = show(documents.passing(), color_scheme=scheme)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, paper[4:-1].split(","))) < 64) is dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["pass", "fail", "invalid", "regressed", "not comparable"])
def test_words_stand_out_from_the_page(show: Show, name: str, scheme: str) -> None:
    page = show(documents.EVERY[name](), color_scheme=scheme)
    assert page.evaluate(FAINT_WORDS) == []


@pytest.mark.parametrize("name", documents.EVERY)
def test_narrow_screens_do_not_scroll_sideways(show: Show, name: str) -> None:
    page = show(documents.EVERY[name](), viewport={"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_prints_light_even_when_the_system_is_dark(show: Show) -> None:
    page = show(documents.failing(), color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")


# Text whose contrast with what is behind it is under 4.5 to 1 (WCAG 2, AA).
FAINT_WORDS = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const linear = channels(colour).slice(0, 3).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (element) => {
    const style = getComputedStyle(element);
    const ink = element instanceof SVGElement ? style.fill : style.color;
    const [light, dark] = [luminance(ink), luminance(behind(element))].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const hasText = (element) => [...element.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const decorative = (element) => element.textContent.trim() === "\\u00b7";
  return [...document.querySelectorAll("body *")]
    .filter((element) => !["SCRIPT", "STYLE"].includes(element.tagName))
    .filter((element) => hasText(element) && !decorative(element) && contrast(element) < 4.5)
    .map((element) => `${element.tagName} ${element.textContent.trim()}`);
}"""
