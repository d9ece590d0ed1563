"""The headers that tell a browser what a page of ours may do: load nothing from anywhere else, be framed by nobody."""

from collections.abc import Sequence
from functools import cache
from typing import Final
from urllib.parse import urlsplit

# What every document may do, and why more than "from ourselves" is needed where it is.
_POLICY: Final = {
    "default-src": "'self'",
    "base-uri": "'self'",
    "object-src": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",  # the map is a page of ours within a page of ours
    "frame-src": "'self'",
    "img-src": "'self' data: blob:",  # symbols in style sheets; pictures of charts that the browser draws
    "font-src": "'self' data:",
    "media-src": "'self'",
    "worker-src": "'self' blob:",
    # Streamlit and plotly write style elements and attributes while they draw.
    "style-src": "'self' 'unsafe-inline'",
}


@cache
def page_policy(scripts: tuple[str, ...], public_url: str) -> str:
    """The policy of Streamlit's own page: of scripts within it only those whose digests are given run."""
    sources = " ".join(("'self'", *(f"'{script}'" for script in scripts)))
    return _written({**_POLICY, "script-src": sources, "connect-src": _lines(public_url)})


@cache
def map_policy(public_url: str) -> str:
    """The policy of the frame that holds the map.

    There streamlit-folium writes what folium made into a script of the page and evaluates what is to be painted, so
    any text in it may run; addresses elsewhere stay out of reach.
    """
    sources = "'self' 'unsafe-inline' 'unsafe-eval'"
    return _written({**_POLICY, "script-src": sources, "connect-src": _lines(public_url)})


@cache
def fixed_headers(*, is_https: bool) -> Sequence[tuple[bytes, bytes]]:
    """The headers that are the same on every answer."""
    headers = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
    }
    if is_https:
        headers["strict-transport-security"] = "max-age=31536000"
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


_FEATURES: Final = (
    *("accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer"),
    *("microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb"),
    "xr-spatial-tracking",
)


def _lines(public_url: str) -> str:
    """Where a page may ask for more; named in full for browsers to which "self" is no address of a web socket."""
    host = urlsplit(public_url).netloc
    scheme = "wss" if public_url.startswith("https:") else "ws"
    return f"'self' {scheme}://{host}" if host else "'self'"


def _written(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())
