"""The page of the change log: what it says, how it is filtered, and where its links lead."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from geo.areas import areas, districts_of
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, RevisionKind
from riskmap.words import plural, t
from tests.analytics.revised_build import BUILD, EARLIER, cell, live, publication, revision
from tests.ui.test_addresses import bodies
from tests.ui.test_pages import opened
from tests.ui.test_view_tables import cells as table_cells
from tests.views import ABAI, AKMOLA, NORTH, RATE

LESSONS = "missed_lessons"
ILLNESS = ("reason", "illness")
FIRST = districts_of(AKMOLA)[0].id
DISTRICT = min(area.id for area in areas().values() if area.kind == "district")


@pytest.fixture(scope="module")
def revised_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose live build tells of two publications, one taken back, and of what they changed."""
    folder = tmp_path_factory.mktemp("revised") / "data"
    lessons: dict[str, Any] = {"people": (2_000.0, 2_000.0), "invented": True}
    live(
        folder,
        cells=[
            *(cell(RATE, area, "2024", 55) for area in (AKMOLA, NORTH, COUNTRY)),
            cell(LESSONS, FIRST, "2025-11", 43, people=2_000, cut=ILLNESS, invented=True),
            # Which tables there are is told by the first area of each level.
            cell(RATE, ABAI, "2024", status="not_reported"),
            cell(LESSONS, DISTRICT, "2025-11", status="not_reported", cut=ILLNESS, invented=True),
            cell(LESSONS, DISTRICT, "2024/25", 500, cut=ILLNESS, invented=True),
            cell(LESSONS, FIRST, "2024/25", 500, cut=ILLNESS, invented=True),
        ],
        revisions=[
            revision(RATE, AKMOLA, "2024", 50, 55),
            revision(RATE, COUNTRY, "2024", 1050, 1055),
            revision(RATE, NORTH, "2024", 55, 55, kind="people", people=(250_000.0, 260_000.0)),
            revision(LESSONS, FIRST, "2025-11", None, 43, kind="late", build=EARLIER, cut=ILLNESS, **lessons),
        ],
        publications=[
            publication(1, EARLIER, late=1),
            publication(2, EARLIER, event="taken_back"),
            publication(3, BUILD, corrected=2, people=1),
        ],
    )
    return folder


