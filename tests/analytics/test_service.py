"""Views from the sample build, and the one way to open a build."""

import dataclasses
import math
import shutil
from pathlib import Path

import duckdb
import pytest

from riskmap.analytics import views, warehouse
from riskmap.analytics.service import area_map, live_build, opening, overview
from riskmap.analytics.views import MapRequest
from riskmap.domain.errors import BuildUnreadable, NoPublishedBuild
from riskmap.domain.vocabulary import CellStatus, Grain, Scope, parse_period, year_period

PUBLIC = Scope.public()
OFFENCES = MapRequest("offences_against_minors", year_period(2022))


def test_a_map_has_a_row_for_each_region_and_one_for_the_country(sample_build: Path) -> None:
    view = area_map(sample_build, scope=PUBLIC, request=OFFENCES)
    assert len(view.rows) == 20
    assert view.country is not None
    assert view.country.count == 1980


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
    founded = {subject for axis, subject, _, story in view.stories if story == "break.founded"}
    assert founded == {"100000000", "330000000", "620000000"}


def test_the_first_view_is_the_latest_period_that_most_regions_show(sample_build: Path) -> None:
    choice = opening(overview(sample_build, scope=PUBLIC).choices, level="region")
    assert choice is not None
    assert (choice.indicator, choice.period.code) == ("offences_against_minors", "2022")


def test_the_first_view_prefers_a_full_period_to_a_newer_one_with_holes() -> None:
    def choice(year: int, share: float) -> views.Choice:
        return views.Choice("child_victims", "region", "all", "all", year_period(year), 20, share)

    assert opening((choice(2022, 0.9), choice(2023, 0.5)), level="region") == choice(2022, 0.9)
    assert opening((choice(2022, 0.2), choice(2023, 0.5)), level="region") == choice(2023, 0.5)
    assert opening((), level="region") is None


def test_only_the_public_file_is_ever_opened(sample_build: Path, tmp_path: Path) -> None:
    alone = tmp_path / sample_build.name
    alone.mkdir()
    shutil.copy(sample_build / "public.duckdb", alone)
    assert len(area_map(alone, scope=PUBLIC, request=OFFENCES).rows) == 20


def test_a_scope_with_exact_areas_is_refused_until_there_is_sign_in(sample_build: Path) -> None:
    with pytest.raises(BuildUnreadable):
        warehouse.open_build(sample_build, scope=Scope(frozenset({"110000000"})))


def test_before_the_first_publication_there_is_no_build(data_folder: Path) -> None:
    with pytest.raises(NoPublishedBuild):
        live_build()


def test_a_build_of_another_format_is_not_opened(sample_build: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(sample_build / "public.duckdb", other)
    with duckdb.connect(str(other / "public.duckdb")) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE name = 'format'")
    with pytest.raises(BuildUnreadable):
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


@pytest.mark.parametrize("view", [views.AreaRow, views.MapView, views.Choice, views.Returns, views.Overview])
def test_every_field_of_a_view_is_explained(view: type) -> None:
    assert all(field.metadata.get("help") for field in dataclasses.fields(view))


def test_choices_say_how_much_of_them_is_shown(sample_build: Path) -> None:
    choices = overview(sample_build, scope=PUBLIC).choices
    helpline = [c for c in choices if c.indicator == "helpline_appeals" and c.level == "region"]
    assert [(c.areas, round(c.share_shown, 2), c.period.grain) for c in helpline] == [(20, 0.3, Grain.YTD)]
