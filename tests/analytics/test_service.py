"""Views from the sample build, and the one way to open a build."""

import dataclasses
import math
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from riskmap.analytics import views
from riskmap.analytics.service import area_map, coarser, first_screen, live_build, offers, opening, overview
from riskmap.analytics.views import MapRequest, Offer
from riskmap.domain.errors import BuildUnreadable, DataFolderNew, DataFolderOld, NoPublishedBuild
from riskmap.domain.vocabulary import CellStatus, Grain, Period, Scope, parse_period, year_period

PUBLIC = Scope.public()
CLASSES = [item for item in vars(views).values() if isinstance(item, type) and item.__module__ == views.__name__]
VIEWS = [item for item in CLASSES if dataclasses.is_dataclass(item) and not item.__name__.endswith("Request")]
OFFENCES = MapRequest("offences_against_minors", year_period(2022))


def school_year(start: int) -> Period:
    return Period(date(start, 9, 1), date(start + 1, 8, 31), Grain.SCHOOL_YEAR)


def test_a_map_has_a_row_for_each_region_and_one_for_the_country(sample_build: Path) -> None:
    view = area_map(sample_build, scope=PUBLIC, request=OFFENCES)
    assert len(view.rows) == 20
    (country,) = view.above
    assert (country.area, country.count) == ("000000000", 1980)


def test_rate_and_interval_agree_with_the_count_and_the_children(sample_build: Path) -> None:
    view = area_map(sample_build, scope=PUBLIC, request=OFFENCES)
    for row in view.rows:
        assert row.value == pytest.approx(row.count / row.exposure * 100_000)
        assert row.lower < row.value < row.upper


def test_a_region_with_a_count_and_no_known_children_has_no_rate_and_a_neutral_fill(sample_build: Path) -> None:
    period = parse_period("2025-01..2025-11-06")
    assert period
    view = area_map(sample_build, scope=PUBLIC, request=MapRequest("helpline_appeals", period))
    known = [row for row in view.rows if row.status is CellStatus.VALUE]
    assert len(known) == 6
    assert all(math.isnan(row.value) and row.fill == "class:5" for row in known)


def test_suicide_is_never_coloured(sample_build: Path) -> None:
    view = area_map(sample_build, scope=PUBLIC, request=MapRequest("suicides_minors", year_period(2022)))
    assert not view.is_coloured
    assert {row.fill for row in view.rows} == {"class:0"}


def test_the_borders_that_changed_in_the_year_are_told(sample_build: Path) -> None:
    view = area_map(sample_build, scope=PUBLIC, request=OFFENCES)
    founded = {story.subject for story in view.stories if story.story == "break.founded"}
    assert founded == {"100000000", "330000000", "620000000"}


def test_a_region_has_a_row_for_each_district_and_one_for_what_lies_outside_them(sample_build: Path) -> None:
    request = MapRequest("missed_lessons", school_year(2025), level="district", within="610000000")
    view = area_map(sample_build, scope=PUBLIC, request=request)
    levels = [row.level for row in view.rows]
    assert levels == ["district"] * 17 + ["remainder"]
    assert [row.area for row in view.above] == ["610000000", "000000000"]
    assert view.is_invented


def test_a_row_above_is_left_out_where_its_figure_is_real_and_the_others_are_invented(sample_build: Path) -> None:
    request = MapRequest("offences_against_minors", year_period(2025), level="district", within="610000000")
    view = area_map(sample_build, scope=PUBLIC, request=request)
    assert view.is_invented
    assert view.above == ()


def test_a_share_without_an_interval_has_none(sample_build: Path) -> None:
    request = MapRequest("missed_lessons", school_year(2025), level="district", within="610000000")
    rows = [row for row in area_map(sample_build, scope=PUBLIC, request=request).rows if not math.isnan(row.value)]
    assert rows
    assert all(math.isnan(row.lower) and math.isnan(row.upper) for row in rows)


def offer(code: str, shown: int, *, is_invented: bool = False) -> Offer:
    period = parse_period(code)
    assert period
    return Offer(period, 20, shown, is_invented)


def test_a_view_opens_on_the_latest_period_of_the_finest_grain_that_most_areas_show() -> None:
    months, years = [offer("2025-05", 12), offer("2025-04", 20)], [offer("2025", 20), offer("2024", 20)]
    assert opening([*months, *years]) == months[0]
    assert opening([offer("2025-05", 11), offer("2025-04", 20), *years]) == offer("2025-04", 20)
    assert opening([offer("2025-05", 11), *years]) == years[0]


