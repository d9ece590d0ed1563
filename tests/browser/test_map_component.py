"""The map as people meet it, on a page of its own: regions, districts, insets, dots, paper."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.browser.conftest import free_port, wait_until_served
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

COUNTRY = "000000000"
CITIES = ["Astana city", "Almaty city", "Shymkent city"]
CHILDREN = {"615500000": "612000000", "635500000": "635200000", "636300000": "635400000", "711610000": "711110000"}
STOPS = "[data-area][role=button]"
# A point of the window at which a pointer meets the element itself: not every outline holds its own middle.
POINT_ON = """path => {
  const {left, top, width, height} = path.getBoundingClientRect();
  for (let step = 0; step < 900; step++) {
    const [x, y] = [left + width * (step % 30 + .5) / 30, top + height * (Math.floor(step / 30) + .5) / 30];
    if (document.elementFromPoint(x, y) === path) return [x, y];
  }
}"""


@dataclass
class Shown:
    """The page with the map and its frame."""

    page: Page
    base: str

    @property
    def frame(self) -> FrameLocator:
        """The document of the map."""
        return self.page.frame_locator("iframe").first

    def open(self, *, areas: int, query: str = "") -> None:
        """Go to a picture and wait for all its outlines."""
        self.page.goto(f"{self.base}/?{query}")
        expect(self.frame.locator("path.leaflet-interactive.area")).to_have_count(areas, timeout=30_000)
        expect(self.page.get_by_text(re.compile("^selected "))).to_be_visible()

    def stop(self, area: str) -> Locator:
        """Where the keyboard meets an area."""
        return self.frame.locator(f'{STOPS}[data-area="{area}"]')

    def click(self, element: Locator) -> None:
        """Click where the pointer meets this element and no other."""
        x, y = element.evaluate(POINT_ON)
        outer = self.page.locator("iframe").first.bounding_box()
        assert outer
        self.page.mouse.click(outer["x"] + x, outer["y"] + y)

    def says(self, *, selected: str = "", at: str = "") -> None:
        """The page has been told so."""
        expect(self.page.get_by_text(f"selected [{selected}] at [{at}]", exact=True)).to_be_visible()


@pytest.fixture(scope="module")
def map_page() -> Iterator[str]:
    """Address of the page with the map alone."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(Path(__file__).with_name("map_component_page.py"))]
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    quiet = ["--browser.gatherUsageStats=false", "--server.fileWatcherType=none"]
    process = subprocess.Popen(
        [*command, *options, *quiet], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )
    try:
        wait_until_served(process, f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def shown(chromium: Browser, map_page: str) -> Iterator[Shown]:
    """A fresh window; at the end no script may have failed."""
    context = chromium.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    yield Shown(page, map_page)
    context.close()
    assert faults == []


def whole_country(shown: Shown, *, query: str = "") -> None:
    shown.open(areas=224, query=f"at={COUNTRY}{query}")
    shown.frame.locator(".area-inset").first.wait_for(state="attached")


def stops(shown: Shown) -> list[str]:
    script = "(stops) => stops.filter((stop) => stop.checkVisibility()).map((stop) => stop.dataset.area)"
    found: list[str] = shown.frame.locator(STOPS).evaluate_all(script)
    return found


def focused(shown: Shown) -> dict[str, Any]:
    script = "() => ({area: document.activeElement.dataset.area, label: document.activeElement.ariaLabel})"
    found: dict[str, Any] = shown.frame.locator("body").evaluate(script)
    return found


def test_a_click_leads_into_a_region_and_backspace_out_of_it_to_where_one_was(shown: Shown) -> None:
    shown.open(areas=20)
    shown.click(shown.stop("350000000"))
    shown.says(at="350000000")
    expect(shown.frame.locator("path.leaflet-interactive.area")).to_have_count(13)
    assert shown.frame.locator("path.border.context").count() == 19
    shown.page.keyboard.press("Backspace")
    shown.says()
    expect(shown.frame.locator("path.leaflet-interactive.area")).to_have_count(20)
    assert focused(shown)["area"] == "350000000"


def test_keys_alone_lead_in_select_and_lead_out(shown: Shown) -> None:
    shown.open(areas=20)
    shown.stop("110000000").focus()
    shown.page.keyboard.press("Enter")
    shown.says(at="110000000")
    expect(shown.frame.locator("path.border.context")).to_have_count(19)
    assert focused(shown)["label"] == "Map 110000000"
    shown.page.keyboard.press("Tab")
    first = focused(shown)["area"]
    assert first.startswith("11")
    shown.page.keyboard.press(" ")
    shown.says(selected=first, at="110000000")
    expect(shown.stop(first)).to_have_attribute("aria-pressed", "true")
    shown.page.keyboard.press("Escape")
    expect(shown.frame.locator(".area-tip")).to_be_hidden()
    shown.says(selected=first, at="110000000")
    shown.page.keyboard.press("Escape")
    shown.says()


def test_the_button_one_level_up_stands_only_where_there_is_one(shown: Shown) -> None:
    shown.open(areas=20)
    button = shown.frame.get_by_role("button", name="one_level_up")
    expect(button).to_have_count(0)
    shown.open(areas=13, query="at=350000000")
    expect(shown.frame.get_by_role("button", name="show_region")).to_be_visible()
    button.focus()
    shown.page.keyboard.press("Space")
    shown.says()
    expect(button).to_have_count(0)


@pytest.mark.parametrize("width", [1100, 700, 360])
def test_the_keyboard_meets_each_of_228_districts_once(shown: Shown, width: int) -> None:
    shown.page.set_viewport_size({"width": width, "height": 900})
    whole_country(shown)
    met = stops(shown)
    assert len(met) == len(set(met)) == 228
    assert set(CHILDREN) <= set(met)
    shown.frame.get_by_role("button", name="zoom_in").click()
    expect(shown.frame.locator(".area-inset").first).to_be_hidden()
    assert sorted(stops(shown)) == sorted(met)
    shown.frame.get_by_role("button", name="show_all").click()
    expect(shown.frame.locator(".area-inset").first).to_be_visible()
    assert sorted(stops(shown)) == sorted(met)


@pytest.mark.parametrize("width", [1100, 1500, 700, 360])
def test_insets_lie_in_the_frame_where_no_data_are(shown: Shown, width: int) -> None:
    shown.page.set_viewport_size({"width": width, "height": 900})
    whole_country(shown)
    expect(shown.frame.locator(".area-inset button")).to_have_text(CITIES)
    covered = shown.frame.locator(".area-inset").evaluate_all(
        """insets => insets.flatMap(inset => {
            const {left, top, width, height} = inset.getBoundingClientRect();
            const points = Array.from({length: 41 * 41}, (_, n) =>
                [left + width * (n % 41) / 40, top + height * Math.floor(n / 41) / 40]);
            const met = points.map(([x, y]) => document.elementFromPoint(x, y));
            const met_outside = met.filter(one => !one || one.closest('.leaflet-pane, .leaflet-control'));
            return met_outside.map(one => one?.outerHTML.slice(0, 80) ?? 'outside the frame');
        })"""
    )
    # The frame's own border is shared with the map; anything more would be an area or a button.
    assert {text for text in covered if "svg" not in text} == set()
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_inset_shows_and_reports_what_the_map_shows(shown: Shown) -> None:
    whole_country(shown)
    twins = shown.frame.locator("path.leaflet-interactive.in-inset")
    pairs = twins.evaluate_all(
        """paths => paths.map(path => [path, document.querySelector(`.area-inset [data-area="${path.dataset.area}"]`)]
            .map(one => [one.getAttribute('fill'), one.dataset.fill, one.getAttribute('aria-label')]))"""
    )
    assert len(pairs) == 18
    assert all(small == large for small, large in pairs)
    expect(twins.first).to_have_attribute("aria-hidden", "true")
    shown.click(shown.stop("751210000"))
    shown.says(selected="751210000", at=COUNTRY)
    expect(shown.stop("751210000")).to_have_attribute("aria-pressed", "true")
    shown.frame.get_by_role("button", name="Almaty city", exact=True).click()
    shown.says(selected="751210000", at="750000000")


def test_a_district_without_an_outline_is_a_dot_with_room_for_a_finger(shown: Shown) -> None:
    whole_country(shown)
    for child, parent in CHILDREN.items():
        room = shown.frame.locator(f'path.dot-room[data-area="{child}"]').last.bounding_box()
        assert room
        assert min(room["width"], room["height"]) >= 24
        label = shown.stop(child).get_attribute("aria-label") or ""
        assert label in (shown.stop(parent).get_attribute("aria-label") or "")
        shown.stop(parent).focus()
        shown.page.keyboard.press("ArrowUp")
        shown.click(shown.stop(child))
        shown.says(selected=child, at=COUNTRY)


def test_the_tooltip_of_an_outline_tells_the_districts_within_it_on_lines_of_their_own(shown: Shown) -> None:
    whole_country(shown)
    shown.page.keyboard.press("Tab")
    shown.stop("612000000").focus()
    lines = shown.frame.locator(".area-tip p")
    expect(lines).to_have_text([re.compile("Kentau city"), re.compile("Sauran District")])


def test_arrows_walk_on_the_ground_into_an_inset_and_out_of_it(shown: Shown) -> None:
    whole_country(shown)
    shown.stop("116600000").focus()
    walked = []
    for key in ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"] * 6:
        shown.page.keyboard.press(key)
        walked.append(focused(shown)["area"])
    assert any(area.startswith("71") for area in walked)
    assert any(not area.startswith("71") for area in walked)


def test_another_indicator_repaints_and_leaves_the_zoom(shown: Shown) -> None:
    whole_country(shown)
    shown.frame.get_by_role("button", name="zoom_in").click()
    expect(shown.frame.locator(".area-inset").first).to_be_hidden()
    path = shown.frame.locator('path.leaflet-interactive[data-area="751210000"]')
    before = path.get_attribute("data-fill")
    shown.page.get_by_text("1", exact=True).click()
    expect(path).not_to_have_attribute("data-fill", before or "")
    expect(shown.frame.locator(".area-inset").first).to_be_hidden()
    inset = shown.frame.locator('.area-inset path[data-area="751210000"]')
    assert inset.get_attribute("data-fill") == path.get_attribute("data-fill")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_invented_figures_say_so_wherever_the_map_is_moved(shown: Shown, scheme: str) -> None:
    shown.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    whole_country(shown, query="&invented=Nothing of this is real")
    band = shown.frame.locator(".area-invented")
    expect(band).to_have_text("Nothing of this is real")
    before = band.bounding_box()
    shown.frame.get_by_role("button", name="zoom_in").click()
    shown.frame.locator(".leaflet-container").press("ArrowRight")
    expect(band).to_be_in_viewport()
    assert band.bounding_box() == before
    stamp, frame = (shown.frame.locator(one).bounding_box() for one in (".area-stamp", ".leaflet-container"))
    assert stamp == frame
    assert shown.frame.locator(".area-stamp pattern text").all_text_contents() == ["Nothing of this is real"] * 3


def test_real_figures_bear_no_mark(shown: Shown) -> None:
    whole_country(shown)
    assert shown.frame.locator(".area-stamp").count() == 0
    expect(shown.frame.locator(".area-invented")).to_be_hidden()


def test_paper_holds_the_whole_map_and_the_mark_of_invented_figures(shown: Shown) -> None:
    whole_country(shown, query="&invented=Nothing of this is real")
    screen = shown.frame.locator(".leaflet-container").bounding_box()
    shown.frame.locator("body").evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    shown.page.emulate_media(media="print")
    shown.page.set_viewport_size({"width": 700, "height": 900})
    expect(shown.frame.locator(".leaflet-container")).to_have_css("width", "668px")
    sheet = shown.frame.locator(".area-print").bounding_box()
    assert sheet
    assert screen
    assert sheet["width"] == pytest.approx(668, abs=1)
    assert sheet["width"] / sheet["height"] == pytest.approx(screen["width"] / screen["height"], abs=0.01)
    expect(shown.frame.locator(".area-stamp")).to_be_visible()
    expect(shown.frame.locator(".area-invented")).to_be_visible()
    expect(shown.frame.locator(".leaflet-control-zoom")).to_be_hidden()
    shown.frame.locator("body").evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert shown.frame.locator(".area-print").count() == 0


def test_printing_the_page_lays_out_the_map_for_paper_and_clears_it_away(shown: Shown) -> None:
    whole_country(shown)
    body = shown.frame.locator("body")
    body.evaluate(
        """() => window.addEventListener('beforeprint', () => {
            window.laidOut = document.querySelectorAll('.area-print path.leaflet-interactive').length;
        })"""
    )
    shown.page.pdf()
    assert body.evaluate("() => [window.laidOut, document.querySelectorAll('.area-print').length]") == [224, 0]


def test_the_credit_stands_above_the_mark_of_invented_figures(shown: Shown) -> None:
    shown.page.set_viewport_size({"width": 360, "height": 900})
    whole_country(shown, query="&invented=" + "Nothing of this is real " * 4)
    credit, band, inset = (
        shown.frame.locator(one).first for one in (".leaflet-control-attribution", ".area-invented", ".area-inset")
    )
    expect(band).to_be_visible()
    tops = [one.bounding_box() for one in (inset, credit, band)]
    assert all(tops)
    ends = [box["y"] + box["height"] for box in tops if box]
    starts = [box["y"] for box in tops if box]
    assert ends[0] <= starts[1]
    assert ends[1] <= starts[2]
