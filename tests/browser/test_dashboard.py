"""The dashboard as people meet it: real Chromium, every outside address refused."""

import csv
import re
import socket
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.etl.published import published_row, write_published

pytestmark = pytest.mark.browser

OFFENCES = "indicator=offences_against_minors&period=2022"
# No figures of districts: a region that is chosen stays on the map of regions.
VICTIMS = "indicator=child_victims&period=2022"
LESSONS = "indicator=missed_lessons&by=reason:no_valid_reason"
TURKISTAN, SOZAK, SAURAN = "610000000", "615600000", "615500000"
AKMOLA = "110000000"


def table_rows(page: Page) -> list[list[str]]:
    """Cells of the table, row by row, head left out."""
    script = "rows => rows.map(row => [...row.children].map(cell => cell.innerText.trim()))"
    return list(page.locator("table.cells tbody tr").evaluate_all(script))


def test_twenty_regions_are_painted_and_the_table_equals_the_map(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{OFFENCES}")
    painted = visit.map_areas()
    rows = table_rows(visit.page)
    assert len(painted) == 20
    assert len({area["colour"] for area in painted}) > 3
    shown = {name: (count, rate, limits) for name, count, rate, limits, *_ in rows[:-1]}
    assert len(shown) == 20
    for area in painted:
        name, text = area["label"].split(": ", 1)
        count, rate, limits = shown[name]
        assert text.startswith(f"{rate} per 100,000 children aged 0–17 (95% interval: {limits}); {count} offence")


def test_the_legend_counts_the_areas_of_each_fill(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{OFFENCES}")
    painted = visit.map_areas()
    counts = [int(text) for text in visit.page.locator(".legend li b").all_inner_texts()]
    of_fill = [sum(area["fill"] == f"class:{index}" for area in painted) for index in range(5)]
    assert counts == [*of_fill, 0, 0, 0, 0, 0]


def test_a_click_on_the_map_selects_a_region_in_card_box_table_and_address(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{VICTIMS}")
    visit.area("Karaganda Region").click()
    page = visit.page
    expect(page.locator(".card h3").first).to_have_text("Karaganda Region")
    expect(page.locator("tr.marked th")).to_have_text("Karaganda Region")
    expect(visit.area("Karaganda Region")).to_have_attribute("aria-pressed", "true")
    assert "area=350000000" in page.url


def test_by_clicks_the_way_leads_from_the_country_to_a_district_and_back(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{LESSONS}&level=region")
    visit.area("Turkistan Region").click()
    page = visit.page
    expect(page.locator(".card h3").first).to_have_text("Turkistan Region")
    visit.area("Sozak District").click()
    expect(page.locator(".card h3").first).to_have_text("Sozak District")
    assert f"area={SOZAK}" in page.url
    page.get_by_role("button", name="Turkistan").click()
    expect(page.locator(".card h3").first).to_have_text("Turkistan Region")
    page.get_by_role("button", name="Kazakhstan").click()
    expect(page.locator(".card h3").first).to_have_text("Republic of Kazakhstan")
    expect(visit.area("Akmola Region")).to_be_visible()


def test_by_keyboard_the_way_leads_from_the_country_to_a_district_and_back(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{LESSONS}&level=region")
    page = visit.page
    visit.area("Turkistan Region").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".card h3").first).to_have_text("Turkistan Region")
    visit.area("Arys city").focus()
    page.keyboard.press("Space")
    expect(page.locator(".card h3").first).to_have_text("Arys city")
    visit.area("Arys city").focus()
    page.keyboard.press("Backspace")
    expect(page.locator(".card h3").first).to_have_text("Republic of Kazakhstan")
    assert "area=000000000" in page.url


@pytest.mark.parametrize(
    ("spelling", "found"), [("Сауранский район", SAURAN), ("Туркестанская обл.", TURKISTAN), ("611000000", "611000000")]
)
def test_a_search_in_any_spelling_leads_to_the_area(visit: Visit, spelling: str, found: str) -> None:
    visit.open(f"risk_map?lang=en&{LESSONS}")
    box = visit.page.get_by_role("textbox", name="Find an area")
    box.fill(spelling)
    box.press("Enter")
    visit.page.wait_for_url(f"**area={found}**")


def test_a_name_that_fits_several_areas_offers_each_of_them(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{LESSONS}")
    box = visit.page.get_by_role("textbox", name="Find an area")
    box.fill("Абайский район")
    box.press("Enter")
    visit.page.get_by_role("button", name="Abai District (Karaganda)").click()
    visit.page.wait_for_url("**area=353200000**")


def test_a_district_without_an_outline_is_on_the_map_and_in_the_table(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{LESSONS}&area={TURKISTAN}")
    dot = visit.page.frame_locator("iframe").first.locator(f'[data-area="{SAURAN}"]').first
    expect(dot).to_be_attached()
    names = [row[0] for row in table_rows(visit.page)]
    assert any(name.startswith("Sauran") for name in names)
    assert any("not in a district" in name for name in names)


def test_invented_figures_are_marked_in_the_page_the_picture_the_file_and_its_name(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{LESSONS}&area={TURKISTAN}")
    expect(visit.page.locator("p.invented")).to_contain_text("Invented data")
    expect(visit.page.frame_locator("iframe").first.get_by_text("Invented data").first).to_be_attached()
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename.startswith("invented_")
    first, *lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "INVENTED" in first.upper()
    assert all(row["invented"] == "true" for row in csv.DictReader(lines))


def test_real_figures_are_not_marked_as_invented(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{OFFENCES}")
    assert len(visit.map_areas()) == 20
    assert visit.page.locator("p.invented").count() == 0


def test_the_trends_show_a_chart_and_an_equal_table(visit: Visit) -> None:
    visit.open(f"trends?lang=en&indicator=missed_lessons&area={TURKISTAN}")
    expect(visit.page.locator(".js-plotly-plot .scatterlayer").first).to_be_attached()
    assert len(table_rows(visit.page)) >= 18
    assert visit.page.locator("[data-testid=stAlert]").filter(has_text="wrong").count() == 0


@pytest.mark.parametrize("show", ["ranked", "pair", "parts", "heat"])
def test_every_comparison_is_drawn(visit: Visit, show: str) -> None:
    visit.open(f"compare?lang=ru&{LESSONS}&area={TURKISTAN}&other=110000000&show={show}")
    expect(visit.page.locator("h2, h3").first).to_be_visible()
    if show == "pair":
        assert len(table_rows(visit.page)) > 5
    else:
        expect(visit.page.locator(".js-plotly-plot").first).to_be_visible()


# Where the point of an area is on the screen.
POINT = """(plot, area) => {
    const dots = plot.data.find(trace => trace.meta?.role === 'values');
    const at = dots.customdata.indexOf(area);
    const { xaxis, yaxis } = plot._fullLayout;
    const box = plot.getBoundingClientRect();
    return [box.x + xaxis._offset + xaxis.d2p(dots.x[at]), box.y + yaxis._offset + yaxis.d2p(dots.y[at])];
}"""


@pytest.mark.every_combination
def test_a_click_on_a_point_of_a_funnel_chooses_the_area_and_leaves_the_picture_one_of_regions(visit: Visit) -> None:
    visit.open(f"compare?lang=en&{OFFENCES}&show=funnel")
    page, plot = visit.page, visit.page.locator(".js-plotly-plot")
    expect(plot.locator(".points path").first).to_be_attached()
    for name, code in (("West Kazakhstan Region", "270000000"), ("Astana city", "710000000")):
        plot.scroll_into_view_if_needed()
        page.mouse.click(*plot.evaluate(POINT, code))
        expect(page.locator("tr.marked th")).to_have_text(name)
        expect(plot.locator(".textpoint").filter(has_text=name.split()[0])).to_be_visible()
        assert f"area={code}" in page.url
        assert len(table_rows(page)) == 20
    page.get_by_role("button", name="Kazakhstan").click()
    expect(page.locator("tr.marked")).to_have_count(0)


@pytest.mark.every_combination
def test_a_finger_on_a_funnel_scrolls_the_page_and_a_tap_chooses_the_area(chromium: Browser, dashboard: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    visit = Visit(page, dashboard)
    visit.open(f"compare?lang=kk&{OFFENCES}&show=funnel")
    plot = page.locator(".js-plotly-plot")
    expect(plot.locator(".points path").first).to_be_attached()
    centred = "plot => plot.scrollIntoView({block: 'center'})"
    plot.evaluate(centred)
    page.touchscreen.tap(*plot.evaluate(POINT, "270000000"))
    expect(page.locator("tr.marked th")).to_have_text("Батыс Қазақстан облысы")
    plot.evaluate(centred)
    before = plot.evaluate("plot => plot.getBoundingClientRect().y")
    finger = context.new_cdp_session(page)
    for step in range(11):
        where = [{"x": 195, "y": 450 - 20 * step}]
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": where})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    is_moved = "top => document.querySelector('.js-plotly-plot').getBoundingClientRect().y < top - 100"
    page.wait_for_function(is_moved, arg=before)
    context.close()


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_keyboard_selects_a_region_as_a_click_does(visit: Visit, key: str) -> None:
    visit.open(f"risk_map?lang=en&{VICTIMS}")
    visit.area("Akmola Region").focus()
    visit.page.keyboard.press(key)
    expect(visit.page.locator(".card h3").first).to_have_text("Akmola Region")
    assert "area=110000000" in visit.page.url


def test_a_language_switch_changes_names_numbers_and_dates_at_once(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{VICTIMS}&area=270000000")
    page = visit.page
    expect(page.locator(".card h3").first).to_have_text("West Kazakhstan Region")
    page.get_by_role("radio", name="Қазақша").or_(page.get_by_role("button", name="Қазақша")).first.click()
    expect(page.locator(".card h3").first).to_have_text("Батыс Қазақстан облысы")
    expect(page.locator("h1")).to_have_text("Тәуекелдер картасы")
    expect(page.locator("h2, h3").first).to_contain_text("2022 жыл")
    assert re.fullmatch(r"\d+,\d", page.locator(".card .figure").inner_text())
    assert page.evaluate("document.documentElement.lang") == "kk"
    expect(visit.area("Батыс Қазақстан облысы")).to_have_attribute("aria-pressed", "true")
    assert "lang=kk" in page.url
    assert "area=270000000" in page.url


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_english_word_of_the_library_is_left(visit: Visit, language: str) -> None:
    visit.open(f"risk_map?lang={language}&{OFFENCES}")
    assert visit.map_areas()
    texts = visit.page.evaluate(
        """() => [...document.querySelectorAll('body *')].flatMap(e => [
            e.getAttribute('aria-label'), e.getAttribute('title'), e.getAttribute('placeholder'), e.getAttribute('alt'),
            ...(e.childElementCount || e.closest('style, script, noscript')
                || getComputedStyle(e).fontFamily.includes('Material') ? [] : [e.textContent])]).filter(Boolean)"""
    )
    known = ("English", "CSV", "CC BY")
    texts = [re.sub(r"\d{8}T\d+-[0-9a-f]{6}", "", text) for text in texts]  # the data version may spell anything
    assert not {text for text in texts if re.search("[A-Za-z]{3}", text) and not any(word in text for word in known)}


def test_the_address_restores_the_view(visit: Visit) -> None:
    visit.open("risk_map?lang=ru&indicator=child_victims&period=2022&area=750000000")
    expect(visit.page.locator(".card h3").first).to_have_text("город Алматы")
    expect(visit.page.locator("h2, h3").first).to_contain_text("потерпевшие")


def test_the_choice_is_kept_from_page_to_page(visit: Visit) -> None:
    visit.open("risk_map?lang=ru&indicator=child_victims&area=750000000")
    expect(visit.page.locator(".card h3").first).to_have_text("город Алматы")
    visit.page.get_by_role("link", name="Обзор").first.click()
    expect(visit.page.locator("h1")).to_have_text("Обзор")
    visit.page.get_by_role("link", name="Карта рисков").first.click()
    expect(visit.page.locator(".card h3").first).to_have_text("город Алматы")
    assert "indicator=child_victims" in visit.page.url


def test_the_csv_opens_and_holds_what_the_table_shows(visit: Visit) -> None:
    visit.open(f"risk_map?lang=kk&{OFFENCES}")
    rows = table_rows(visit.page)
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name="CSV").click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    first, *lines = content.decode("utf-8-sig").splitlines()
    assert first.startswith(('"# ', "# "))
    written = list(csv.DictReader(lines))
    assert [row["area_name"] for row in written] == [row[0] for row in rows]
    assert [row["numerator"] for row in written] == [row[1].replace("\u00a0", "") for row in rows]
    assert {row["status"] for row in written} == {"value"}
    for line, row in zip(written, rows, strict=True):
        assert f"{float(line['value']):.1f}".replace(".", ",") == row[2].replace("\u00a0", "")


def test_a_map_of_suicides_has_one_neutral_colour_and_the_help_line(visit: Visit) -> None:
    visit.open("risk_map?lang=en&indicator=suicides_minors")
    assert len({area["colour"] for area in visit.map_areas()}) == 1
    expect(visit.page.get_by_text("call 111").first).to_be_visible()


def test_an_address_with_foreign_marks_brings_no_mark_up_and_no_outside_request(visit: Visit) -> None:
    visit.open("risk_map?lang=en&indicator=![x](https://example.org/x.png)<img src=x>")
    assert visit.page.locator("[data-testid=stAlert] img").count() == 0
    assert len(visit.map_areas()) == 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_runs_off_the_screen(visit: Visit, scheme: str, width: int) -> None:
    visit.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit.page.set_viewport_size({"width": width, "height": 900})
    visit.open(f"risk_map?lang=ru&{OFFENCES}")
    assert len(visit.map_areas()) == 20
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("page", "title"), [("", "Обзор"), ("methods", "Методы и определения")])
def test_the_other_pages_ask_for_nothing_outside_either(visit: Visit, page: str, title: str) -> None:
    visit.open(f"{page}?lang=ru")
    expect(visit.page).to_have_title(f"{title} – Интерактивная карта рисков")


def test_the_language_of_the_address_is_kept_on_every_page(visit: Visit) -> None:
    visit.open("risk_map?lang=ru")
    visit.page.get_by_role("link", name="Методы", exact=True).first.click()
    expect(visit.page.locator("h1")).to_have_text("Методы и определения")
    visit.page.wait_for_url("**lang=ru**")
    visit.page.reload()
    expect(visit.page.locator("h1")).to_have_text("Методы и определения")


def test_another_indicator_without_that_period_is_no_fault_of_the_reader(visit: Visit) -> None:
    visit.open(f"risk_map?lang=en&{VICTIMS}")
    visit.page.get_by_role("combobox", name="Indicator").click()
    visit.page.get_by_role("option", name="Suicides").click()
    expect(visit.page.locator("h2, h3").first).to_contain_text("Suicides of minors")
    assert visit.page.locator("[data-testid=stAlert]").filter(has_text="address").count() == 0


def test_the_server_calls_nobody_even_for_a_visitor_from_a_strange_address(
    dashboard: str, calls_out: list[str]
) -> None:
    address = urlparse(dashboard)
    handshake = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: http://department.example\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=20) as visitor:
        visitor.sendall(handshake.encode())
        assert visitor.recv(100).startswith(b"HTTP/1.1 403")
    assert calls_out == []


def test_a_file_is_checked_without_a_word_in_a_foreign_language(visit: Visit, tmp_path: Path) -> None:
    path = write_published(tmp_path / "сандар.csv", [published_row("offences_against_minors", AKMOLA, "2022", -12)])
    visit.open("check?lang=kk")
    page = visit.page
    box = page.get_by_test_id("stFileUploader")
    assert not re.search("[a-z]{3}", box.inner_text().replace("upload", "", 1))  # the name of the icon is drawn
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Тексеру", exact=True).click()
    expect(page.locator("table.cells tbody tr")).to_have_count(1, timeout=60_000)
    assert "V002" in table_rows(page)[0]
    assert page.locator("[data-testid=stFileChip]").count() == 0
    with page.expect_download() as download:
        page.get_by_role("button", name="Ұяшықтары боялған көшірмені жүктеп алу").click()
    assert download.value.suggested_filename == "сандар.faults.xlsx"
    assert download.value.path().read_bytes().startswith(b"PK")
