"""The folder for one workplace, served: on its own machine, by its own name, and not otherwise."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from websockets.exceptions import InvalidStatus

from etl.package import write_package
from tests.browser.conftest import free_port, wait_until_served
from tests.browser.signing_in_client import tab, visitor
from tests.browser.test_official_sessions import AKMOLA, FOR_OFFICIAL_USE, risk_map
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def server(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the dashboard on a package, started without saying where it is to listen."""
    live = (sample_folder / "warehouse/current").resolve()
    package = write_package(live, AKMOLA, out=tmp_path_factory.mktemp("workplace"))
    port = free_port()
    command = [sys.executable, "-m", "riskmap.ui.serve", f"--server.port={port}"]
    told = {"RISKMAP_DATA": str(package), "RISKMAP_LANGUAGE": "en"}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told})
    try:
        wait_until_served(process, f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_at_the_workplace_the_exact_figures_of_the_region_are_shown(server: str) -> None:
    with tab(visitor(server)) as page:
        shown = risk_map(page, AKMOLA)
    assert FOR_OFFICIAL_USE in shown
    assert "Exact figures: Akmola Region" in shown
    assert "May 2026" in shown


def test_no_other_machine_reaches_it(server: str) -> None:
    port = httpx.URL(server).port
    assert port is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent: the system says by which address it would go out
        outside = probe.getsockname()[0]
    assert not outside.startswith("127.")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((outside, port), timeout=5)


def test_a_name_elsewhere_that_leads_here_gets_no_web_socket(server: str) -> None:
    host = f"rebound.example:{httpx.URL(server).port}"
    with pytest.raises(InvalidStatus), tab(visitor(server), host=host):
        pass
