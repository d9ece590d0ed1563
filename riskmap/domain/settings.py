"""Settings, each declared once: environment variable, default, meaning (word key `setting.<NAME>`)."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable `RISKMAP_<NAME>` and its default."""

    name: str
    default: str

    @property
    def variable(self) -> str:
        """Name of the environment variable."""
        return f"RISKMAP_{self.name}"

    @property
    def value(self) -> str:
        """The value now in force."""
        return os.environ.get(self.variable, self.default)


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

SETTINGS: Final = (
    *(DATA, LANGUAGE, OPERATOR, MAX_FILE_MB, MAX_UPLOAD_MB, KEEP_BUILDS, SPREADSHEETS, AREAS, SIGN_OFF),
    PROTECTION,
)


def data_folder() -> Path:
    """The folder that holds raw/, accepted/, warehouse/; it need not exist yet.

    The default lies in the project, wherever a command is called from; a folder of the operator's is taken as given.
    """
    return _PROJECT / DATA.default if DATA.value == DATA.default else Path(DATA.value)


def live_build() -> Path:
    """The symbolic link that names the live build."""
    return data_folder() / "warehouse" / "current"


def spreadsheet_folder() -> Path:
    """The folder with the operator's own declarations of spreadsheets; by default inside the data folder."""
    return _own_folder(SPREADSHEETS)


def area_folder() -> Path:
    """The folder with the operator's own rows of areas and border changes, and outlines of their own."""
    return _own_folder(AREAS)


def _own_folder(setting: Setting) -> Path:
    return data_folder() / setting.default if setting.value == setting.default else Path(setting.value)
