"""The files of `deploy/` do what they are for: nginx, as it is configured there, in front of two replicas."""

import os
import shutil
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPSConnection
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from websockets.exceptions import InvalidStatus

from riskmap.domain.settings import MAX_UPLOAD_MB
from riskmap.words import t
from tests.browser.conftest import free_port
from tests.deploy.proxied import BASE, NAME, Site, proxied, served
from tests.deploy.visitor import SEAT, Answer, Visitor, ask_replica, session_of

pytestmark = pytest.mark.every_combination

MOST = int(MAX_UPLOAD_MB.default) * 1024 * 1024
ONCE = (
    *("strict-transport-security", "x-content-type-options", "referrer-policy", "x-frame-options"),
    *("content-security-policy", "permissions-policy", "cache-control", "content-type", "server", "date"),
)


@pytest.fixture(scope="module")
def site(published_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two replicas on the published figures behind nginx; skipped where there is no nginx, a failure under CI."""
    if not shutil.which("nginx"):
        if os.environ.get("CI"):
            pytest.fail("nginx is not installed: apt install nginx-light")
        pytest.skip("program missing: nginx")
    with served(published_folder, tmp_path_factory.mktemp("nginx")) as site:
        yield site


@pytest.fixture
def visitor(site: Site) -> Visitor:
    """Somebody who has opened the first page."""
    visitor = Visitor(site.proxy)
    assert visitor.ask(f"{BASE}/").status == 200
    assert visitor.ask(f"{BASE}/_stcore/health").status == 200  # gives the token without which no upload counts
    return visitor


def upload(visitor: Visitor, session: str, *, size: int) -> Answer:
    """A file of that many bytes as the page sends it."""
    line = uuid4().hex
    head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
    tail = f"\r\n--{line}--\r\n".encode()
    body = head + b"x" * (size - len(head) - len(tail)) + tail
    return visitor.ask(
        f"{BASE}/_stcore/upload_file/{session}/{uuid4()}",
        method="PUT",
        body=body,
        Content_Type=f"multipart/form-data; boundary={line}",
        X_Xsrftoken=visitor.cookies["_streamlit_xsrf"],
    )


# --- one replica for each visitor


def test_a_visitor_stays_on_the_replica_of_the_first_answer(site: Site) -> None:
    seats: dict[int, Visitor] = {}
    while len(seats) < 2:  # until there is one on each
        new = Visitor(site.proxy)
        assert new.ask(f"{BASE}/").status == 200
        seats[new.replica] = new
    for port, visitor in 3 * list(seats.items()):
        answer = visitor.ask(f"{BASE}/_stcore/health")
        assert (answer.status, visitor.replica) == (200, port)
        assert [line for line in answer.all_of("Set-Cookie") if SEAT in line] == []


def test_the_cookie_goes_nowhere_else_and_no_script_reads_it(site: Site) -> None:
    (line,) = [line for line in Visitor(site.proxy).ask(f"{BASE}/").all_of("Set-Cookie") if SEAT in line]
    assert {part.strip() for part in line.split(";")[1:]} == {f"Path={BASE}", "Secure", "HttpOnly", "SameSite=Lax"}


def test_visitors_are_spread_over_both_replicas(site: Site) -> None:
    visitors = [Visitor(site.proxy) for _ in range(6)]
    for visitor in visitors:
        visitor.ask(f"{BASE}/_stcore/health")
    assert {visitor.replica for visitor in visitors} == set(site.replicas.ports)


@pytest.mark.parametrize("seat", ["9", "riskmap_new", "127.0.0.1:22", "../", "8501,8502"])
def test_a_cookie_that_names_no_replica_counts_as_none(site: Site, seat: str) -> None:
    visitor = Visitor(site.proxy, {SEAT: seat})
    assert visitor.ask(f"{BASE}/_stcore/health").status == 200
    assert visitor.replica in site.replicas.ports


def test_a_page_is_drawn_through_the_web_socket_and_its_upload_reaches_the_same_replica(
    site: Site, visitor: Visitor
) -> None:
    with visitor.connect() as line:
        session = session_of(line)
        assert upload(visitor, session, size=1000).status == 204
        elsewhere = Visitor(site.proxy, {**visitor.cookies, SEAT: str(site.other(visitor.replica))})
        refused = upload(elsewhere, session, size=1000)
    assert (refused.status, elsewhere.replica) == (400, site.other(visitor.replica))
    assert b"sticky" in refused.content


def test_two_visitors_have_a_page_each_at_the_same_time(site: Site) -> None:
    visitors = [Visitor(site.proxy, {SEAT: str(port)}) for port in site.replicas.ports]
    with closing(visitors[0].connect()) as first, closing(visitors[1].connect()) as second:
        assert session_of(first) != session_of(second)


# --- what passes


@pytest.mark.parametrize("size", [MOST, MOST + 1])
def test_an_upload_passes_up_to_the_limit_of_the_dashboard_and_no_further(visitor: Visitor, size: int) -> None:
    with visitor.connect() as line:
        assert upload(visitor, session_of(line), size=size).status == (204 if size == MOST else 413)


def test_what_is_too_large_is_refused_by_nginx_before_it_is_sent(site: Site, visitor: Visitor) -> None:
    connection = HTTPSConnection(NAME, site.proxy.port, context=site.proxy.trust, timeout=30)
    with closing(connection):
        connection.putrequest("PUT", f"{BASE}/_stcore/upload_file/no-session/a")  # for a replica not even a session
        connection.putheader("Content-Length", str(MOST + 1))
        connection.endheaders()
        answer = connection.getresponse()
        assert (answer.status, b"nginx" in answer.read()) == (413, True)
    assert visitor.ask(f"{BASE}/", method="POST", body=b"x" * 20_000).status == 413


@pytest.mark.parametrize("name", ["other.example", "127.0.0.1"])
def test_another_name_gets_no_answer(visitor: Visitor, name: str) -> None:
    with pytest.raises(ConnectionError):  # closed without a word
        visitor.ask(f"{BASE}/", Host=name)


def test_another_name_does_not_even_get_a_certificate(site: Site) -> None:
    connection = HTTPSConnection("127.0.0.1", site.proxy.port, context=site.proxy.trust, timeout=30)
    with closing(connection), pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        connection.request("GET", f"{BASE}/")


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/index.html", "/_stcore/health", "/riskmapper/", f"{BASE}/../", "/etc/passwd"),
        *(f"{BASE}/_stcore/metrics", f"{BASE}/%5Fstcore/metrics", f"{BASE}//_stcore/metrics"),
        *(f"{BASE}/a/../_stcore/script-health-check", f"{BASE}/_stcore/agent/mcp", f"{BASE}/_stcore/"),
    ],
)
def test_a_path_outside_the_base_and_what_is_for_the_machine_itself_are_not_there(visitor: Visitor, path: str) -> None:
    answer = visitor.ask(path)
    assert answer.status in {400, 404}
    assert b"nginx" in answer.content


def test_the_machine_itself_can_be_measured_without_nginx(site: Site) -> None:
    """So what is refused above is there."""
    assert ask_replica(site.replicas.ports[0], f"{BASE}/_stcore/metrics").status == 200


def test_a_page_without_tls_is_sent_to_the_one_with_it(site: Site) -> None:
    answer = ask_replica(site.proxy.plain_port, f"{BASE}/trends?lang=en", Host=NAME)
    assert answer.status == 301
    (place,) = answer.all_of("Location")
    assert place.startswith(f"https://{NAME}")
    assert place.endswith(f"{BASE}/trends?lang=en")


def test_a_page_of_another_site_gets_no_web_socket(visitor: Visitor) -> None:
    with pytest.raises(InvalidStatus) as refused:
        visitor.connect(origin="https://other.example")
    assert refused.value.response.status_code == 403


# --- headers


@pytest.mark.parametrize(
    "path", [f"{BASE}/", f"{BASE}/_stcore/health", f"{BASE}/media/none", f"{BASE}/_stcore/metrics", "/"]
)
def test_every_header_is_sent_once(site: Site, path: str) -> None:
    answer = Visitor(site.proxy).ask(path)
    found = {name: answer.all_of(name) for name in ONCE}
    assert {name: values for name, values in found.items() if len(values) > 1} == {}
    assert found["strict-transport-security"] == ["max-age=31536000"]
    assert found["x-content-type-options"] == ["nosniff"]
    assert found["server"] == ["nginx"]


def test_what_the_dashboard_says_of_itself_passes_unchanged(site: Site) -> None:
    passed = Visitor(site.proxy).ask(f"{BASE}/")
    said = ask_replica(site.replicas.ports[0], f"{BASE}/", Host=f"{NAME}:{site.proxy.port}")
    for name in ("content-security-policy", "x-frame-options", "permissions-policy", "cache-control"):
        assert passed.all_of(name) == said.all_of(name)


def test_what_is_large_is_packed(visitor: Visitor) -> None:
    page = visitor.ask(f"{BASE}/").content.decode()
    script = page.partition('src="./')[2].partition('"')[0]
    answer = visitor.ask(f"{BASE}/{script}", Accept_Encoding="gzip")
    assert (answer.status, answer.all_of("Content-Encoding")) == (200, ["gzip"])


class _Recorder(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Recording)


class _Recording(socketserver.StreamRequestHandler):
    server: _Recorder

    def handle(self) -> None:
        lines = iter(lambda: self.rfile.readline().decode().strip(), "")
        self.server.asked += lines
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def test_what_a_visitor_says_of_where_he_comes_from_does_not_pass(site: Site, tmp_path: Path) -> None:
    forged = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Host": "other.example",
        "X_Forwarded_Proto": "http",
        "X_Real_IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
        "Upgrade": "h2c",
        "Connection": "Upgrade",
    }
    with _Recorder() as recorder:
        threading.Thread(target=recorder.serve_forever, daemon=True).start()
        port = int(recorder.server_address[1])
        with proxied(tmp_path, (port, free_port()), ports=(free_port(), free_port())) as proxy:
            assert Visitor(proxy, {SEAT: str(port)}).ask(f"{BASE}/", body=b"", **forged).status == 200
        recorder.shutdown()
        headers = [line for line in recorder.asked if line.lower().startswith(("x-", "forwarded", "upgrade", "host"))]
    assert sorted(headers) == [f"Host: {NAME}:{proxy.port}", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: https"]


def test_the_log_keeps_neither_what_was_looked_at_nor_a_session(site: Site, visitor: Visitor) -> None:
    visitor.ask(f"{BASE}/trends?area=110000000")
    visitor.ask(f"{BASE}/_stcore/upload_file/secret-session/secret-file", method="PUT")
    log = site.proxy.logged("access")
    assert f"{BASE}/trends 200" in log
    assert f"{BASE}/_stcore/upload_file/ " in log
    assert [word for word in ("110000000", "secret") if word in log] == []


# --- in a browser


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """A fresh window."""
    context = chromium.new_context(ignore_https_errors=True, accept_downloads=True)
    yield context.new_page()
    context.close()


def seat_of(page: Page) -> int:
    """The port of the replica that the browser is on."""
    (seat,) = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == SEAT]
    return int(seat)


def download(page: Page) -> str:
    """Take the table of the page as a file; its path at the server."""
    button = page.locator("[data-testid=stDownloadButton] button").first
    with page.expect_download() as taken:
        button.click()
    assert taken.value.path().stat().st_size > 100
    return BASE + taken.value.url.partition(BASE)[2]


@pytest.mark.browser
def test_a_browser_goes_on_at_the_other_replica_when_its_own_dies_and_stays_there(site: Site, page: Page) -> None:
    page.goto(f"{site.proxy.address}/trends?lang=en")
    page.locator("footer.foot").wait_for()
    first = seat_of(page)
    file = download(page)
    assert ask_replica(first, file).status == 200
    assert ask_replica(site.other(first), file).status == 404

    try:
        with page.expect_websocket():  # the page opens another one of itself
            site.replicas.kill(first)
        expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-connection-state", "CONNECTED")
        page.locator("a[href*=risk_map]").first.click()
        expect(page.locator("h1")).to_have_text(t("page.risk_map.title", "en"))
        page.locator("footer.foot").wait_for()
        assert seat_of(page) == site.other(first)
        file = download(page)
        assert ask_replica(site.other(first), file).status == 200
    finally:
        site.replicas.begin(first)

    assert Visitor(site.proxy, {SEAT: str(first)}).ask(f"{BASE}/_stcore/health").status == 200
    page.reload()
    page.locator("footer.foot").wait_for()
    assert seat_of(page) == site.other(first)
