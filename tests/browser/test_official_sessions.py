"""Signed in at the real dashboard: each sees the exact figures of their own area, as long as the right lasts."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import httpx2 as httpx
import pytest

from riskmap.access.grants import grant, revoke
from riskmap.access.roles import Role
from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import COUNTRY
from tests.browser.oidc_provider import Provider, dashboard_with_sign_in, provider, running
from tests.browser.signing_in_client import Tab, sign_in, tab, visitor

__all__ = ["provider", "running"]

AKMOLA, SHYMKENT = "110000000", "790000000"
FOR_OFFICIAL_USE = "For official use"


@pytest.fixture(scope="module")
def data(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample, in which rights are granted and accesses noted."""
    copy = tmp_path_factory.mktemp("official") / "data"
    kept = shutil.ignore_patterns("raw", "accepted", "receipts", "demo")
    shutil.copytree(sample_folder, copy, symlinks=True, ignore=kept)
    return copy


@pytest.fixture(scope="module")
def server(running: Provider, data: Path) -> Iterator[str]:
    with dashboard_with_sign_in(running, data) as address:
        yield address


@pytest.fixture(autouse=True)
def settings(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_DATA", str(data))


def risk_map(page: Tab, area: str, **asked: str) -> str:
    """All texts of the map of an area."""
    query = {"lang": "en", "indicator": "violence_cases", "area": area, **asked}
    return page.page("risk_map", "&".join(f"{name}={value}" for name, value in query.items()))


def person(server: str, provider: Provider, name: str) -> httpx.Client:
    """Somebody who has signed in."""
    provider.person["email"] = f"{name}@example.kz"
    client = visitor(server)
    sign_in(client)
    return client


def granted(name: str, role: Role, area: str, *, days: int | None = None) -> int:
    kind = AreaKind.COUNTRY if area == COUNTRY else AreaKind.REGION
    until = None if days is None else datetime.now(UTC).date() + timedelta(days=days)
    begin = date(2026, 1, 1)
    return grant(f"{name}@example.kz", role=role, area=area, kind=kind, by="test", valid_from=begin, valid_to=until).id


def has_exact_months(data: Path, area: str) -> bool:
    """Whether months of an area stand in the full file alone."""
    with duckdb.connect(str(data / "warehouse/current/full.duckdb"), read_only=True) as connection:
        query = "SELECT count(*) FROM cells_internal WHERE area = ? AND indicator = 'violence_cases'"
        ((found,),) = connection.execute(query, [area]).fetchall()
    return bool(found)


def test_two_people_in_two_scopes_at_once_each_see_their_own(server: str, provider: Provider, data: Path) -> None:
    granted("akmola", Role.VIEWER, AKMOLA)
    granted("shymkent", Role.VIEWER, SHYMKENT)
    granted("ministry", Role.MINISTRY, COUNTRY)
    assert has_exact_months(data, AKMOLA)
    people = {name: person(server, provider, name) for name in ("akmola", "shymkent", "ministry")}
    with tab(people["akmola"]) as akmola, tab(people["shymkent"]) as shymkent, tab(people["ministry"]) as ministry:
        for _ in range(2):
            assert "Exact figures: Akmola Region" in risk_map(akmola, AKMOLA)
            assert "Exact figures: Shymkent city" in risk_map(shymkent, AKMOLA)
            assert "Exact figures: Republic of Kazakhstan" in risk_map(ministry, AKMOLA)
        assert "May 2026" in risk_map(akmola, AKMOLA)
        assert "May 2026" not in risk_map(shymkent, AKMOLA)
        assert "May 2026" in risk_map(ministry, AKMOLA)
    with tab(people["akmola"]) as other:  # a new page: an open one keeps the address that it was opened with
        assert "May 2026" not in risk_map(other, "750000000")
    with tab(visitor(server)) as everybody:
        assert FOR_OFFICIAL_USE not in risk_map(everybody, AKMOLA)
        assert "May 2026" not in risk_map(everybody, AKMOLA)


def test_a_revoked_right_ends_while_the_page_is_open(server: str, provider: Provider) -> None:
    number = granted("revoked", Role.VIEWER, AKMOLA)
    with tab(person(server, provider, "revoked")) as page:
        assert FOR_OFFICIAL_USE in risk_map(page, AKMOLA)
        revoke(number, by="test")
        after = risk_map(page, AKMOLA)
    assert FOR_OFFICIAL_USE not in after
    assert "you have no access to exact figures" in after
    assert "May 2026" not in after


def test_a_right_that_is_over_opens_nothing(server: str, provider: Provider) -> None:
    granted("past", Role.VIEWER, AKMOLA, days=-1)
    with tab(person(server, provider, "past")) as page:
        assert FOR_OFFICIAL_USE not in risk_map(page, AKMOLA)


def test_who_signed_in_cannot_see_the_pages_as_somebody_else(server: str, provider: Provider) -> None:
    granted("only", Role.VIEWER, SHYMKENT)
    with tab(person(server, provider, "only")) as page:
        assert "Exact figures: Akmola" not in risk_map(page, AKMOLA, see=AKMOLA)


def test_only_an_administrator_has_the_page_of_accesses(server: str, provider: Provider) -> None:
    granted("admin", Role.ADMINISTRATOR, COUNTRY)
    granted("nosy", Role.MINISTRY, COUNTRY)
    with tab(person(server, provider, "admin")) as page:
        shown = page.page("access", "lang=en")
        assert "Log of accesses" in shown
        assert "nosy@example.kz" in shown
        assert FOR_OFFICIAL_USE not in shown
    for other in (person(server, provider, "nosy"), visitor(server)):
        with tab(other) as page:
            assert "nosy@example.kz" not in page.page("access", "lang=en").replace("Viewed by", "")


def test_what_was_looked_at_is_noted_once_for_each_address(server: str, provider: Provider, data: Path) -> None:
    granted("looked", Role.VIEWER, AKMOLA)
    with tab(person(server, provider, "looked")) as page:
        for _ in range(3):
            risk_map(page, AKMOLA)
    lines = [line for file in sorted((data / "access/log").glob("*.jsonl")) for line in file.read_text().splitlines()]
    noted = [entry for line in lines if (entry := json.loads(line))["who"] == "looked@example.kz"]
    # As it was asked for, and with what the page put into the address; not at every run.
    assert [entry["event"] for entry in noted] == ["sign_in", "view", "view"]
    told = noted[-1]["told"]
    assert (told["page"], told["scope"]) == ("risk_map", [AKMOLA])
    assert told["build"] == (data / "warehouse/current").resolve().name
    assert "violence_cases" in told["asked"]


def test_only_who_sends_for_a_region_has_the_page_for_it(server: str, provider: Provider) -> None:
    granted("sender", Role.VIEWER, AKMOLA)
    granted("reader", Role.MINISTRY, COUNTRY)
    sent_here = "Returns of this region are sent here: Akmola Region"
    with tab(person(server, provider, "sender")) as page:
        assert sent_here in page.page("send", "lang=en")
    for other in (person(server, provider, "reader"), visitor(server)):
        with tab(other) as page:
            assert "sent here" not in page.page("send", "lang=en")
