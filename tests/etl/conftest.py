"""What several tests of the loader share: the command run in this process, a live build to spoil, and forms."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from etl.cli import main
from tests.etl.form_workbook import Key, write_form

# How the police name the files of a full set, by the KATO code of the region.
POLICE_NAMES = {
    "100000000": "Abay Region.XLSX",
    "110000000": "Akmola Region.XLSX",
    "150000000": "Aktobe Region.XLSX",
    "190000000": "Almaty Region.XLSX",
    "230000000": "Atyrau Region.XLSX",
    "270000000": "West-Kazakhstan Region.XLSX",
    "310000000": "Zhambyl Region.XLSX",
    "330000000": "Zhetysu Region.XLSX",
    "350000000": "Karaganda Region.XLSX",
    "390000000": "Kostanay Region.XLSX",
    "430000000": "Kyzylorda Region.XLSX",
    "470000000": "Mangystau Region.XLSX",
    "550000000": "Pavlodar Region.XLSX",
    "590000000": "North-Kazakhstan Region.XLSX",
    "610000000": "Turkistan Region.XLSX",
    "620000000": "Ulytau Region.XLSX",
    "630000000": "East-Kazakhstan Region.XLSX",
    "710000000": "Astana.XLSX",
    "750000000": "Almaty.XLSX",
    "790000000": "Shymkent.XLSX",
}


@dataclass(frozen=True)
class Outcome:
    """What a command left behind: exit status and both streams."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output, which must be one JSON document."""
        return dict(json.loads(self.out))

    @property
    def codes(self) -> list[str]:
        """Codes of the problems listed with --json, in the order told."""
        return [problem["code"] for problem in self.document["problems"]]


Run = Callable[..., Outcome]
Form = Callable[..., Path]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command of `python -m etl` in this process."""

    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        streams = capsys.readouterr()
        return Outcome(status, streams.out, streams.err)

    return call


@pytest.fixture
def live_folder(published_folder: Path, data_folder: Path) -> Path:
    """A data folder of the test's own in which the published figures are live."""
    shutil.copytree(published_folder, data_folder, symlinks=True)
    return data_folder


@pytest.fixture(scope="session")
def form_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    write_form(path, {})
    return path


@pytest.fixture(scope="session")
def full_set(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, int]]:
    """One form of every region, named as the police name it, and its number of offences against minors."""
    folder = tmp_path_factory.mktemp("full_set")
    forms = {}
    for number, (area, name) in enumerate(POLICE_NAMES.items(), start=100):
        write_form(folder / name, _offences(number))
        forms[area] = (folder / name, number)
    return forms


def _offences(number: int) -> dict[Key, int]:
    return {("offences_against_minors", *key): number for key in (("all", "all"), ("type", "crime"))}


@pytest.fixture
def form(tmp_path: Path, form_template: Path) -> Form:
    """Writes a Form No. 1-M under a name; with a number of offences against minors, or all zeros."""

    def write(name: str, offences: int | None = None) -> Path:
        path = tmp_path / name
        if offences is None:
            shutil.copyfile(form_template, path)
        else:
            write_form(path, _offences(offences))
        return path

    return write
