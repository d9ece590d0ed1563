"""One dashboard and one Chromium for all browser tests; every address outside the machine is refused and counted."""

import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlparse
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from tests.conftest import ROOT

# A busy machine is no fault of a page.
expect.set_options(timeout=20_000)

LOOPBACK = {"127.0.0.1", "localhost", ""}


@dataclass
class Visit:
    """A page of the dashboard, its address, and every request that tried to leave the machine."""

    page: Page
    base: str
    outside: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page and wait until it is drawn to its last line."""
        self.page.goto(f"{self.base}/{path}")
        self.page.locator("footer.foot").wait_for()

    def area(self, name: str) -> Locator:
        """The outline of one area on the map, by the beginning of its label."""
        return self.page.frame_locator("iframe").first.locator(f'path[role=button][aria-label^="{name}:"]')

    def map_areas(self) -> list[dict[str, str]]:
        """Label, legend key and colour of every area on the map, once all are painted."""
        paths = self.page.frame_locator("iframe").first.locator("path[role=button]")
        paths.first.wait_for()
        script = """paths => paths.map(path => ({label: path.getAttribute('aria-label'),
            fill: path.dataset.fill, colour: path.getAttribute('fill')}))"""
        return list(paths.evaluate_all(script))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_served(process: "subprocess.Popen[bytes]", address: str) -> None:
    """Return when the server answers; fail at once when it has died."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the dashboard has stopped"
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2):  # noqa: S310 - our own server
                return
        except (URLError, OSError):
            continue
    pytest.fail("the dashboard did not answer within a minute")


@pytest.fixture(scope="session")
def calls_out() -> Iterator[list[str]]:
    """Listens where the server would find its way out; holds a line for each time it tried."""
    seen: list[str] = []

    class Exit(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            seen.append(self.request.recv(200).decode(errors="replace"))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Exit) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        os.environ["RISKMAP_TEST_PROXY"] = f"http://127.0.0.1:{server.server_address[1]}"
        yield seen
        server.shutdown()


@pytest.fixture(scope="session")
def dashboard(sample_folder: Path, calls_out: list[str]) -> Iterator[str]:
    """Address of a dashboard on the sample build; at the end it may not have tried to call out."""
    port = free_port()
    command = [sys.executable, "-m", "riskmap.ui.serve", f"--server.port={port}", "--server.address=127.0.0.1"]
    proxy = os.environ["RISKMAP_TEST_PROXY"]
    settings = {"RISKMAP_DATA": str(sample_folder), "RISKMAP_LANGUAGE": "en"}
    way_out = {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "NO_PROXY": "127.0.0.1,localhost"}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings, **way_out})
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_served(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert calls_out == []


@pytest.fixture
def visit(chromium: Browser, dashboard: str) -> Iterator[Visit]:
    """A fresh window on the dashboard; at the end of the test nothing may have asked for an outside address."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    visit = Visit(context.new_page(), dashboard)

    def check(route: Route, request: Request) -> None:
        if urlparse(request.url).hostname in LOOPBACK or request.url.startswith(("data:", "blob:")):
            route.continue_()
        else:
            visit.outside.append(request.url)
            route.abort()

    context.route("**/*", check)
    yield visit
    context.close()
    assert visit.outside == []
