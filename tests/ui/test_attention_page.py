"""The page of the index: words, sliders and the link, the picture, the tables and the file; where there is none."""

import csv
import re
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from riskmap.analytics.attention import attention
from riskmap.analytics.attention_parts import choose
from riskmap.analytics.attention_views import AttentionRequest, AttentionView
from riskmap.domain.registry import INDEXED
from riskmap.domain.vocabulary import LANGUAGES, Family, Scope
from riskmap.files import attention_words
from riskmap.files.attention_csv import COLUMNS, attention_csv, attention_name
from riskmap.ui.attention_weights import read_weights, written_weights
from riskmap.ui.chart_layout import DARK, LIGHT, Theme
from riskmap.ui.charts_attention import MARKS, rank_figure
from riskmap.words import t
from tests.analytics.test_attention import LINES, MANY, QR, SERVICE, TURKISTAN, cells, rising
from tests.quality_build import Row, write_build
from tests.ui.test_addresses import bodies
from tests.ui.test_pages import opened
from tests.ui.test_view_tables import cells as table_cells

HIDDEN = MANY[3]
ADDRESS = {"family": "coverage", "area": TURKISTAN}


def rows(*, invented: bool = False) -> list[Row]:
    """Two parts that go against each other, one hidden in one district, and a third with few values."""
    counts: list[float | None] = [*reversed(rising(MANY))]
    counts[3] = None
    few: list[float | None] = [*rising(MANY[:5]), *[None] * (len(MANY) - 5)]
    return [
        *cells(SERVICE, rising(MANY), areas=MANY, invented=invented),
        *cells(QR, counts, areas=MANY, invented=invented),
        *cells(LINES, few, areas=MANY, invented=invented),
    ]


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    return write_build(tmp_path, {"cells": rows()})


def view_of(build: Path, **weights: int) -> AttentionView:
    request = AttentionRequest(Family.COVERAGE, "district", TURKISTAN, tuple(weights.items()))
    return attention(choose(build, scope=Scope.public(), request=request), request)


def invented_view(folder: Path) -> AttentionView:
    return view_of(write_build(folder, {"cells": rows(invented=True)}, invented="district_return"))


def said(app: AppTest) -> str:
    """Everything that stands on the page."""
    texts = [element.value for element in (*app.markdown, *app.caption, *app.header, *app.info, *app.warning)]
    return " ".join([*texts, *map(unescape, bodies(app))])


def tables(app: AppTest) -> list[str]:
    return [body for body in bodies(app) if "<table" in body]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_drawn_in_every_language_with_ranks_levels_and_parts(build: Path, language: str) -> None:
    app = opened("attention", lang=language, **ADDRESS)
    assert not app.exception
    assert not app.warning
    text = said(app)
    view = view_of(build)
    assert attention_words.result(view, language) in text
    assert attention_words.lacking(view, language) in text
    for name in ("is_not", "coverage", "blended", "compared"):
        assert t(f"attention.{name}", language) in text
    parts, ranks, lacks = tables(app)
    assert len(table_cells(parts)) == len(view.parts) + 1
    assert len(table_cells(ranks)) == len(MANY) + 1
    assert t("status.suppressed", language) in lacks
    assert t("attention.level.priority", language) in ranks
    assert t("attention.no_rank", language) in ranks


def test_every_rank_stands_with_its_interval_and_every_level_with_all_probabilities(build: Path) -> None:
    app = opened("attention", lang="en", **ADDRESS)
    header, *body = table_cells(tables(app)[1])
    assert header[1:6] == [
        "Attention",
        "Chance of priority",
        "Chance of heightened",
        "Chance of routine",
        "Rank (90% interval)",
    ]
    ranked = [line for line in body if line[1] != t("attention.no_rank", "en")]
    assert len(ranked) == len(MANY) - 1
    for line in ranked:
        assert re.fullmatch(r"\d+ \(\d+–\d+\)", line[5])
        assert sum(int(text.rstrip("%")) for text in line[2:5]) in (99, 100, 101)
    (without,) = [line for line in body if line not in ranked]
    assert set(without[2:]) == {""}


