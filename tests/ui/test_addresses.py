"""Odd addresses and the way through them: what is told, what the boxes say, what is kept."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.cli import main
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import COUNTRY
from riskmap.ui.selection import MOST_ITEMS, SHOWS
from riskmap.words import t
from tests.etl.published import published_row, write_published
from tests.ui.test_pages import TURKISTAN, opened

AKMOLA, SOZAK = "110000000", "615600000"
REMAINDER = f"{AKMOLA}-R"


def bodies(app: AppTest) -> list[str]:
    """What stands on the page as HTML of our own."""
    return [element.proto.body for element in app.get("html")]


def publish(folder: Path, rows: Sequence[dict[str, str]]) -> None:
    """Load published figures and make them live."""
    path = write_published(folder.parent / "figures.csv", rows)
    assert main(["load", str(path), "--publish"]) == 0


def searched(app: AppTest, text: str) -> AppTest:
    """The page after a text was typed into the field that finds areas."""
    return app.text_input(key="search-area").set_value(text).run()


def test_what_an_address_asked_for_comes_back_without_markup_and_links(sample_build: Path) -> None:
    asked = {
        "indicator": ("www.example.com", "`www.example.com`"),
        "by": ("https://example.com/a", "`https://example.com/a`"),
        "period": (":material/home:", "`:material/home:`"),
        "order": ("__bold__", "`__bold__`"),
        "show": ("`code` <b>", "`code b`"),
        "grain": ("[]()<>", "…"),
        "area": ("x" * 3000, f"`{'x' * 40}`"),
    }
    app = opened("risk_map", lang="en", **{field: text for field, (text, _) in asked.items()})
    told = {
        t("selection.unknown", "en", field=t(f"select.{field}", "en"), asked=shown)
        for field, (_, shown) in asked.items()
    }
    assert {warning.value for warning in app.warning} == told


def test_every_field_that_was_asked_in_vain_is_told_once(sample_build: Path) -> None:
    asked = {
        "indicator": "zz",
        "by": "channel:phone",
        "level": "remainder",
        "period": "2024-13",
        "area": "999999999",
        "other": "zz",
        "grain": "decade",
        "show": "nonsense",
        "order": "zz",
    }
    app = opened("compare", lang="en", **asked)
    assert not app.exception
    told = sorted(warning.value for warning in app.warning)
    words = [t("selection.unknown", "en", field=t(f"select.{f}", "en"), asked=f"`{asked[f]}`") for f in asked]
    assert told == sorted(words)


def test_of_a_list_with_repeats_and_unknown_areas_the_known_are_drawn_and_one_notice_stands(sample_build: Path) -> None:
    app = opened(
        "trends", lang="en", indicator="missed_lessons", area=TURKISTAN, also=f"x,{AKMOLA},y,{AKMOLA},{COUNTRY}"
    )
    assert app.multiselect(key="select-also").value == [AKMOLA, COUNTRY]
    assert len(app.warning) == 1
    assert "`x, y`" in app.warning[0].value


def test_more_areas_than_a_chart_can_hold_are_told(sample_build: Path, region_codes: list[str]) -> None:
    app = opened("trends", lang="ru", indicator="missed_lessons", also=",".join(region_codes))
    most = MOST_ITEMS - 1
    assert app.multiselect(key="select-also").value == region_codes[:most]
    told = t("selection.too_many", "ru", field=t("select.also", "ru"), most=most)
    assert [warning.value for warning in app.warning] == [told]


def test_the_area_itself_is_no_further_area(sample_build: Path) -> None:
    app = opened("trends", lang="en", indicator="missed_lessons", area=AKMOLA, also=f"{AKMOLA},{TURKISTAN}")
    assert app.multiselect(key="select-also").value == [TURKISTAN]


def test_a_further_indicator_without_such_a_table_is_told_of(sample_build: Path) -> None:
    app = opened("trends", lang="en", indicator="missed_lessons", by="reason:illness", more="suicides_minors")
    assert len(app.header) == 2
    assert t("trends.nothing", "en") in [info.value for info in app.info]


def test_a_further_indicator_that_only_the_country_has_stays_chosen(data_folder: Path) -> None:
    rows = [published_row("pupils", COUNTRY, "2023/24", 3_800_000)]
    rows += [published_row("schools", area, "2023/24", 400) for area in (COUNTRY, AKMOLA)]
    publish(data_folder, rows)
    app = opened("trends", lang="en", indicator="schools")
    app.multiselect(key="select-more").select("pupils").run()
    assert app.multiselect(key="select-more").value == ["pupils"]
    assert len(app.header) == 2


def test_what_a_region_holds_outside_its_districts_stands_in_the_box(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="missed_lessons", area=REMAINDER)
    assert app.selectbox(key="select-district").value == REMAINDER
    app.selectbox(key="select-district").select(AKMOLA).run()
    assert app.query_params["area"] in (AKMOLA, [AKMOLA])


def test_a_second_area_of_another_level_stands_in_the_box(sample_build: Path) -> None:
    app = opened("compare", lang="en", show="pair", area=AKMOLA, other=SOZAK)
    assert app.selectbox(key="select-other").value == SOZAK
    assert app.header


def test_an_area_is_not_compared_with_itself(sample_build: Path) -> None:
    app = opened("compare", lang="en", show="pair", area=AKMOLA, other=AKMOLA)
    assert app.selectbox(key="select-other").value == ""
    assert not app.header


def test_of_two_areas_real_figures_stand_above_the_band_of_invented_ones(sample_build: Path) -> None:
    pages = bodies(opened("compare", lang="en", show="pair", area=AKMOLA, other=TURKISTAN))
    band = next(index for index, text in enumerate(pages) if t("invented.banner", "en") in text)
    above, below = "".join(pages[:band]), "".join(pages[band + 1 :])
    assert "<table" in above
    assert t("invented.mark", "en") not in above
    rows = below.count('<th scope="row">')
    assert rows == below.count(t("invented.mark", "en")) > 0


@pytest.mark.parametrize("show", ["ranked", "pair", "heat"])
def test_figures_on_suicide_never_stand_without_the_help_line(sample_build: Path, show: str) -> None:
    app = opened("compare", lang="en", show=show, indicator="suicides_minors", area=AKMOLA, other=TURKISTAN)
    assert t("help_line.beside_figures", "en") in [info.value for info in app.info]


def test_figures_on_suicide_are_not_put_in_order_by_value(sample_build: Path) -> None:
    by_value = opened("compare", lang="en", show="ranked", indicator="suicides_minors", order="value")
    by_name = opened("compare", lang="en", show="ranked", indicator="suicides_minors", order="name")
    first, second = (app.get("plotly_chart")[0].proto.spec for app in (by_value, by_name))
    assert first == second


def test_districts_of_the_whole_country_are_no_picture_of_regions(sample_build: Path) -> None:
    app = opened("compare", lang="en", show="heat", indicator="missed_lessons", level="district")
    assert t("compare.no_periods", "en") in [info.value for info in app.info]
    assert not app.header


def test_parts_that_are_published_are_offered_and_not_denied(sample_build: Path) -> None:
    app = opened("compare", lang="en", show="parts", indicator="missed_lessons")
    assert t("compare.no_parts", "en") not in [info.value for info in app.info]
    app.button(key="parts-reason").click().run()
    assert app.header
    assert str(app.selectbox(key="select-by").value).startswith("reason:")


def test_a_text_that_is_no_name_is_not_called_ambiguous(sample_build: Path) -> None:
    app = opened("risk_map", lang="en")
    both = {t(key, "en") for key in ("select.several", "select.not_found")}
    for text, told in [("Abai", "several"), ("Semay", "not_found"), ("<b>[x](y)</b>", "not_found")]:
        captions = {caption.value for caption in searched(app, text).caption}
        assert both & captions == {t(f"select.{told}", "en")}


def test_the_answer_of_a_search_goes_with_the_page_it_was_asked_on(sample_build: Path) -> None:
    app = searched(opened("risk_map", lang="en"), "Abai")
    assert "found-100000000" in [button.key for button in app.button]
    app.switch_page("pages/trends.py").run()
    assert "found-100000000" not in [button.key for button in app.button]


def test_an_area_chosen_from_several_empties_the_field(sample_build: Path) -> None:
    app = searched(opened("risk_map", lang="en"), "Abai")
    app.button(key="found-100000000").click().run()
    assert app.text_input(key="search-area").value == ""
    assert app.selectbox(key="select-region").value == "100000000"


def test_the_period_of_an_address_falls_to_the_latest_of_the_same_length(sample_build: Path) -> None:
    app = opened("risk_map", lang="en", indicator="missed_lessons", period="1999/00")
    assert str(app.selectbox(key="select-length").value) == "school_year"


def test_leftovers_of_every_page_break_none_of_the_others(sample_build: Path) -> None:
    app = opened("trends", lang="kk", indicator="missed_lessons", by="reason:illness", area=REMAINDER, grain="month")
    for show in SHOWS:
        app.query_params["show"] = show
        for page in ("compare", "risk_map"):
            app.switch_page(f"pages/{page}.py").run()
            assert not app.exception
            assert not app.warning
            assert app.selectbox(key="select-region").value == AKMOLA


def test_a_build_published_while_a_page_is_open_is_shown_and_its_choices_are_kept(data_folder: Path) -> None:
    rows = [published_row("schools", AKMOLA, "2022/23", 400)]
    publish(data_folder, rows)
    app = opened("risk_map", lang="en", indicator="schools", area=AKMOLA)
    rows.append(published_row("schools", AKMOLA, "2023/24", 410))
    publish(data_folder, rows)
    app.run()
    assert not app.exception
    assert not app.warning
    assert app.selectbox(key="select-period").value == "2022/23"
    assert len(app.selectbox(key="select-period").options) == 2
    assert app.selectbox(key="select-region").value == AKMOLA


def test_a_breakdown_of_regions_alone_stays_on_their_map_when_a_region_is_chosen(sample_build: Path) -> None:
    by = f"outcome:{indicator('violence_cases').breakdowns['outcome'][0]}"
    app = opened("risk_map", lang="en", indicator="violence_cases", by=by)
    app.selectbox(key="select-region").select(AKMOLA).run()
    assert app.selectbox(key="select-by").value == by
    assert app.selectbox(key="select-level").value == "region"
    app.selectbox(key="select-by").select("all").run()
    assert app.selectbox(key="select-level").value == "district"
