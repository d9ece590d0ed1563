"""The receipt of a region: right in three languages, complete in itself, and one printed page for every region."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from geo.areas import areas, districts_of, regions
from riskmap.analytics.quality_views import (
    DistrictStates,
    ReceiptFaults,
    ReceiptFigure,
    ReceiptReturns,
    ReceiptView,
    Return,
)
from riskmap.domain.problems import Severity
from riskmap.domain.registry import catalogue, source
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus, ReturnState, RevisionKind
from riskmap.files.receipt import receipt_html, receipt_name
from riskmap.words import t
from tests.quality_build import ARYS, KENTAU, RETURN, SOZAK, TURKISTAN
from tests.views import period_of, row

MONTH = period_of("2026-09")
DUE = date(2026, 10, 10)


def one(area: str, state: ReturnState, *, days: int = 0, corrected: date | None = None) -> Return:
    received = DUE + timedelta(days=days) if state.is_reported else None
    return Return(area, areas()[area].parent, MONTH, state, DUE, received, corrected)


def figure(name: str, **more: Any) -> ReceiptFigure:
    """An indicator of the region for the month; `more` replaces what it shows."""
    item = catalogue().indicators[name]
    breakdown, _, category = item.receipt.partition(":")
    made = ReceiptFigure(
        indicator=item,
        breakdown=breakdown,
        category=category or "all",
        period=MONTH,
        is_invented=False,
        region=row(TURKISTAN, 50),
        country=row(COUNTRY, 500),
        districts=DistrictStates(MONTH, shown=12, zero=1, hidden=3, not_reported=2, other=0),
    )
    return replace(made, **more)


def view(*returns: Return, region: str = TURKISTAN, is_invented: bool = False, **more: Any) -> ReceiptView:
    told = ReceiptReturns(RETURN, MONTH, is_invented, returns, period_of("2026-10"), date(2026, 11, 10))
    made = ReceiptView(
        region=region,
        build="20261201T000000000-abcdef",
        data_date=date(2026, 11, 1),
        published=date(2026, 11, 3),
        before=date(2026, 10, 3),
        returns=(told,) if returns else (),
        faults=ReceiptFaults(4, 4, ()),
        revisions=(),
        figures=(),
    )
    return replace(made, **more)


def text(shown: ReceiptView, language: str) -> str:
    """What a reader sees, in one line."""
    body = receipt_html(shown, language=language).decode().partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split()).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Your 3 districts and cities: 1 on time, 1 late and 1 missing."),
        ("ru", "Ваши 3 района и города: 1 в срок, 1 с опозданием и 1 не поступил."),
        ("kk", "Өңіріңіздің 3 ауданы мен қаласы: мерзімінде түскені — 1, кешігіп түскені — 1 және түспегені — 1."),
    ],
)
def test_the_returns_are_counted_by_state(language: str, told: str) -> None:
    shown = view(one(ARYS, ReturnState.ON_TIME), one(KENTAU, ReturnState.LATE, days=5), one(SOZAK, ReturnState.MISSING))
    assert told in text(shown, language)


@pytest.mark.parametrize(
    ("number", "russian", "english"),
    [
        (1, "Ваш 1 район или город: 1 не поступил.", "Your 1 district or city: 1 missing."),
        (2, "Ваши 2 района и города: 2 не поступили.", "Your 2 districts and cities: 2 missing."),
        (17, "Ваши 17 районов и городов: 17 не поступили.", "Your 17 districts and cities: 17 missing."),
    ],
)
def test_numbers_of_districts_have_their_plural(number: int, russian: str, english: str) -> None:
    codes = [area.id for area in districts_of(TURKISTAN)][:number]
    shown = view(*(one(code, ReturnState.MISSING) for code in codes))
    assert len(codes) == number
    assert russian in text(shown, "ru")
    assert english in text(shown, "en")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (1, "найдена 1 ошибка, устранена 1 ошибка"),
        (4, "найдены 4 ошибки, устранены 4 ошибки"),
        (11, "найдено 11 ошибок, устранено 11 ошибок"),
    ],
)
def test_faults_found_and_mended_have_their_plural(number: int, told: str) -> None:
    shown = view(one(ARYS, ReturnState.ON_TIME), faults=ReceiptFaults(number, number, ()))
    assert f"Со времени предыдущей публикации: {told}." in text(shown, "ru")
    assert f"До сих пор: {told}." in text(replace(shown, before=None), "ru")


def test_those_that_are_missing_late_or_corrected_are_named() -> None:
    shown = view(
        one(ARYS, ReturnState.ON_TIME, corrected=date(2026, 10, 30)),
        one(KENTAU, ReturnState.LATE, days=1),
        one(SOZAK, ReturnState.MISSING),
    )
    told = text(shown, "en")
    assert "Missing: Sozak District." in told
    assert "Late: Kentau city (1 day)." in told
    assert "Corrected afterwards: Arys city." in told
    assert "1 of those received was corrected afterwards" in told


def test_what_to_do_next_is_what_is_missing_what_is_faulty_and_what_is_due() -> None:
    shown = view(one(SOZAK, ReturnState.MISSING), faults=ReceiptFaults(2, 0, ((Severity.STOP, 2),)))
    steps = text(shown, "en").partition("What to do next ")[2]
    assert steps == (
        "Mend the open faults and send the files again. Send the 1 return missing for September 2026. "
        "The next return, October 2026, is due on 10 November 2026."
    )
    late = text(replace(shown, data_date=date(2026, 11, 11)), "en")
    assert "The next return, October 2026, was due on 10 November 2026 and has not come." in late
    invented = tuple(replace(item, is_invented=True) for item in shown.returns)
    made_up = text(replace(shown, data_date=date(2026, 11, 11), returns=invented), "en")
    assert "The next return, October 2026, is due on 10 November 2026." in made_up


def test_a_region_that_reports_itself_is_told_so() -> None:
    own = Return(TURKISTAN, TURKISTAN, period_of("2025"), ReturnState.LATE, DUE, DUE + timedelta(days=2), None)
    item = ReceiptReturns("form_1m", own.period, False, (own,), period_of("2026"), date(2027, 1, 25))
    assert "Your return: 1 late." in text(view(returns=(item,)), "en")


def test_a_figure_shows_its_interval_the_country_and_what_is_seen_of_districts() -> None:
    shown = view(one(ARYS, ReturnState.ON_TIME), figures=(figure("violence_cases"),))
    told = text(shown, "en")
    # Byar's limits of 50 events are 37.11 and 65.92.
    assert "20.0 (14.8–26.4) 200.0 (182.9–218.3) 12 1 3 2 0" in told
    assert "shown zero hidden not reported other" in told


def test_a_hidden_value_of_the_region_is_a_word_and_no_number() -> None:
    hidden = row(TURKISTAN, status=CellStatus.SUPPRESSED)
    shown = figure("violence_cases", region=hidden, country=None, districts=None)
    told = text(view(one(ARYS, ReturnState.ON_TIME), figures=(shown,)), "en")
    assert "hidden to protect children not published for this period not published for this period" in told


def test_districts_of_another_period_say_which() -> None:
    states = DistrictStates(period_of("2025/26"), shown=2, zero=0, hidden=0, not_reported=0, other=1)
    shown = figure("violence_cases", districts=states)
    told = text(view(one(ARYS, ReturnState.ON_TIME), figures=(shown,)), "en")
    assert "September 2026; districts: 2025/26 school year" in told


def test_invented_figures_stand_apart_and_the_file_says_so_first() -> None:
    figures = (figure("violence_cases", is_invented=True), figure("bullying_cases"))
    shown = view(one(ARYS, ReturnState.ON_TIME), figures=figures)
    told = text(shown, "en")
    assert told.index("bullying") < told.index("Invented data", told.index("bullying")) < told.index("violence")
    assert t("receipt.invented", "en") in told
    assert receipt_name(shown, language="en") == f"invented_receipt_{TURKISTAN}_en.html"
    real = view(one(ARYS, ReturnState.ON_TIME), figures=figures[1:])
    assert receipt_name(real, language="kk") == f"receipt_{TURKISTAN}_kk.html"
    assert "nvented" not in text(real, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_beside_itself_and_runs_nothing(language: str) -> None:
    page = receipt_html(longest(TURKISTAN), language=language).decode()
    assert f'<html lang="{language}">' in page
    assert not re.search(r"<script|<link|<img|<iframe|src=|href=|url\(|@import|https?:|\bon\w+=", page)


def test_changes_of_published_figures_are_counted_by_kind() -> None:
    revisions = ((RevisionKind.CORRECTED, 3), (RevisionKind.LATE, 12))
    told = text(view(one(ARYS, ReturnState.ON_TIME), revisions=revisions), "ru")
    assert "исправлено: 3; пришло позже: 12." in told
    assert t("receipt.no_revisions", "ru") in text(view(one(ARYS, ReturnState.ON_TIME)), "ru")


def longest(region: str) -> ReceiptView:
    """A receipt with everything that can be told: each district late and corrected, all faults, kinds and figures."""
    codes = [area.id for area in districts_of(region)]
    returns = [one(code, ReturnState.LATE, days=120, corrected=date(2026, 10, 30)) for code in codes]
    own = Return(region, region, period_of("2025"), ReturnState.MISSING, DUE, None, None)
    item = ReceiptReturns("form_1m", own.period, True, (own,), period_of("2026"), date(2027, 1, 25))
    names = [name for name, declared in catalogue().indicators.items() if declared.receipt]
    other = DistrictStates(period_of("2025/26"), shown=10, zero=11, hidden=12, not_reported=13, other=14)
    figures = [figure(name, is_invented=place > 3, districts=other) for place, name in enumerate(names)]
    shown = view(
        *returns,
        region=region,
        is_invented=True,
        faults=ReceiptFaults(111, 111, tuple((severity, 111) for severity in Severity)),
        revisions=tuple((kind, 1111) for kind in RevisionKind),
        figures=tuple(figures),
    )
    return replace(shown, returns=(*shown.returns, item))


def test_every_source_that_is_owed_has_a_name_and_a_due_day_for_its_receipt() -> None:
    owed = [item for item in catalogue().sources.values() if item.owed]
    assert owed
    assert all(source(item.id).due_days for item in owed)


@pytest.fixture
def paper(chromium: Browser) -> Iterator[Page]:
    """A page as wide as what a sheet of A4 leaves between its margins, styled for print."""
    page = chromium.new_page(viewport={"width": 695, "height": 600})
    page.emulate_media(media="print")
    yield page
    page.close()


def printed(page: Page, content: bytes) -> int:
    """On how many sheets a page is printed."""
    page.set_content(content.decode())
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.mark.browser
def test_the_longest_receipt_of_every_region_is_one_printed_page(paper: Page) -> None:
    heights = {}
    for region in regions():
        for language in LANGUAGES:
            paper.set_content(receipt_html(longest(region.id), language=language).decode())
            heights[region.id, language] = paper.evaluate("document.documentElement.getBoundingClientRect().height")
    assert len(heights) == 60
    for region_id, language in sorted(heights, key=lambda key: heights[key])[-3:]:
        assert printed(paper, receipt_html(longest(region_id), language=language)) == 1, (region_id, language)


@pytest.mark.browser
def test_a_longer_page_would_be_found(paper: Page) -> None:
    twice = receipt_html(longest(TURKISTAN), language="kk").replace(b"</body>", b"<p>.</p>" * 60 + b"</body>")
    assert printed(paper, twice) == 2


@pytest.mark.browser
@pytest.mark.every_combination
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_receipt_is_one_printed_page_however_much_it_tells(paper: Page, language: str) -> None:
    pages = {region.id: printed(paper, receipt_html(longest(region.id), language=language)) for region in regions()}
    assert set(pages.values()) == {1}, pages
