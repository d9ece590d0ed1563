"""The official's view on the pages: what each reader is shown, and that nobody gets more by asking."""

from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from etl.package import write_package
from riskmap.access.audit_log import AccessEvent, entries
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.ui.navigation import PAGES, PageEntry
from tests.analytics.test_scopes import with_a_real_hidden_number
from tests.conftest import ROOT

AKMOLA, COUNTRY = "110000000", "000000000"
FOR_OFFICIAL_USE = "Қызмет бабында пайдалану үшін · Для служебного пользования · For official use"


def page(name: str = "risk_map", **asked: str) -> AppTest:
    """A page for an address; without faults."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.switch_page(f"pages/{name}.py")
    for field, value in {"lang": "en", "indicator": "violence_cases", **asked}.items():
        app.query_params[field] = value
    app.run()
    assert not app.exception
    return app


def bodies(app: AppTest) -> list[str]:
    return [element.proto.body for element in app.get("html")]


def banner(app: AppTest) -> str:
    return "".join(body for body in bodies(app) if 'class="official"' in body)


def grains(app: AppTest) -> list[str]:
    (box,) = (box for box in app.selectbox if box.key == "select-length")
    return list(box.options)


def test_everybody_sees_no_banner_and_no_month(sample_build: Path) -> None:
    app = page(area=AKMOLA)
    assert banner(app) == ""
    assert "month" not in grains(app)


def test_where_all_that_is_hidden_is_invented_the_pages_can_be_seen_as_a_department(sample_build: Path) -> None:
    app = page(area=AKMOLA, see=AKMOLA)
    assert FOR_OFFICIAL_USE in banner(app)
    assert "Akmola Region" in banner(app)
    assert sample_build.name in banner(app)
    assert "every hidden number is invented" in banner(app)
    assert "month" in grains(app)


def test_a_department_sees_no_month_of_another_region(sample_build: Path) -> None:
    assert "month" not in grains(page(area="790000000", see=AKMOLA))
    assert "month" in grains(page(area="790000000", see=COUNTRY))


@pytest.mark.parametrize("forged", ["999999999", "110000000,790000000", "full", "111600000", "' OR 1=1 --"])
def test_a_forged_address_shows_what_everybody_sees(sample_build: Path, forged: str) -> None:
    app = page(area=AKMOLA, see=forged)
    assert banner(app) == ""
    assert "month" not in grains(app)


def test_the_switch_leads_there_and_back(sample_build: Path) -> None:
    app = page(area=AKMOLA)
    (switch,) = (box for box in app.selectbox if box.key == "see-switch")
    switch.select(AKMOLA)
    app.run()
    assert FOR_OFFICIAL_USE in banner(app)
    (switch,) = (box for box in app.selectbox if box.key == "see-switch")
    switch.select("")
    app.run()
    assert banner(app) == ""


@pytest.mark.parametrize(
    ("entry", "language"), list(zip(PAGES, cycle(LANGUAGES))), ids=lambda value: str(getattr(value, "id", value))
)
def test_every_page_is_drawn_with_its_banner(sample_build: Path, entry: PageEntry, language: str) -> None:
    app = page(entry.id, lang=language, area=AKMOLA, see=AKMOLA)
    assert FOR_OFFICIAL_USE in banner(app)
    assert 'class="watermark" aria-hidden="true"' in banner(app)
    assert not app.warning


def test_the_page_of_protection_tells_the_same_to_every_reader(sample_build: Path) -> None:
    def table(app: AppTest) -> list[str]:
        return [body for body in bodies(app) if "<table" in body]

    assert table(page("protection", see=COUNTRY)) == table(page("protection"))


def test_where_a_real_number_is_hidden_there_is_no_switch(
    sample_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = with_a_real_hidden_number(sample_build, tmp_path / "warehouse")
    (tmp_path / "warehouse/current").symlink_to(real.name)
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path))
    app = page(area=AKMOLA, see=AKMOLA)
    assert banner(app) == ""
    assert not [box for box in app.selectbox if box.key == "see-switch"]


@pytest.fixture
def workplace(sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    written = write_package((sample_folder / "warehouse/current").resolve(), AKMOLA, out=tmp_path)
    monkeypatch.setenv("RISKMAP_DATA", str(written))
    return written


@pytest.fixture
def served_at() -> Iterator[Callable[[str | None], None]]:
    """Sets the address that the server listens on."""
    before = config.get_option("server.address")
    yield lambda address: config.set_option("server.address", address)
    config.set_option("server.address", before)


@pytest.mark.parametrize("loopback", ["127.0.0.1", "localhost", "::1"])
def test_a_package_shows_the_exact_numbers_of_its_region_on_its_own_machine(
    workplace: Path, served_at: Callable[[str | None], None], loopback: str
) -> None:
    served_at(loopback)
    app = page(area=AKMOLA)
    assert FOR_OFFICIAL_USE in banner(app)
    assert "month" in grains(app)
    assert "month" not in grains(page(area="790000000"))
    assert not [box for box in app.selectbox if box.key == "see-switch"]
    assert {entry.told["page"] for entry in entries() if entry.event == AccessEvent.VIEW} == {"risk_map"}


@pytest.mark.parametrize("elsewhere", [None, "0.0.0.0", "192.168.1.10", "127.0.0.1.example.org"])  # noqa: S104
def test_a_package_is_not_served_to_other_machines(
    workplace: Path, served_at: Callable[[str | None], None], elsewhere: str | None
) -> None:
    served_at(elsewhere)
    app = page(area=AKMOLA, see=AKMOLA)
    assert [warning.value for warning in app.warning] == [
        "This folder holds the exact figures of one region, so it can be opened on this computer only. "
        "Start the program on the address 127.0.0.1."
    ]
    assert not [body for body in bodies(app) if "<table" in body]