def test_the_areas_stand_in_alphabetical_order_and_by_rank_where_that_is_asked(build: Path) -> None:
    app = opened("attention", lang="en", **ADDRESS)
    names = [line[0] for line in table_cells(tables(app)[1])[1:]]
    assert names == sorted(names)
    app.segmented_control(key="switch-order").set_value("value").run()
    body = table_cells(tables(app)[1])[1:]
    ranks = [int(line[5].split()[0]) for line in body if line[5]]
    assert ranks == sorted(ranks)
    assert body[-1][5] == ""


def test_a_slider_writes_its_weight_into_the_link_and_the_link_moves_the_slider(build: Path) -> None:
    app = opened("attention", lang="en", **ADDRESS)
    assert {slider.key: slider.value for slider in app.slider} == {f"weight-{SERVICE}": 2, f"weight-{QR}": 2}
    assert app.button(key="weights-reset").disabled
    before = tables(app)[1]
    app.slider(key=f"weight-{SERVICE}").set_value(4).run()
    assert app.query_params["w"] in (f"{SERVICE}:4", [f"{SERVICE}:4"])
    assert "67%" in tables(app)[0]
    assert tables(app)[1] != before
    linked = opened("attention", lang="en", **ADDRESS, w=f"{SERVICE}:4")
    assert linked.slider(key=f"weight-{SERVICE}").value == 4
    assert tables(linked)[1] == tables(app)[1]
    app.button(key="weights-reset").click().run()
    assert "w" not in app.query_params
    assert tables(app)[1] == before


def test_the_weights_of_one_index_outlast_a_look_at_another_and_the_reset_of_it(build: Path) -> None:
    app = opened("attention", lang="en", **ADDRESS, w=f"staff_trained:5,{QR}:1")
    assert app.slider(key=f"weight-{QR}").value == 1
    app.button(key="weights-reset").click().run()
    assert app.query_params["w"] in ("staff_trained:5", ["staff_trained:5"])


