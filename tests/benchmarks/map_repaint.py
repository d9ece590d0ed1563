"""How long a change of indicator takes to be seen on the map: our map against a folium map rebuilt every time.

`python -m tests.benchmarks.map_repaint [--json]`; exit status 1 when ours needs more than 0.6 of the other's time.
Both pages run in one browser, in turn, five rounds; the clock runs from the click to the frame after the new fill.
"""

import argparse
import base64
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from geo.record import current_set
from riskmap.ui.palettes import palette
from tests.chromium import FLAGS

HERE: Final = Path(__file__).parent
LEVELS: Final = ("regions", "districts")
VARIANTS: Final = ("ours", "plain")
ROUNDS: Final = 5
MOST: Final = 0.6
# The pages colour by these in turn: an even indicator by the first, an odd one by the second.
FAMILIES: Final = ("outcome", "coverage")

# Looks at every frame of the screen whether all areas carry colours of the palette asked for, in whichever frame of
# the page the map lives: the rebuilt map comes with a new one.
WATCH: Final = """
([colours, count]) => new Promise((done) => {
  let clicked = 0;
  document.addEventListener("click", () => { clicked = clicked || performance.now(); }, { capture: true, once: true });
  const painted = () => [...document.querySelectorAll("iframe")].some((frame) => {
    const paths = [...(frame.contentDocument?.querySelectorAll("path.leaflet-interactive") ?? [])];
    return paths.length === count && paths.every((path) => colours.includes(path.getAttribute("fill")));
  });
  const look = () => {
    if (clicked && painted()) requestAnimationFrame(() => done(performance.now() - clicked));
    else requestAnimationFrame(look);
  };
  look();
})
"""


@dataclass(slots=True)
class Measured:
    """Milliseconds and bytes received over the websocket, one per repaint."""

    milliseconds: list[float] = field(default_factory=list)
    received: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Result:
    """Medians of one level of areas."""

    level: str
    areas: int
    ours_ms: float
    plain_ms: float
    ratio: float
    ours_bytes: float
    plain_bytes: float


@contextmanager
def served(variant: str) -> Iterator[str]:
    """Run one of the two pages on a free port; its address while it runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    page = str(HERE / f"map_repaint_{variant}.py")
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        page,
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    root = str(HERE.parents[1])
    server = subprocess.Popen(
        command, cwd=root, env={**os.environ, "PYTHONPATH": root}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(address: str) -> None:
    for _ in range(150):
        try:
            with urlopen(address):  # noqa: S310 - our own server on loopback
                return
        except URLError:
            time.sleep(0.2)
    raise TimeoutError(address)


class Subject:
    """One page in the browser, and what was measured on it."""

    def __init__(self, browser: Browser, *, address: str, level: str) -> None:
        self.measured = Measured()
        self.areas = len(current_set().outlined(level))
        self.outside: list[str] = []
        self._address = address
        self._bytes = 0
        self._next = 1
        self.page: Page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.page.on("request", self._note_request)
        session = self.page.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameReceived", self._note_frame)
        self.page.goto(f"{address}/?level={level}")
        self.page.frame_locator("iframe").locator("path.leaflet-interactive").nth(self.areas - 1).wait_for()

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((self._address, "data:", "blob:")):
            self.outside.append(request.url)

    def _note_frame(self, event: dict[str, Any]) -> None:
        payload = event["response"]["payloadData"]
        binary = event["response"]["opcode"] == 2
        self._bytes += len(base64.b64decode(payload)) if binary else len(payload.encode())

    def change_indicator(self, *, keep: bool = True) -> None:
        """Choose the next indicator and wait until it is painted; `keep` takes the time and bytes down.

        Every indicator is new: Streamlit spares itself sending a long message the browser has had before.
        """
        indicator, colours = str(self._next), palette(FAMILIES[self._next % 2], 5)
        self._next += 1
        self.page.bring_to_front()
        self.page.wait_for_timeout(700)
        before = self._bytes
        self.page.evaluate(f"(given) => {{ window.seen = ({WATCH})(given); }}", [colours, self.areas])
        self.page.get_by_text(indicator, exact=True).click()
        took = self.page.evaluate("() => window.seen")
        self.page.wait_for_timeout(500)
        if keep:
            self.measured.milliseconds.append(took)
            self.measured.received.append(self._bytes - before)


def measure(browser: Browser, *, addresses: dict[str, str], level: str) -> Result:
    """Both pages in turn, after one unmeasured change of each."""
    subjects = {variant: Subject(browser, address=addresses[variant], level=level) for variant in VARIANTS}
    for subject in subjects.values():
        subject.change_indicator(keep=False)
    for _ in range(ROUNDS):
        for subject in subjects.values():
            subject.change_indicator()
    for subject in subjects.values():
        if subject.outside:
            raise RuntimeError(f"requested from outside: {subject.outside}")
        subject.page.close()
    return _result(level, ours=subjects["ours"], plain=subjects["plain"])


def _result(level: str, *, ours: Subject, plain: Subject) -> Result:
    ours_ms, plain_ms = (statistics.median(subject.measured.milliseconds) for subject in (ours, plain))
    ours_bytes, plain_bytes = (statistics.median(subject.measured.received) for subject in (ours, plain))
    return Result(level, ours.areas, ours_ms, plain_ms, ours_ms / plain_ms, ours_bytes, plain_bytes)


def run() -> list[Result]:
    """Measure both levels with the Chromium of this machine."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise FileNotFoundError("chromium is not installed")
    with ExitStack() as stack:
        addresses = {variant: stack.enter_context(served(variant)) for variant in VARIANTS}
        player = stack.enter_context(sync_playwright())
        browser = player.chromium.launch(executable_path=chromium, args=FLAGS)
        stack.callback(browser.close)
        return [measure(browser, addresses=addresses, level=level) for level in LEVELS]


def main() -> int:
    """Measure, write the medians, and say by the exit status whether the ratio holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    options = parser.parse_args()
    results = run()
    if options.json:
        sys.stdout.write(json.dumps([asdict(result) for result in results]) + "\n")
    else:
        sys.stdout.writelines(_line(result) + "\n" for result in results)
    return 1 if any(result.ratio > MOST for result in results) else 0


def _line(result: Result) -> str:
    ours = f"ours {result.ours_ms:.0f} ms, {result.ours_bytes / 1000:.1f} kB"
    plain = f"rebuilt {result.plain_ms:.0f} ms, {result.plain_bytes / 1000:.1f} kB"
    return f"{result.level} ({result.areas}): {ours}; {plain}; ratio {result.ratio:.2f} (at most {MOST})"


if __name__ == "__main__":
    sys.exit(main())
