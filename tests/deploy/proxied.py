"""The dashboard as it is deployed: nginx with the file of `deploy/`, and two replicas behind it."""

import os
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

from tests.browser.conftest import free_port, wait_until_served
from tests.conftest import ROOT

CONFIGURATION = ROOT / "deploy" / "nginx" / "riskmap.conf"
NAME, BASE = "localhost", "/riskmap"

# What an installation changes in the file, and the ports, which here have to be free ones.
_OWN = ("riskmap.example.kz", "listen 80", "listen 443", "/etc/riskmap/tls/", "/var/log/nginx/", "8501", "8502")
_AROUND = """
{user}
pid {folder}/pid;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/riskmap.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running nginx: its ports, its folder, and what makes a client believe its certificate."""

    port: int
    plain_port: int
    folder: Path

    @property
    def address(self) -> str:
        """What a browser opens."""
        return f"https://{NAME}:{self.port}{BASE}"

    @property
    def trust(self) -> ssl.SSLContext:
        """A client's side of TLS that believes this certificate and no other."""
        return ssl.create_default_context(cafile=self.folder / "fullchain.pem")

    def logged(self, name: str) -> str:
        """What one of the two logs holds."""
        return (self.folder / f"riskmap.{name}.log").read_text(encoding="utf-8")


@contextmanager
def proxied(folder: Path, replicas: tuple[int, int], *, ports: tuple[int, int]) -> Iterator[Proxy]:
    """An nginx in front of two ports of this machine, ready; ends at the end of the block."""
    proxy = Proxy(*ports, folder)
    _make_certificate(folder)
    names = (NAME, f"listen {proxy.plain_port}", f"listen {proxy.port}", f"{folder}/", f"{folder}/")
    write_configuration(folder, dict(zip(_OWN, (*names, *map(str, replicas)), strict=True)))
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log"), "-g", "daemon off;"]
    with subprocess.Popen(command) as process:
        try:
            _wait_until_open(process, proxy)
            yield proxy
        finally:
            process.terminate()


def write_configuration(folder: Path, own: Mapping[str, str]) -> None:
    """The file of `deploy/` with the names of one installation, all of which it must hold, and what is around it."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    assert [name for name in own if name not in text] == []
    # In one go: a free port may be called like one that stands in the file.
    written = re.sub("|".join(map(re.escape, own)), lambda found: own[found[0]], text)
    (folder / "riskmap.conf").write_text(written, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""  # whose folder nobody else can look into
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user), encoding="utf-8")


def _make_certificate(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem"), "-days", "2"]
    command += ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run(command, check=True, capture_output=True)


def _wait_until_open(process: "subprocess.Popen[bytes]", proxy: Proxy) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        assert process.poll() is None, (proxy.folder / "start.log").read_text(encoding="utf-8")
        connection = HTTPSConnection(NAME, proxy.port, context=proxy.trust, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            continue
        finally:
            connection.close()
        return
    raise AssertionError("nginx did not answer")


class Replicas:
    """Two dashboards of processes of their own, by port; each can be killed and started again."""

    def __init__(self, data: Path, address: str) -> None:
        self.ports = (free_port(), free_port())
        self._settings = {
            "RISKMAP_DATA": str(data),
            "RISKMAP_LANGUAGE": "en",
            "RISKMAP_PUBLIC_URL": address,
            "RISKMAP_TRUSTED_PROXY": "127.0.0.1",
            "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
            "STREAMLIT_SERVER_BASE_URL_PATH": BASE.strip("/"),
        }
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def begin(self, *ports: int) -> None:
        """Start those of these ports; return when they answer."""
        for port in ports:
            command = [sys.executable, "-m", "riskmap.ui.serve", f"--server.port={port}"]
            self._processes[port] = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **self._settings})
        for port in ports:
            wait_until_served(self._processes[port], f"http://127.0.0.1:{port}{BASE}")

    def kill(self, port: int) -> None:
        """End one as a crash does."""
        self._processes[port].kill()
        self._processes[port].wait(timeout=20)

    def end(self) -> None:
        """End both."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(timeout=20)


@dataclass(frozen=True)
class Site:
    """All of it."""

    proxy: Proxy
    replicas: Replicas

    def other(self, port: int) -> int:
        """The port of the other replica."""
        first, second = self.replicas.ports
        return second if port == first else first


@contextmanager
def served(data: Path, folder: Path) -> Iterator[Site]:
    """Two replicas on a data folder behind nginx."""
    ports = (free_port(), free_port())
    replicas = Replicas(data, f"https://{NAME}:{ports[0]}{BASE}")
    with ExitStack() as stack:
        stack.callback(replicas.end)
        replicas.begin(*replicas.ports)
        yield Site(stack.enter_context(proxied(folder, replicas.ports, ports=ports)), replicas)
