"""Nothing that is hidden reaches a browser: every page is served by a process that may not read the full file."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pytest
from playwright.sync_api import Browser, expect

from geo.areas import districts_of
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.ui.navigation import PAGES
from riskmap.ui.selection import SHOWS
from riskmap.words import t
from tests.browser.relay import Relay
from tests.browser.sent import may_be_read, open_again, served_without_the_full_file, window
from tests.etl.planted_numbers import AKTOBE, BULLYING, ULYTAU, VIOLENCE, Planted
from tests.etl.traces import all_of

pytestmark = pytest.mark.browser

FIGURES = f"lang=en&indicator={BULLYING}&period=2024/25"
WITHIN = f"{FIGURES}&area={ULYTAU}"
SEXUAL = f"lang=ru&indicator={VIOLENCE}&by=type:sexual"
BELOW = [area.id for area in districts_of(ULYTAU)]
VAIN = "period=2024/99&by=type:none&level=planet&order=none&source=none&span=9&kind=none&other=1"
# Each page once, and what has several views in each of them; and how many files it offers.
VISITS: Final = {
    "overview": ("?lang=en", 0),
    "map of regions": (f"risk_map?{FIGURES}", 1),
    "map of districts": (f"risk_map?{SEXUAL}&area={AKTOBE}", 1),
    "trends": (f"trends?lang=en&indicator={BULLYING}&area={BELOW[0]}&also={','.join(BELOW[1:])}", 1),
    "ranked": (f"compare?{WITHIN}&show=ranked", 1),
    "funnel": (f"compare?{WITHIN}&show=funnel", 1),
    "pair": (f"compare?{WITHIN}&other={AKTOBE}&show=pair", 1),
    "parts": (f"compare?{SEXUAL}&area={districts_of(AKTOBE)[0].id}&show=parts", 1),
    "heat": (f"compare?lang=en&indicator={BULLYING}&area={ULYTAU}&show=heat&{VAIN}", 1),
    "changes": (f"changes?lang=kk&indicator={BULLYING}&{VAIN}", 1),
    "quality": (f"quality?lang=en&area={ULYTAU}&{VAIN}", 2),
    "index": (f"attention?lang=kk&family=recorded&area={ULYTAU}&w=none:9&{VAIN}", 0),
    "check": ("check?lang=en", 0),
    "methods": ("methods?lang=en", 0),
    **{
        f"method {name}": (f"methods?lang=en&method={name}", 0)
        for name in ("comparison", "silence", "trend", "signals")
    },
    "protection": ("protection?lang=en", 0),
}
FAILS: Final = "page that fails"
OF_FIGURES: Final = ("map of regions", "trends", "changes", *SHOWS)


@dataclass(frozen=True)
class Sent:
    """What came to the browser of each visit, what the server said of all of them, and the folder it served."""

    visits: Mapping[str, list[bytes]]
    log: bytes
    folder: Path
    says: str  # on the page that failed


@pytest.fixture(scope="module")
def sent(planted: Planted, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    """Every visit, one after the other, and last a page that fails."""
    place = tmp_path_factory.mktemp("sent")
    folder = Path(shutil.copytree(planted.folder, place / "data", symlinks=True))
    visits = {}
    with served_without_the_full_file(folder, place / "log") as relay, window(chromium, relay) as received:
        for visit, (address, files) in VISITS.items():
            received.open(address, files=files)
            visits[visit] = received.taken()
        spoil(folder)
        received.open("risk_map?lang=en", drawn="[data-testid=stAlert]")
        says = received.page.locator("[data-testid=stAlert]").first.inner_text()
        visits[FAILS] = received.taken()
    yield Sent(visits, (place / "log").read_bytes(), folder, says)
    open_again(folder)


def spoil(folder: Path) -> None:
    """Make a build live whose public file lacks the cells, so that every page fails."""
    link = folder / "warehouse" / "current"
    spoilt = folder / "warehouse" / "29991231T000000000-000000"
    spoilt.mkdir()
    shutil.copy(link / "public.duckdb", spoilt)
    with duckdb.connect(str(spoilt / "public.duckdb")) as connection:
        connection.execute("ALTER TABLE cells RENAME TO lost")
    link.unlink()
    link.symlink_to(spoilt.name)


def test_every_page_is_visited() -> None:
    visited = {address.partition("?")[0] or "overview" for address, _ in VISITS.values()}
    assert visited == {page.id for page in PAGES}


def test_the_server_may_read_the_public_file_and_neither_the_full_one_nor_the_record(sent: Sent) -> None:
    warehouse = sent.folder / "warehouse"
    assert all(may_be_read(path) for path in list(warehouse.glob("2*/public.duckdb"))[:1])
    closed = [*warehouse.glob("2*/full.duckdb"), *(sent.folder / name / "any" for name in ("accepted", "released"))]
    assert len(closed) == 4
    assert not any(may_be_read(path) for path in closed)


@pytest.mark.parametrize("visit", [*VISITS, FAILS])
def test_nothing_that_is_hidden_is_sent(sent: Sent, planted: Planted, visit: str) -> None:
    assert all_of(sent.visits[visit], planted.hidden) == set()


def test_the_log_of_the_server_holds_nothing_that_is_hidden(sent: Sent, planted: Planted) -> None:
    assert b"Traceback" in sent.log  # of the page that fails
    assert planted.hidden.found_in(sent.log) == set()


@pytest.mark.parametrize("visit", OF_FIGURES)
def test_the_same_look_finds_what_is_shown(sent: Sent, planted: Planted, visit: str) -> None:
    found = all_of(sent.visits[visit], planted.shown)
    assert len(found) > 4


def test_what_is_shown_is_found_in_the_file_the_page_the_stream_and_the_chart(sent: Sent, planted: Planted) -> None:
    """So nothing that is hidden would have been missed in any of them."""
    parts = sent.visits["ranked"]
    kinds = {
        "file": [part for part in parts if part.startswith(b"\xef\xbb\xbf")],
        "page": [part for part in parts if part.startswith(b"<!DOCTYPE html>") and b"table" in part],
        "stream": [part for part in parts if b"<table" in part and not part.startswith(b"<")],
        "chart": [part for part in parts if part.startswith(b"[[")],
    }
    assert {kind for kind, found in kinds.items() if not all_of(found, planted.shown)} == set()


def test_a_page_that_fails_says_one_sentence_and_nothing_of_the_fault(sent: Sent) -> None:
    assert sent.says.splitlines()[-1] == t("error.unexpected", "en")
    told = [
        word
        for word in (b"Traceback", b"Catalog Error", b"duckdb", b"lost")
        for part in sent.visits[FAILS]
        if word in part
    ]
    assert told == []


@pytest.fixture(scope="module")
def sample_relay(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    """A dashboard on the sample country that may not read its full file."""
    place = tmp_path_factory.mktemp("closed")
    folder = Path(shutil.copytree(sample_folder, place / "data", symlinks=True))
    with served_without_the_full_file(folder, place / "log") as relay:
        yield relay
    open_again(folder)


@pytest.mark.every_combination
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_every_page_of_the_sample_country_needs_the_public_file_alone(
    sample_relay: Relay, chromium: Browser, page: str, language: str
) -> None:
    with window(chromium, sample_relay) as received:
        received.page.goto(f"{sample_relay.address}/{'' if page == 'overview' else page}?lang={language}")
        received.page.locator("footer.foot").wait_for()
        expect(received.page.locator("h1")).to_have_text(t(f"page.{page}.title", language))
        assert (
            received.page.locator("[data-testid=stAlert]").filter(has_text=t("error.unexpected", language)).count() == 0
        )