@pytest.fixture
def revised(revised_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of that build, live."""
    monkeypatch.setenv("RISKMAP_DATA", str(revised_folder))
    return revised_folder / "warehouse" / BUILD


def tables(app: AppTest) -> list[list[list[str]]]:
    """The texts of every table of the page, links by their words."""
    found = (re.sub(r"</?a[^>]*>", "", body) for body in bodies(app) if "<table" in body)
    return [table_cells(body) for body in found]


def links(app: AppTest) -> list[str]:
    return [unescape(link) for body in bodies(app) for link in re.findall(r'href="([^"]*)"', body)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_publications_corrections_and_which_are_invented(revised: Path, language: str) -> None:
    app = opened("changes", lang=language)
    assert not app.exception
    assert not app.warning
    publications, real, invented = tables(app)
    assert [row[1] for row in publications[1:]] == [BUILD, EARLIER, EARLIER]
    assert publications[1][3:7] == ["2", "0", "0", "1"]
    assert t("changes.taken_back", language) in publications[2][-1]
    assert t("changes.invented", language, number="1") in publications[3][-1]
    name = indicator(RATE).words[language]["name"]
    assert real[1][0].startswith(name)
    assert real[1][1] == areas()[AKMOLA].name(language)
    assert real[1][3:6] == [t("revision_kind.corrected", language), "50", "55"]
    assert real[1][6].replace(",", ".") == "20.0"
    assert real[1][7].replace(",", ".") == "22.0"
    assert areas()[COUNTRY].name(language) in real[1][-1]
    assert t("category.reason.illness", language) in invented[1][0]
    assert invented[1][4:6] == [t("status.not_reported", language), "43"]
    band = next(place for place, body in enumerate(bodies(app)) if t("invented.banner", language) in body)
    order = [place for place, body in enumerate(bodies(app)) if "<table" in body]
    assert order[1] < band < order[2]
    people = plural("changes.people", 1, language, indicator=name)
    assert any(people in unescape(body) for body in bodies(app))
    assert plural("changes.figures", 4, language) in [text.value for text in app.markdown]


def test_the_address_says_which_figure_area_and_kind_are_shown(revised: Path) -> None:
    app = opened("changes", lang="en", indicator=RATE, area=AKMOLA, kind="corrected")
    assert [app.selectbox(key=f"select-{name}").value for name in ("indicator", "kind", "region")] == [
        RATE,
        "corrected",
        AKMOLA,
    ]
    assert len(tables(app)) == 2
    app.button(key="show-all").click().run()
    assert len(tables(app)) == 3
    assert "show-all" not in [button.key for button in app.button]


def test_a_box_narrows_the_log_and_stands_in_the_address(revised: Path) -> None:
    app = opened("changes", lang="en")
    app.selectbox(key="select-kind").select(str(RevisionKind.PEOPLE)).run()
    assert app.query_params["kind"] in ("people", ["people"])
    assert [row[1] for row in tables(app)[1][1:]] == [areas()[NORTH].name("en")]


def test_what_was_chosen_of_figures_holds_on_the_log_and_after_it(revised: Path) -> None:
    app = opened("risk_map", lang="en", indicator=RATE, area=AKMOLA)
    app.switch_page("pages/changes.py").run()
    assert app.selectbox(key="select-indicator").value == RATE
    assert app.selectbox(key="select-region").value == AKMOLA
    app.switch_page("pages/trends.py").run()
    assert app.selectbox(key="select-indicator").value == RATE


@pytest.mark.parametrize(("field", "value"), [("kind", "wrong"), ("indicator", "zz"), ("area", "999999999")])
def test_what_the_address_asks_for_in_vain_is_told(revised: Path, field: str, value: str) -> None:
    app = opened("changes", lang="en", **{field: value})
    word = t(f"select.{field}", "en")
    assert [w.value for w in app.warning] == [t("selection.unknown", "en", field=word, asked=f"`{value}`")]
    assert len(tables(app)) == 3


def test_where_nothing_chosen_has_changed_the_page_says_so(revised: Path) -> None:
    app = opened("changes", lang="en", indicator=LESSONS, kind="withdrawn")
    assert t("changes.nothing_chosen", "en") in [info.value for info in app.info]
    assert len(tables(app)) == 1


def test_before_anything_has_changed_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live(tmp_path / "data", cells=[cell(RATE, AKMOLA, "2024", 55)])
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path / "data"))
    app = opened("changes", lang="ru")
    assert not app.exception
    assert t("changes.nothing", "ru") in [info.value for info in app.info]
    assert t("changes.no_publications", "ru") in [text.value for text in app.markdown]


def test_a_correction_leads_to_the_trend_of_its_figure(revised: Path) -> None:
    addresses = links(opened("changes", lang="en"))
    assert [urlsplit(address).path for address in addresses] == ["trends", "trends"]
    for address, (name, area, grain) in zip(
        addresses, [(RATE, AKMOLA, "year"), (LESSONS, FIRST, "month")], strict=True
    ):
        asked = {field: values[0] for field, values in parse_qs(urlsplit(address).query).items()}
        app = opened("trends", **asked)
        assert not app.exception
        assert not app.warning
        assert app.header[0].value.startswith(indicator(name).words["en"]["name"])
        assert app.selectbox(key="select-district" if area == FIRST else "select-region").value == area
        assert str(app.selectbox(key="select-grain").value) == asked["grain"] == grain
        assert app.selectbox(key="select-by").value == ("reason:illness" if name == LESSONS else "all")


def ways_to_the_log(app: AppTest) -> list[Any]:
    return [link for link in app.get("page_link") if link.proto.page == "changes"]


@pytest.mark.parametrize(
    ("page", "address", "area"),
    [
        ("risk_map", {"indicator": RATE, "period": "2024"}, COUNTRY),
        ("trends", {"indicator": RATE, "area": AKMOLA, "grain": "year"}, AKMOLA),
        ("compare", {"indicator": RATE, "show": "ranked"}, COUNTRY),
        ("compare", {"indicator": RATE, "show": "heat"}, COUNTRY),
    ],
)
def test_a_page_of_figures_counts_those_corrected_and_leads_to_the_log(
    revised: Path, page: str, address: dict[str, str], area: str
) -> None:
    app = opened(page, lang="en", **address)
    assert not app.exception
    shown = 2 if area == COUNTRY and address.get("show") != "heat" else 1
    assert plural("changes.shown", shown, "en", mark="\\*") in [caption.value for caption in app.caption]
    (link,) = ways_to_the_log(app)
    asked = {field: values[0] for field, values in parse_qs(link.proto.query_string).items()}
    assert asked == {"lang": "en", "indicator": RATE, "area": area}
    log = opened("changes", **asked)
    assert not log.warning
    assert len(tables(log)) == 2


def test_two_areas_side_by_side_lead_to_the_whole_log(revised: Path) -> None:
    app = opened("compare", lang="en", show="pair", area=AKMOLA, other=NORTH)
    (link,) = ways_to_the_log(app)
    assert parse_qs(link.proto.query_string)["area"] == [COUNTRY]


def test_where_nothing_shown_was_corrected_no_page_speaks_of_it(revised: Path) -> None:
    app = opened("trends", lang="en", indicator=RATE, area=NORTH, grain="year")
    assert app.header
    assert not ways_to_the_log(app)
    assert "*" not in str(tables(app))