def test_unknown_and_broken_weights_fall_to_the_default_with_a_notice(build: Path) -> None:
    app = opened("attention", lang="en", **ADDRESS, w=f"{SERVICE}:9,nobody:3,{QR}:1")
    asked = f"`{SERVICE}:9, nobody:3`"
    assert [warning.value for warning in app.warning] == [
        t("selection.unknown", "en", field=t("select.w", "en"), asked=asked)
    ]
    assert [slider.value for slider in app.slider] == [2, 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_weights_that_are_all_zero_are_refused_in_words_and_can_be_moved_again(build: Path, language: str) -> None:
    app = opened("attention", lang=language, **ADDRESS, w=f"{SERVICE}:0,{QR}:0")
    assert t("attention.refused.too_few_weights", language) in app.info[0].value
    assert len(tables(app)) == 1
    assert not app.get("plotly_chart")
    for name in (SERVICE, QR):
        app.slider(key=f"weight-{name}").set_value(1).run()
    assert not app.info
    assert len(tables(app)) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_enough_areas_a_sentence_says_why_and_no_rank_stands_anywhere(build: Path, language: str) -> None:
    app = opened("attention", lang=language, family="coverage", level="district")
    assert not app.exception
    assert t("attention.refused.too_few_areas", language) in app.info[0].value
    assert len(tables(app)) == 1
    assert not app.get("plotly_chart")
    assert not app.slider


@pytest.mark.parametrize("family", INDEXED)
def test_each_family_has_an_index_of_its_own(build: Path, family: Family) -> None:
    app = opened("attention", lang="en", family=family, area=TURKISTAN)
    assert not app.exception
    assert t(f"family.{family}", "en") in app.header[0].value
    assert t(f"attention.{family}", "en") in said(app)


def test_a_district_in_the_address_is_marked_among_those_of_its_region(build: Path) -> None:
    app = opened("attention", lang="en", family="coverage", area=HIDDEN)
    assert app.selectbox(key="select-region").value == TURKISTAN
    assert tables(app)[1].count('class="marked"') == 1


def test_family_and_weights_outlast_other_pages(build: Path) -> None:
    app = opened("attention", lang="en", **ADDRESS, w=f"{QR}:5")
    app.switch_page("pages/quality.py").run()
    app.switch_page("pages/risk_map.py").run()
    app.switch_page("pages/attention.py").run()
    assert app.segmented_control(key="switch-family").value == "coverage"
    assert app.slider(key=f"weight-{QR}").value == 5


def test_the_figures_that_are_invented_carry_the_band_and_the_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = invented_view(tmp_path)
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    app = opened("attention", lang="en", **ADDRESS)
    assert t("invented.banner", "en") in said(app)
    figure = rank_figure(view, language="en", theme=LIGHT)
    assert [note.name for note in figure.layout.annotations].count("invented") >= 1
    assert attention_name(view, language="en").startswith("invented_")
    text = attention_csv(view, language="en", build="b").decode()
    assert t("file.invented", "en").replace(",", ";") in text.splitlines()[0]


def traces(figure: Any, role: str) -> list[Any]:
    return [trace for trace in figure.data if (trace.meta or {}).get("role") == role]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_shows_an_interval_for_every_rank_and_tells_levels_by_shape_and_words(
    build: Path, language: str, theme: Theme
) -> None:
    view = view_of(build)
    figure = rank_figure(view, language=language, theme=theme, by_rank=True)
    # The library itself finds nothing wrong with it.
    assert go.Figure(figure.to_dict()).to_dict()["data"] == figure.to_dict()["data"]
    (ranks,) = traces(figure, "ranks")
    assert len(ranks.x) == len(ranks.error_x.array) == len(ranks.error_x.arrayminus) == view.known
    assert {ranks.marker.color} == {theme.accent}
    standings = sorted((row.standing for row in view.rows if row.standing), key=lambda one: (one.rank, one.lower))
    assert list(ranks.x) == [one.rank for one in standings]
    assert set(ranks.marker.symbol) == {MARKS[one.level] for one in standings}
    (names,) = traces(figure, "names")
    assert sum(t("attention.level.routine", language) in name for name in names.text) >= 10
    (gap,) = traces(figure, "gap")
    assert list(gap.text) == [t("attention.no_rank", language)]
    assert not figure.layout.annotations


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_holds_a_row_for_each_area_and_part_with_the_meaning_of_each_column(
    build: Path, language: str
) -> None:
    view = view_of(build, **{SERVICE: 3})
    first, *rest = attention_csv(view, language=language, build="b").decode("utf-8-sig").splitlines()
    assert all(f"{name} = " in first for name in COLUMNS)
    found = list(csv.DictReader(StringIO("\n".join(rest))))
    assert list(found[0]) == list(COLUMNS)
    assert len(found) == 2 * len(MANY)
    hidden = [line for line in found if line["area"] == HIDDEN]
    assert [line["lack"] for line in hidden] == ["", "suppressed"]
    assert all(
        line[name] == "" for line in hidden for name in ("attention_rank", "score", "part_score", "chance_routine")
    )
    shown = [line for line in found if line["area"] != HIDDEN]
    assert all(line["attention_rank"] and line["rank_lower"] and line["rank_upper"] for line in shown)
    assert {line["weight"] for line in found if line["indicator"] == SERVICE} == {"0.6"}
    assert {line["direction"] for line in found} == {"-1"}


def test_weights_are_read_as_they_are_written() -> None:
    weights = {"missed_lessons:reason:no_valid_reason": 5, "chronic_absence": 0, QR: 2}
    text = written_weights(weights)
    assert text == "missed_lessons:reason:no_valid_reason:5,chronic_absence:0"
    assert read_weights(text) == ({name: weights[name] for name in list(weights)[:2]}, [])


@pytest.mark.parametrize(
    "text", ["x", f"{QR}", f"{QR}:", f"{QR}:-1", f"{QR}:1.5", f"{QR}:6", f"{QR}:22", ":2", f"{QR}:٣"]
)
def test_what_is_no_weight_is_told(text: str) -> None:
    assert read_weights(text) == ({}, [text])


def test_of_a_repeated_figure_the_first_weight_counts() -> None:
    assert read_weights(f"{QR}:1,{QR}:5") == ({QR: 1}, [])
