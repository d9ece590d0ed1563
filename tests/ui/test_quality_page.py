"""The page of data quality: the picture of returns, its equal table, the sections, the files, odd addresses."""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from io import StringIO
from pathlib import Path

import pytest

from riskmap.analytics.quality import quality
from riskmap.analytics.quality_views import QualityRequest, QualityView
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, RevisionKind, Scope
from riskmap.files.quality_csv import COLUMNS, completeness_csv, completeness_name
from riskmap.files.return_words import latest_words
from riskmap.ui import quality_tables
from riskmap.ui.chart_layout import DARK, LIGHT, Theme
from riskmap.ui.palettes import contrast
from riskmap.ui.quality_heat import CORRECTED, SIGNS, heat_html, heat_title
from riskmap.words import plural, t
from tests.quality_build import (
    AKMOLA,
    ARYS,
    KENTAU,
    KOKSHETAU,
    RETURN,
    SOZAK,
    TURKISTAN,
    cell,
    fault,
    returned,
    revised,
    write_build,
)
from tests.ui.colour_vision import SIMULATIONS, least_distance
from tests.ui.test_pages import opened
from tests.ui.test_view_tables import cells

RETURNS = [
    returned(ARYS, "2026-09", "on_time"),
    returned(KENTAU, "2026-09", "on_time"),
    returned(KOKSHETAU, "2026-09", "on_time"),
    returned(ARYS, "2026-10", "on_time", corrected=date(2026, 11, 20)),
    returned(KENTAU, "2026-10", "late", days=12),
    returned(SOZAK, "2026-10", "missing"),
    returned(KOKSHETAU, "2026-10", "awaited"),
]


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    return write_build(tmp_path, {"completeness": RETURNS})


def view_of(build: Path, area: str = COUNTRY) -> QualityView:
    return quality(build, scope=Scope.public(), request=QualityRequest(RETURN, area))


def picture(view: QualityView, language: str = "en") -> list[list[tuple[str, str, str]]]:
    """Fill, sign and words of every cell, row by row, head and names left out."""
    html = heat_html(view, view.request.area, language, theme=LIGHT)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html)[1:]
    pattern = r'<td class="(\S+)" title="[^"]*"><span aria-hidden="true">(.*?)</span><span class="unseen">(.*?)</span>'
    return [[(fill, sign, unescape(words)) for fill, sign, words in re.findall(pattern, row)] for row in rows]


def test_every_state_has_a_fill_a_sign_and_words_of_its_own(build: Path) -> None:
    arys, kentau, sozak, _ = picture(view_of(build, TURKISTAN))
    assert arys == [
        ("on_time", "✓", "came on time"),
        ("on_time", "✓*", "came on time; corrected afterwards"),
    ]
    assert kentau[1] == ("late", "+12", "came late: 12 days")
    assert sozak == [("not_owed", "–", "not owed"), ("missing", "×", "has not come")]
    assert len({*SIGNS.values(), CORRECTED}) == len(SIGNS) + 1


def test_a_region_shows_the_share_of_its_districts_and_what_is_awaited_is_not_missing(build: Path) -> None:
    akmola, turkistan, total = picture(view_of(build))
    assert akmola == [("share-all", "100", "1 of 1 (100%)"), ("awaited", "…", "0 of 1 (0%)")]
    assert turkistan[1] == ("share-half", "66*", "2 of 3 (66.7%); corrected afterwards")
    assert [sign for _, sign, _ in total] == ["100", "50"]


def test_all_but_one_of_many_is_not_all(tmp_path: Path) -> None:
    build = write_build(tmp_path, {"completeness": RETURNS})
    view = view_of(build)
    turkistan = view.rows[1]
    many = tuple(replace(turkistan.cells[0][0], area=f"{code}") for code in range(299))
    row = replace(turkistan, cells=(turkistan.cells[0], (*many, *turkistan.cells[1][2:])))
    (fill, sign, words), *_ = [picture(replace(view, rows=(row,)))[0][1]]
    assert (fill, sign, words) == ("share-most", "99", "299 of 300 (99.7%)")


def test_where_nobody_reported_the_fill_is_the_strongest_of_shares(tmp_path: Path) -> None:
    rows = [returned(ARYS, "2026-10", "missing"), returned(KENTAU, "2026-10", "missing")]
    build = write_build(tmp_path, {"completeness": rows})
    assert picture(view_of(build))[0] == [("share-none", "0", "0 of 2 (0%)")]


def _style(fill: str, theme: Theme) -> str:
    """The colour that a fill has on a page, worked out from the style sheet."""
    text = (Path(quality_tables.__file__).parent / "static" / "quality.css").read_text(encoding="utf-8")
    rules = [
        body for names, body in re.findall(r"([^{}]+)\{([^}]*)\}", text) if re.search(rf"\.{fill}(?![\w-])", names)
    ]
    (paint,) = [found[1] for body in rules if (found := re.search(r"background: ([^;]+);", body))]
    if paint == "currentColor":
        return theme.text
    if paint.startswith("#"):
        return paint
    mixed = re.match(r"color-mix\(in srgb, (.+) (\d+)%, .+\)", paint)
    assert mixed, paint
    of = theme.accent if "primary" in mixed[1] else theme.text
    return _mix(of, theme.background, int(mixed[2]) / 100)


