"""From the file of a sender to what everybody sees, by pages alone; the loader runs between as its unit would."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from etl.cli import main
from riskmap.access.grants import grant
from riskmap.access.roles import Role
from riskmap.domain.areas import AreaKind
from riskmap.words import t
from tests.browser.oidc_provider import Provider, dashboard_with_sign_in, provider, running
from tests.browser.signing_in_client import sign_in, visitor
from tests.etl.decided import AKMOLA, OPERATOR, SENDER, SIGNER, grant_both
from tests.etl.folders import live_name, table

__all__ = ["provider", "running"]

pytestmark = [pytest.mark.browser, pytest.mark.every_combination]


@pytest.fixture
def data(published_folder: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The published figures, somebody who sends for a region, an operator and a signer."""
    shutil.copytree(published_folder, data_folder, symlinks=True)
    monkeypatch.setenv("LOGNAME", "loader")
    grant(SENDER, role=Role.VIEWER, area=AKMOLA, kind=AreaKind.REGION, by="test", valid_from=date(2026, 1, 1))
    grant_both()
    return data_folder


@contextmanager
def opened(chromium: Browser, server: str, provider: Provider, who: str, page: str) -> Iterator[Page]:
    """A page of somebody who has signed in."""
    provider.person["email"] = who
    client = visitor(server)
    sign_in(client)
    context = chromium.new_context()
    context.add_cookies(
        [{"name": c.name, "value": c.value or "", "url": server, "httpOnly": True} for c in client.cookies.jar]
    )
    shown = context.new_page()
    go(shown, f"{server}/{page}?lang=en")
    yield shown
    context.close()


def go(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("footer.foot").wait_for()


def press(page: Page, key: str) -> None:
    """Press a button of the page of publication and wait until the decision is noted."""
    button = page.get_by_role("button", name=t(f"publish_page.{key}", "en"), exact=True)
    expect(button).to_be_enabled()
    button.click()
    expect(page.get_by_text(t("publish_page.noted", "en"))).to_be_visible()
    expect(page.get_by_role("cell", name=t("decision.state.pending", "en"))).to_be_visible()


def test_a_return_comes_from_its_sender_to_everybody_through_pages(
    chromium: Browser, provider: Provider, data: Path
) -> None:
    before = live_name()
    with dashboard_with_sign_in(provider, data) as server:
        with opened(chromium, server, provider, SENDER, "send") as page:
            page.locator("input[type=file]").set_input_files(table(data))
            page.get_by_role("button", name=t("check_page.check", "en"), exact=True).click()
            page.get_by_role("button", name=t("send_page.send", "en")).click()
            expect(page.get_by_text("The file was taken")).to_be_visible()
        assert main(["decisions"]) == 0
        with opened(chromium, server, provider, OPERATOR, "publish") as page:
            expect(page.get_by_role("cell", name=SENDER)).to_be_visible()
            page.get_by_role("combobox", name=t("publish_page.choose", "en")).click()
            page.get_by_role("option").first.click()
            page.keyboard.press("Escape")
            press(page, "take_in")
            assert main(["decisions"]) == 0
            go(page, page.url)
            expect(page.get_by_text("accepted")).to_be_visible()
            press(page, "ask")
        assert main(["decisions"]) == 0
        assert live_name() == before
        with opened(chromium, server, provider, SIGNER, "publish") as page:
            expect(page.get_by_role("cell", name=f"{OPERATOR}, 2")).to_be_visible()
            expect(page.get_by_text(t("publish_page.returns", "en"), exact=True)).to_have_count(0)
            page.get_by_text(t("publish_page.seen", "en")).click()
            press(page, "sign")
        assert main(["decisions"]) == 0
        assert live_name() > before
        public = chromium.new_page()
        go(public, f"{server}/?lang=en")
        expect(public.locator("footer.foot")).to_contain_text(live_name())
        expect(public.get_by_role("link", name=t("page.publish.title", "en"), exact=True)).to_have_count(0)
        public.close()
