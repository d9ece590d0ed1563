"""What the server takes from the environment when it starts: sign-in, its own address, limits. Refused as a whole."""

import ipaddress
import os
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from riskmap.domain import settings
from riskmap.domain.errors import WrongUsage
from riskmap.domain.settings import LANGUAGE, Setting
from riskmap.words import language, t

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

SHORTEST_SECRET: Final = 32  # bytes; a shorter one could be found by trying
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_SIGN_IN: Final = (
    *(settings.OIDC_METADATA_URL, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET),
    *(settings.COOKIE_SECRET, settings.PUBLIC_URL),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How people sign in here; both secrets are kept out of what is written about it."""

    issuer: str
    client_id: str
    claim: str
    hours: int


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What the server was told: `sign_in` is None on a public server, `public_url` empty where nobody named it."""

    sign_in: SignIn | None
    public_url: str
    trusted_proxies: tuple[Network, ...]
    per_minute: int

    @property
    def is_https(self) -> bool:
        """Whether readers reach the server through https only."""
        return self.public_url.startswith("https:")


def read_settings() -> WebSettings:
    """The settings of the server; `WrongUsage` names everything that is missing or wrong in them.

    A sign-in of which only a part is set is wrong: the server would be public and look as if it were not.
    """
    faults = [*_missing(), *_faulty()]
    if faults:
        raise WrongUsage(detail="; ".join(faults))
    return WebSettings(
        sign_in=_sign_in() if _is_wanted() else None,
        public_url=settings.PUBLIC_URL.value.rstrip("/"),
        trusted_proxies=tuple(_network(text) for text in _proxies()),
        per_minute=int(settings.RATE_PER_MINUTE.value),
    )


def take_secrets(web: WebSettings) -> dict[str, str] | None:
    """What Streamlit has to know for the sign-in, both secrets among it; None on a public server.

    They leave the environment with that: no page, no process started later and no dump of the environment
    shows them.
    """
    secrets = {setting: os.environ.pop(setting.variable, "") for setting in settings.SETTINGS if setting.is_secret}
    if web.sign_in is None:
        return None
    return {
        "redirect_uri": f"{web.public_url}/oauth2callback",
        "cookie_secret": secrets[settings.COOKIE_SECRET],
        "client_id": web.sign_in.client_id,
        "client_secret": secrets[settings.OIDC_CLIENT_SECRET],
        "server_metadata_url": settings.OIDC_METADATA_URL.value,
    }


def _is_wanted() -> bool:
    # The address of the server alone says nothing about a sign-in: a public server has one too.
    return any(setting.value for setting in (*_SIGN_IN, settings.OIDC_ISSUER) if setting is not settings.PUBLIC_URL)


def _missing() -> list[str]:
    lang = language(LANGUAGE.value)
    if not _is_wanted():
        return []
    names = [setting.variable for setting in _SIGN_IN if not setting.value]
    return [t("sign_in.setting.missing", lang, names=", ".join(names))] if names else []


def _faulty() -> list[str]:
    lang = language(LANGUAGE.value)
    secret = settings.COOKIE_SECRET.value
    checks = (
        (settings.PUBLIC_URL, _is_safe(settings.PUBLIC_URL), "sign_in.setting.address"),
        (settings.OIDC_METADATA_URL, _is_safe(settings.OIDC_METADATA_URL), "sign_in.setting.address"),
        (settings.OIDC_ISSUER, not settings.OIDC_METADATA_URL.value or bool(_issuer()), "sign_in.setting.issuer"),
        (settings.COOKIE_SECRET, not secret or len(secret.encode()) >= SHORTEST_SECRET, "sign_in.setting.short"),
        (settings.OIDC_CLAIM, settings.OIDC_CLAIM.value.isprintable() and settings.OIDC_CLAIM.value, _CLAIM),
        (settings.SESSION_HOURS, _is_whole(settings.SESSION_HOURS, most=24 * 30), "sign_in.setting.hours"),
        (settings.RATE_PER_MINUTE, _is_whole(settings.RATE_PER_MINUTE, most=10**9), "sign_in.setting.rate"),
        (settings.TRUSTED_PROXY, all(_network_or_none(text) for text in _proxies()), "sign_in.setting.proxy"),
    )
    return [
        t(key, lang, name=setting.variable, least=SHORTEST_SECRET) for setting, is_right, key in checks if not is_right
    ]


_CLAIM: Final = "sign_in.setting.claim"


def _is_safe(setting: Setting) -> bool:
    """Whether an address is https, or of this machine; an empty one is."""
    parts = _parts(setting.value)
    if not setting.value:
        return True
    if parts is None or not parts.hostname or parts.query or parts.fragment or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_whole(setting: Setting, *, most: int) -> bool:
    text = setting.value
    return text.isascii() and text.isdigit() and len(text) < 12 and 0 < int(text) <= most


def _issuer() -> str:
    """Who signs the tokens: as set, or as OpenID Connect Discovery makes the address of the metadata from it."""
    address = settings.OIDC_METADATA_URL.value
    own = address.removesuffix(_WELL_KNOWN)
    return settings.OIDC_ISSUER.value or (own if own != address else "")


def _sign_in() -> SignIn:
    hours = int(settings.SESSION_HOURS.value)
    return SignIn(_issuer(), settings.OIDC_CLIENT_ID.value, settings.OIDC_CLAIM.value, hours)


def _proxies() -> list[str]:
    return [text.strip() for text in settings.TRUSTED_PROXY.value.split(",") if text.strip()]


def _network(text: str) -> Network:
    return ipaddress.ip_network(text)


def _network_or_none(text: str) -> Network | None:
    try:
        return _network(text)
    except ValueError:
        return None