def _mix(one: str, other: str, share: float) -> str:
    pairs = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_missing_stands_out_most_from_the_page(theme: Theme) -> None:
    def strength(fill: str) -> float:
        return contrast(_style(fill, theme), theme.background)

    assert all(strength("missing") > strength(fill) + 1 for fill in ("on_time", "late"))
    ramp = [strength(fill) for fill in ("share-all", "share-most", "share-half", "share-few", "share-none")]
    assert ramp == sorted(ramp)
    assert strength("share-none") == strength("missing")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", SIMULATIONS)
def test_states_differ_for_every_kind_of_colour_vision(theme: Theme, kind: str) -> None:
    states = tuple(_style(fill, theme) for fill in ("on_time", "late", "missing"))
    assert least_distance(states, kind) > 15


@pytest.mark.parametrize("area", [COUNTRY, TURKISTAN])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_in_words_equals_the_picture(build: Path, area: str, language: str) -> None:
    view = view_of(build, area)
    table = cells(quality_tables.completeness_table(view, language))[1:]
    assert [row[1:] for row in table] == [[words for _, _, words in row] for row in picture(view, language)[:-1]]


def test_the_picture_is_reached_by_keyboard_and_names_its_rows_and_columns(build: Path) -> None:
    html = heat_html(view_of(build, TURKISTAN), SOZAK, "en", theme=LIGHT)
    assert re.search(r'tabindex="0" role="region" aria-label="Completeness by district and period"', html)
    assert html.count('<th scope="col">') == 3
    assert html.count('<th scope="row">') == 4
    assert re.search(r'<tr class="marked" aria-current="true"><th scope="row">Sozak District', html)


def bodies(page: str, **address: str) -> str:
    app = opened(page, **address)
    assert not app.exception
    html = " ".join(element.proto.body for element in app.get("html"))
    texts = " ".join(element.value for element in (*app.markdown, *app.caption, *app.warning))
    return f"{texts} {html}"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "October 2026. 4 returns are owed: 1 on time, 1 late, 1 awaited and 1 missing; "),
        ("ru", "Октябрь 2026 года. Должны поступить 4 отчёта: 1 в срок, 1 с опозданием, 1 ожидается и 1 не поступил; "),
        ("kk", "2026 жылғы қазан. 4 есеп түсуге тиіс: мерзімінде түскені — 1, кешігіп түскені — 1, "),
    ],
)
def test_the_last_period_is_told_in_one_sentence(build: Path, language: str, told: str) -> None:
    assert latest_words(view_of(build), language).replace("\u00a0", " ").startswith(told)


def test_the_page_begins_with_that_sentence_and_the_day_of_the_data(build: Path) -> None:
    told = bodies("quality", lang="en")
    assert latest_words(view_of(build), "en") in told
    assert t("quality.judged", "en", day="1 December 2026") in told


def test_a_district_in_the_address_shows_its_region_with_its_row_marked(build: Path) -> None:
    app = opened("quality", lang="en", area=SOZAK)
    assert app.selectbox(key="select-region").value == TURKISTAN
    html = " ".join(element.proto.body for element in app.get("html"))
    assert 'aria-current="true"><th scope="row">Sozak District' in html


def test_what_does_not_exist_is_answered_with_the_default_and_told(build: Path) -> None:
    app = opened("quality", lang="en", source="zz", span="7", area="999999999")
    assert not app.exception
    assert app.selectbox(key="select-source").value == RETURN
    told = {
        t("selection.unknown", "en", field=t(f"select.{field}", "en"), asked=f"`{asked}`")
        for field, asked in {"source": "zz", "span": "7", "area": "999999999"}.items()
    }
    assert {warning.value for warning in app.warning} == told


def test_what_is_chosen_stands_in_the_address_and_comes_back(build: Path) -> None:
    app = opened("quality", lang="en")
    app.selectbox(key="select-region").select(AKMOLA).run()
    app.selectbox(key="select-span").select("24").run()
    assert app.query_params["area"] in (AKMOLA, [AKMOLA])
    assert app.query_params["span"] in ("24", ["24"])
    app.switch_page("pages/methods.py").run()
    app.switch_page("pages/quality.py").run()
    assert (app.selectbox(key="select-region").value, app.selectbox(key="select-span").value) == (AKMOLA, "24")


def test_every_section_without_anything_to_show_says_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    language = "en"
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    write_build(tmp_path, {})
    told = bodies("quality", lang=language)
    for part in ("no_returns", "no_lags", "no_revisions", "no_faults", "no_breaks"):
        assert t(f"quality.{part}", language) in told
    assert "<td" not in told


