"""A dashboard that may not read what is exact, and everything that it sends to a browser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import free_port, wait_until_served
from tests.browser.relay import Relay, relayed
from tests.conftest import ROOT


@dataclass
class Received:
    """A window on the dashboard, and every byte that came to it."""

    page: Page
    relay: Relay
    parts: list[bytes] = field(default_factory=list)

    def open(self, path: str, *, drawn: str = "footer.foot", files: int = 0) -> None:
        """Go to a page, wait until it is drawn with all files that it offers, and take these and what stands in it."""
        self.page.goto(f"{self.relay.address}/{path}")
        self.page.locator(drawn).first.wait_for()
        buttons = self.page.locator("[data-testid=stDownloadButton] button")
        expect(buttons).to_have_count(files)
        for place in range(files):
            self._take_file(buttons.nth(place))
        self._take_page()

    def taken(self) -> list[bytes]:
        """What came since this was asked before, over the wire first."""
        parts, self.parts = [*self.relay.taken(), *self.parts], []
        return parts

    def _take_file(self, button: Locator) -> None:
        with self.page.expect_download() as download:
            button.click()
        self.parts += [download.value.path().read_bytes(), download.value.suggested_filename.encode()]

    def _take_page(self) -> None:
        """What the browser made of it: the document, those of maps, and what charts hold."""
        for frame in self.page.frames:
            self.parts.append(frame.content().encode())
        charts = "charts => JSON.stringify(charts.map(chart => [chart.data, chart.layout]))"
        self.parts.append(str(self.page.locator(".js-plotly-plot").evaluate_all(charts)).encode())


@contextmanager
def served_without_the_full_file(folder: Path, log: Path) -> Iterator[Relay]:
    """The relay to a dashboard of its own process, which of the folder can read the public files alone.

    What the process says goes to the log. Ends the process at the end.
    """
    close_all_but_public(folder)
    port = free_port()
    server = ("riskmap.ui.serve", f"--server.port={port}", "--server.address=127.0.0.1")
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.etl.unprivileged", *server],
            cwd=ROOT,
            env={**os.environ, "RISKMAP_DATA": str(folder), "RISKMAP_LANGUAGE": "en"},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_served(process, f"http://127.0.0.1:{port}")
            with relayed(port) as relay:
                yield relay
        finally:
            process.terminate()
            process.wait(timeout=20)


def close_all_but_public(folder: Path) -> None:
    """Take the permission to read from everything in a data folder but the way to the public files."""
    for path in folder.iterdir():
        if path.name != "warehouse":
            path.chmod(0)
    for path in (folder / "warehouse").glob("2*/full.duckdb"):
        path.chmod(0)


def open_again(folder: Path) -> None:
    """Give the permissions back, so that the folder can be removed by anybody who could make it."""
    for path in (*folder.iterdir(), *(folder / "warehouse").glob("2*/full.duckdb")):
        path.chmod(0o700)


def may_be_read(path: Path) -> bool:
    """Whether a process as that of the dashboard can read a file: the standard library is asked to."""
    command = [sys.executable, "-m", "tests.etl.unprivileged", "base64", "-e", str(path)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


@contextmanager
def window(chromium: Browser, relay: Relay) -> Iterator[Received]:
    """A fresh window of which everything is kept."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    try:
        yield Received(context.new_page(), relay)
    finally:
        context.close()
