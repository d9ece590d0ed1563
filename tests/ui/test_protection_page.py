"""The page of protection, and what stands on the pages of figures where a single figure is hidden."""

import shutil
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from geo.areas import areas, districts_of, regions
from riskmap.analytics.protection_views import AUDIT_NUMBERS
from riskmap.domain.registry import catalogue
from riskmap.domain.settings import live_build
from riskmap.domain.vocabulary import LANGUAGES, Grain, Period
from riskmap.files.hidden_words import known_to
from riskmap.words import number, percent, t
from tests.quality_build import cell, write_build
from tests.ui.test_pages import opened

LIMITS = ("collusion", "outside", "program", "inference", "district", "others")


def texts(app: AppTest) -> str:
    """Everything on the page as one text: tables and cards too."""
    found = [*app.markdown, *app.caption, *app.header, *app.warning, *app.info]
    tables = [element.proto.body for element in app.main if element.type == "html"]
    return "\n".join([*(str(element.value) for element in found), *map(unescape, tables)])


@pytest.fixture
def with_meta(sample_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that makes the sample live with more in its table `meta`."""

    def made(**meta: str) -> Path:
        folder = tmp_path / "data"
        build = folder / "warehouse" / sample_build.name
        build.mkdir(parents=True)
        shutil.copy(sample_build / "public.duckdb", build)
        (folder / "warehouse" / "current").symlink_to(build.name)
        with duckdb.connect(str(build / "public.duckdb")) as connection:
            connection.execute("DELETE FROM meta WHERE name LIKE 'audit_%' OR name LIKE 'protection_%'")
            for name, value in meta.items():
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])
        monkeypatch.setenv("RISKMAP_DATA", str(folder))
        return live_build()

    return made


def page(language: str) -> AppTest:
    app = opened("protection", lang=language)
    assert not app.exception
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_the_rule_the_loss_and_what_is_not_promised(with_meta: Any, language: str) -> None:
    build = with_meta(protection="suppression")
    said = texts(page(language))
    for item in catalogue().indicators.values():
        assert item.words[language]["short"] in said
    for name in LIMITS:
        assert t(f"protection.limit.{name}", language) in said
    for key in ("others", "proof", "blanked", "joined", "earlier", "exemption"):
        assert t(f"protection.text.{key}", language) in said
    with duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
        ((known, hidden),) = connection.execute(
            "SELECT count(*), count(*) FILTER (status = 'suppressed') FROM cells JOIN areas USING (area) "
            "WHERE status IN ('value', 'suppressed') AND kind <> 'joined'"
        ).fetchall()
    share = percent(hidden / known, language)
    assert t("protection.fact.of_all", language, number=number(hidden, language), share=share) in said


def test_a_build_without_a_check_reads_not_audited_in_every_row(with_meta: Any) -> None:
    with_meta(protection="suppression")
    assert texts(page("en")).count("not audited") == 2 + len(AUDIT_NUMBERS)


def test_the_result_of_the_check_and_of_the_choice_stand_on_the_page(with_meta: Any) -> None:
    numbers = {f"audit_{name}": str(1001 + place) for place, name in enumerate(AUDIT_NUMBERS)}
    choice = {"protection_components": "3450", "protection_optimal": "3440", "protection_gap": "0.031"}
    with_meta(protection="suppression", audit_passed="true", **numbers, **choice)
    said = texts(page("en"))
    assert "not audited" not in said
    assert all(f">{number(1001 + place, 'en')}<" in said for place in range(len(AUDIT_NUMBERS)))
    assert "in 3,450 independent groups; in 3,440 of them" in said
    assert "at most 3.1% worse" in said


def test_a_check_that_was_not_passed_is_said(with_meta: Any) -> None:
    with_meta(protection="suppression", audit_passed="false")
    assert texts(page("ru")).count(t("protection.result.failed", "ru")) == 2


def test_where_counts_are_rounded_the_page_says_that_and_nothing_of_hidden_companions(with_meta: Any) -> None:
    with_meta(protection="rounding")
    said = texts(page("kk"))
    assert t("rounding.notice", "kk") in said
    assert t("protection.text.rounding", "kk") in said
    for key in ("rules", "others", "proof"):
        assert t(f"protection.text.{key}", "kk") not in said
    assert t("protection.attacker.region_must", "kk") not in said


def test_a_build_of_an_earlier_method_is_not_praised_for_a_proof(with_meta: Any) -> None:
    with_meta(protection="interim")
    assert t("protection.text.other", "en") in texts(page("en"))


def hidden_district(build: Path) -> tuple[str, str, Period]:
    """A hidden total of a district for which its region shows the same period: indicator, area, period."""
    with duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
        ((name, area, start, end, grain),) = connection.execute(
            """
            SELECT c.indicator, c.area, c.period_start, c.period_end, c.grain FROM cells c JOIN areas a USING (area)
            JOIN cells r ON r.area = a.parent AND r.status = 'value' AND r.breakdown = 'all' AND r.invented = c.invented
                        AND (r.indicator, r.period_start, r.period_end) = (c.indicator, c.period_start, c.period_end)
            WHERE a.kind = 'district' AND c.status = 'suppressed' AND c.breakdown = 'all'
            ORDER BY c.period_end DESC, c.indicator, c.area LIMIT 1
        """
        ).fetchall()
    return name, area, Period(start, end, Grain(grain))


@pytest.mark.parametrize(("screen", "language"), [("risk_map", "kk"), ("compare", "ru"), ("trends", "en")])
def test_a_hidden_area_stands_beside_what_is_shown_and_who_knows_it(
    sample_build: Path, screen: str, language: str
) -> None:
    name, area, period = hidden_district(sample_build)
    app = opened(screen, lang=language, indicator=name, by="all", period=period.code, area=area)
    assert not app.exception
    said = texts(app)
    # On the map page the card says it, and the row of the area in the table.
    assert said.count(known_to(area, language)) == (2 if screen == "risk_map" else 1)
    assert t("hidden.shown_for", language, what="", value="").split(" = ")[0].strip() in said
    assert areas()[areas()[area].parent].name(language) in said


def test_two_areas_side_by_side_say_what_is_shown_for_a_hidden_number_and_who_knows_it(data_folder: Path) -> None:
    # The first region and the first district tell which tables a build has.
    region, (area, other) = regions()[0].id, [x.id for x in districts_of(regions()[0].id)][:2]
    hidden = cell("violence_cases", area, "2026-Q2", None, status="suppressed")
    shown = [cell("violence_cases", place, "2026-Q2", 25) for place in (other, region)]
    write_build(data_folder, {"cells": [hidden, *shown]})
    app = opened("compare", lang="en", show="pair", indicator="violence_cases", area=area, other=other)
    assert not app.exception
    said = texts(app)
    assert f"shown for: {areas()[region].name('en')} = 25 cases" in said
    assert f"{t('hidden.numbers', 'en')} {known_to(area, 'en')}" in said