def test_every_section_shows_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    shown = cell("violence_cases", ARYS, "2026-10", 9, invented=True)
    lag = {"indicator": "violence_cases", "declared_months": 0, "learnt_months": 2, "used_months": 2, "figures": 40}
    broken = {"axis": "area", "subject": SOZAK, "day": date(2024, 6, 1), "other": ARYS, "story": "break.founded"}
    tables = {
        "completeness": RETURNS,
        "cells": [shown],
        "lags": [lag],
        "revisions": [revised(shown), revised(shown, build="older")],
        "faults": [fault(COUNTRY, "ask", 1, found=date(2026, 11, 1), to="")],
        "breaks": [broken],
    }
    view = view_of(write_build(tmp_path, tables))
    assert cells(quality_tables.late_table(view, "en"))[1:] == [["Turkistan Region", "1", "12", "12"]]
    late = cells(quality_tables.late_returns_table(view, "en"))[1]
    assert late[1:] == ["Turkistan Region", "October 2026", "10 November 2026", "22 November 2026", "12"]
    lags = cells(quality_tables.lag_table(view.lags, "en"))[1]
    assert lags[1:] == ["at once", "2 months", "October 2026"]
    assert cells(quality_tables.revision_table(view, "en"))[1:] == [
        ["December 2026 (invented data)", *("2" if kind is RevisionKind.CORRECTED else "0" for kind in RevisionKind)]
    ]
    assert cells(quality_tables.fault_table(view, "en"))[1:] == [
        ["not known from the file", "a decision is needed", "1", "0"]
    ]
    subject = cells(quality_tables.break_table(view, "en"))[1][1]
    assert subject == "Sozak District (other side of the border: Arys city)"


def test_what_is_the_same_on_both_sides_of_a_border_stands_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    sides = {"axis": "area", "day": date(2024, 6, 1), "story": "break.land"}
    breaks = [{**sides, "subject": one, "other": other} for one, other in ((SOZAK, ARYS), (ARYS, SOZAK))]
    view = view_of(write_build(tmp_path, {"breaks": breaks}))
    assert [row[1] for row in cells(quality_tables.break_table(view, "en"))[1:]] == ["Arys city – Sozak District"]


def test_only_a_region_has_a_receipt(build: Path) -> None:
    def buttons(**address: str) -> list[str]:
        app = opened("quality", lang="en", **address)
        return [element.proto.label for element in app.get("download_button")]

    assert buttons() == [t("download.completeness", "en")]
    assert buttons(area=TURKISTAN) == [t("download.completeness", "en"), t("download.receipt", "en")]


def test_where_every_return_came_in_time_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    write_build(tmp_path, {"completeness": RETURNS[:1]})
    assert t("quality.no_late", "en") in bodies("quality", lang="en")


@pytest.mark.parametrize(
    ("area", "to", "told"),
    [(COUNTRY, RETURN, "region"), (COUNTRY, "form_1m", "region"), (TURKISTAN, RETURN, "district")],
)
def test_the_heading_says_what_the_rows_are(build: Path, area: str, to: str, told: str) -> None:
    view = quality(build, scope=Scope.public(), request=QualityRequest(to, area))
    assert heat_title(view, "en") == t(f"quality.heat_{told}", "en")


def test_invented_returns_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    build = write_build(tmp_path, {"completeness": RETURNS}, invented=RETURN)
    told = bodies("quality", lang="en")
    assert t("invented.banner", "en") in told
    assert t("quality.judged_invented", "en") in told
    assert "1 December 2026:" not in told
    assert completeness_name(view_of(build), language="en") == f"invented_completeness_{RETURN}_en.csv"


def rows_of(content: bytes) -> tuple[str, Sequence[dict[str, str]]]:
    text = content.decode("utf-8-sig")
    first, _, rest = text.partition("\r\n")
    return first, list(csv.DictReader(StringIO(rest)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_has_every_return_with_its_state_as_code_and_in_words(build: Path, language: str) -> None:
    first, rows = rows_of(completeness_csv(view_of(build, TURKISTAN), language=language, build="b"))
    assert first.startswith("# ")
    assert all(f"{name}:" in first or f"{name} " in first for name in COLUMNS)
    assert len(rows) == 5
    late = next(row for row in rows if row["state"] == "late")
    days = plural("quality.days", 12, language)
    assert late["state_name"] == t("quality.cell_late", language, state=t("return_state.late", language), days=days)
    told = {name: late[name] for name in ("area", "parent", "due", "received", "days_late", "corrected", "invented")}
    assert told == {
        "area": KENTAU,
        "parent": TURKISTAN,
        "due": "2026-11-10",
        "received": "2026-11-22",
        "days_late": "12",
        "corrected": "",
        "invented": "false",
    }
    missing = next(row for row in rows if row["state"] == "missing")
    assert (missing["received"], missing["days_late"]) == ("", "")
