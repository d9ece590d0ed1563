"""Settings, each declared once: environment variable, default, meaning (word key `setting.<NAME>`)."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable `RISKMAP_<NAME>` and its default; a secret one is never shown."""

    name: str
    default: str
    is_secret: bool = False

    @property
    def variable(self) -> str:
        """Name of the environment variable."""
        return f"RISKMAP_{self.name}"

    @property
    def value(self) -> str:
        """The value now in force."""
        return os.environ.get(self.variable, self.default)

    @property
    def shown(self) -> str:
        """The value as a person may read it: of a secret one only whether it is set."""
        return "***" if self.is_secret and self.value else self.value


_PROJECT: Final = Path(__file__).parents[2]

DATA: Final = Setting("DATA", "data")
LANGUAGE: Final = Setting("LANGUAGE", "kk")
OPERATOR: Final = Setting("OPERATOR", "")
MAX_FILE_MB: Final = Setting("MAX_FILE_MB", "200")
MAX_UPLOAD_MB: Final = Setting("MAX_UPLOAD_MB", "20")
KEEP_BUILDS: Final = Setting("KEEP_BUILDS", "12")
SPREADSHEETS: Final = Setting("SPREADSHEETS", "spreadsheets")

AREAS: Final = Setting("AREAS", "areas")
SIGN_OFF: Final = Setting("SIGN_OFF", "no")
PROTECTION: Final = Setting("PROTECTION", "suppression")
SERVING_GROUP: Final = Setting("SERVING_GROUP", "")
EXACT_GROUP: Final = Setting("EXACT_GROUP", "")

OIDC_METADATA_URL: Final = Setting("OIDC_METADATA_URL", "")
OIDC_ISSUER: Final = Setting("OIDC_ISSUER", "")
OIDC_CLIENT_ID: Final = Setting("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET: Final = Setting("OIDC_CLIENT_SECRET", "", is_secret=True)
COOKIE_SECRET: Final = Setting("COOKIE_SECRET", "", is_secret=True)
PUBLIC_URL: Final = Setting("PUBLIC_URL", "")
OIDC_CLAIM: Final = Setting("OIDC_CLAIM", "email")
SESSION_HOURS: Final = Setting("SESSION_HOURS", "8")
TRUSTED_PROXY: Final = Setting("TRUSTED_PROXY", "")
RATE_PER_MINUTE: Final = Setting("RATE_PER_MINUTE", "3000")

SETTINGS: Final = (
    *(DATA, LANGUAGE, OPERATOR, MAX_FILE_MB, MAX_UPLOAD_MB, KEEP_BUILDS, SPREADSHEETS, AREAS, SIGN_OFF),
    PROTECTION,
    *(OIDC_METADATA_URL, OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, COOKIE_SECRET, PUBLIC_URL),
    *(OIDC_CLAIM, SESSION_HOURS, TRUSTED_PROXY, RATE_PER_MINUTE),
    *(SERVING_GROUP, EXACT_GROUP),
)


INBOX: Final = "inbox"


def data_folder() -> Path:
    """The folder that holds raw/, accepted/, warehouse/; it need not exist yet.

    The default lies in the project, wherever a command is called from; a folder of the operator's is taken as given.
    """
    return _PROJECT / DATA.default if DATA.value == DATA.default else Path(DATA.value)


def live_build() -> Path:
    """The symbolic link that names the live build."""
    return data_folder() / "warehouse" / "current"


def inbox_folder() -> Path:
    """The folder in which files wait to be loaded; it need not exist yet."""
    return data_folder() / INBOX


def spreadsheet_folder() -> Path:
    """The folder with the operator's own declarations of spreadsheets; by default inside the data folder."""
    return _own_folder(SPREADSHEETS)


def area_folder() -> Path:
    """The folder with the operator's own rows of areas and border changes, and outlines of their own."""
    return _own_folder(AREAS)


def _own_folder(setting: Setting) -> Path:
    return data_folder() / setting.default if setting.value == setting.default else Path(setting.value)