def test_a_view_opens_on_real_figures_where_there_are_enough() -> None:
    invented, real = offer("2025-05", 20, is_invented=True), offer("2022", 20)
    assert opening([invented, real]) == real
    assert opening([invented, offer("2022", 3)]) == invented


def test_where_no_period_shows_most_areas_the_fullest_is_taken_and_none_where_there_is_none() -> None:
    assert opening([offer("2025-05", 3), offer("2024", 5)]) == offer("2024", 5)
    assert opening([]) is None


def test_a_mostly_hidden_period_has_a_longer_one_of_the_same_kind_beside_it() -> None:
    month, year = offer("2024-05", 3), offer("2024", 20)
    assert coarser([month, offer("2024-Q2", 5), year, offer("2025", 20)], month.period) == year
    assert coarser([month, offer("2024", 20, is_invented=True)], month.period) is None
    assert coarser([offer("2024-05", 20), year], month.period) is None


def test_the_first_screen_shows_real_regions_and_invented_districts(sample_build: Path) -> None:
    views_shown = [area_map(sample_build, scope=PUBLIC, request=r) for r in first_screen(sample_build, scope=PUBLIC)]
    assert [(view.request.level, view.is_invented) for view in views_shown][0] == ("region", False)


def test_only_the_public_file_is_ever_opened(sample_build: Path, tmp_path: Path) -> None:
    alone = tmp_path / sample_build.name
    alone.mkdir()
    shutil.copy(sample_build / "public.duckdb", alone)
    assert len(area_map(alone, scope=PUBLIC, request=OFFENCES).rows) == 20


def test_before_the_first_publication_there_is_no_build(data_folder: Path) -> None:
    with pytest.raises(NoPublishedBuild):
        live_build()


def test_a_build_of_another_format_is_not_opened(sample_build: Path, tmp_path: Path) -> None:
    for found, situation in (("999", DataFolderNew), ("1", DataFolderOld), ("", BuildUnreadable)):
        other = tmp_path / f"build{found}"
        other.mkdir()
        shutil.copy(sample_build / "public.duckdb", other)
        with duckdb.connect(str(other / "public.duckdb")) as connection:
            connection.execute("UPDATE meta SET value = ? WHERE name = 'format'", [found])
        with pytest.raises(situation):
            overview(other, scope=PUBLIC)


def test_a_damaged_build_is_a_situation_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "public.duckdb").write_bytes(b"no database")
    with pytest.raises(BuildUnreadable):
        overview(tmp_path, scope=PUBLIC)


def test_a_publication_shows_on_the_next_question(data_folder: Path, sample_folder: Path) -> None:
    shutil.copytree(sample_folder, data_folder, symlinks=True)
    before = live_build()
    assert overview(before, scope=PUBLIC).build == before.name
    newer = before.parent / "29990101T000000-aaaaaa"
    shutil.copytree(before, newer)
    link = before.parent / "current"
    link.unlink()
    link.symlink_to(newer.name)
    assert live_build() == newer.resolve()


@pytest.mark.parametrize("view", VIEWS)
def test_every_field_of_a_view_is_explained(view: type) -> None:
    assert all(field.metadata.get("help") for field in dataclasses.fields(view))


def test_offers_say_how_much_of_each_period_is_shown(sample_build: Path) -> None:
    found = offers(
        sample_build, scope=PUBLIC, indicator="helpline_appeals", cut=("all", "all"), level="region", within="000000000"
    )
    assert [(o.areas, round(o.share_shown, 2), o.period.grain) for o in found] == [(20, 0.3, Grain.YTD)]


def test_what_lies_outside_districts_is_no_area_of_a_map_and_does_not_count(sample_build: Path) -> None:
    found = offers(
        sample_build, scope=PUBLIC, indicator="missed_lessons", cut=("all", "all"), level="district", within="610000000"
    )
    assert {o.areas for o in found} == {17}


def test_tables_are_told_with_their_first_and_latest_period(sample_build: Path) -> None:
    tables = overview(sample_build, scope=PUBLIC).tables
    (offences,) = [
        t for t in tables if (t.indicator, t.level, t.grain) == ("offences_against_minors", "region", Grain.YEAR)
    ]
    assert (offences.latest.code, offences.is_invented) == ("2022", False)
    keys = [(t.indicator, t.level, t.grain, t.breakdown, t.category) for t in tables]
    assert len(set(keys)) == len(keys)
