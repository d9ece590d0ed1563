"""`python -m riskmap.ui.serve [streamlit options]`: the dashboard on a server that calls nobody but a sign-in provider.

Streamlit asks an outside host for the machine's public address, at its start and for every visitor whose origin it
does not know; the answer is given here beforehand.
"""

import sys
from pathlib import Path
from typing import Any, Final

from starlette.types import Receive, Scope, Send
from streamlit import net_util
from streamlit.starlette import App
from streamlit.web import cli
from streamlit.web.server.starlette import starlette_server

from riskmap.domain.errors import WrongUsage
from riskmap.domain.settings import LANGUAGE
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.ui import signing_in
from riskmap.ui.checking import most_upload_mb
from riskmap.ui.middleware import Guard
from riskmap.ui.page_scripts import script_digests
from riskmap.ui.viewer import LOOPBACK, is_packaged
from riskmap.ui.web_limits import Limits
from riskmap.ui.web_settings import WebSettings, read_settings, take_secrets
from riskmap.words import t

DASHBOARD: Final = Path(__file__).parents[2] / "dashboard.py"

LARGEST_MESSAGE_MB: Final = 2

# Options of Streamlit that would let somebody in past the sign-in, or past the guard: nobody may set them otherwise.
_FIXED: Final = {
    "secrets.files": [],  # a file that lies about would be read, and would switch a sign-in on
    "server.trustedUserHeaders": {},  # anybody could write such a header
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableAgentApi": False,
    "server.maxWidgetStateSize": LARGEST_MESSAGE_MB,
    "global.developmentMode": False,
}


class Dashboard(App):
    """Streamlit's application with the guard around it: whatever it answers, failures too, passes through the guard."""

    def __init__(self, web: WebSettings) -> None:
        auth = take_secrets(web)
        super().__init__(DASHBOARD, secrets={"auth": dict(auth)} if auth else None)
        cookie_secret = auth["cookie_secret"] if auth else ""
        self._guard = Guard(super().__call__, web, script_digests(), cookie_secret, Limits(web.per_minute))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or one web socket."""
        await self._guard(scope, receive, send)


def main() -> None:
    """Start the dashboard with the options of Streamlit given; returns when the server stops."""
    try:
        web = read_settings()
        upload_mb = most_upload_mb()
    except WrongUsage as error:
        lang = LANGUAGE.value if LANGUAGE.value in LANGUAGES else LANGUAGE.default
        sys.stderr.write(t(error.key, lang, **error.values) + "\n")
        sys.exit(error.exit_status)
    net_util._external_ip = ""
    _quieten_uvicorn()
    options = _options(sys.argv[1:])
    if is_packaged():  # another address may still be given; the pages then show nothing
        options.setdefault("server.address", LOOPBACK[0])
        options["server.allowedHosts"] = list(LOOPBACK)
    # Streamlit looks for its own settings beside what was called.
    sys.argv = [str(DASHBOARD)]
    signing_in.offer(web.sign_in)
    Dashboard(web).run(config={"server.maxUploadSize": upload_mb, **options, **_FIXED, **_origins(web)})


def _options(arguments: list[str]) -> dict[str, Any]:
    """What was given on the command line, read as `streamlit run` reads it."""
    given = cli.main_run.make_context("riskmap.ui.serve", [str(DASHBOARD), *arguments]).params
    no_options = ("target", "args")
    return {
        name.replace("_", ".", 1): value
        for name, value in given.items()
        if name not in no_options and value not in (None, ())
    }


def _origins(web: WebSettings) -> dict[str, Any]:
    """The one address besides its own from which the server may be asked: that by which readers know it."""
    return {"server.corsAllowedOrigins": [web.public_url] if web.public_url else []}


def _quieten_uvicorn() -> None:
    """Have the server under Streamlit keep its name to itself, believe no header, and refuse large messages at once."""
    given = starlette_server._get_uvicorn_config_kwargs
    largest = LARGEST_MESSAGE_MB * 1_000_000

    def settings() -> dict[str, Any]:
        return {**given(), "server_header": False, "proxy_headers": False, "ws_max_size": largest}

    starlette_server._get_uvicorn_config_kwargs = settings


if __name__ == "__main__":
    main()
