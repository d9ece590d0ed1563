"""The command receipt and what follows a publication: files of the live build, told, never in its way."""

import json
from datetime import date
from pathlib import Path

import pytest

from etl.cli import main
from etl.commands.receipt import say_receipts
from etl.receipts import write_receipts
from geo.areas import areas
from riskmap.domain.vocabulary import LANGUAGES
from tests.etl.records import figure, write_record
from tests.quality_build import AKMOLA, ARYS, BUILD, KOKSHETAU, SOZAK, TURKISTAN, returned, write_build

RETURNS = [
    returned(ARYS, "2026-10", "on_time"),
    returned(SOZAK, "2026-10", "missing"),
    returned(KOKSHETAU, "2026-10", "late", days=2, corrected=date(2026, 11, 20)),
]


@pytest.fixture
def build(data_folder: Path) -> Path:
    return write_build(data_folder, {"completeness": RETURNS})


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


def test_receipts_are_written_for_every_region_that_owes_and_in_every_language(
    build: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["receipt"]) == 0
    place = data_folder / "receipts" / BUILD
    assert f"6. Folder: {place}" in capsys.readouterr().out
    names = sorted(path.name for path in place.iterdir())
    assert names == sorted(f"receipt_{region}_{lang}.html" for region in (AKMOLA, TURKISTAN) for lang in LANGUAGES)
    for region in (AKMOLA, TURKISTAN):
        for lang in LANGUAGES:
            page = (place / f"receipt_{region}_{lang}.html").read_text(encoding="utf-8")
            assert areas()[region].name(lang) in page
            assert f'<html lang="{lang}">' in page


def test_one_region_in_one_language_goes_where_it_is_told_to(
    build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out" / "inner"
    assert main(["receipt", "--region", TURKISTAN, "--lang", "ru", "--out", str(out), "--json"]) == 0
    path = out / f"receipt_{TURKISTAN}_ru.html"
    assert told(capsys) == {
        "build": BUILD,
        "receipts": [{"region": TURKISTAN, "language": "ru", "path": str(path)}],
    }
    assert [file.name for file in out.iterdir()] == [path.name]
    assert areas()[SOZAK].name("ru") in path.read_text(encoding="utf-8")


def test_a_region_that_owes_nothing_gets_the_receipt_it_is_asked_for(build: Path, tmp_path: Path) -> None:
    assert main(["receipt", "--region", "750000000", "--lang", "en", "--out", str(tmp_path / "out")]) == 0
    (path,) = (tmp_path / "out").iterdir()
    assert "owes no return" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("region", ["999999999", SOZAK, "000000000"])
def test_what_is_no_region_is_wrong_usage(build: Path, region: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", "--region", region]) == 2
    assert region in capsys.readouterr().err


def test_without_a_publication_there_is_no_receipt(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", "--json"]) == 3
    assert told(capsys)["error"]


def test_where_nobody_owes_a_return_nothing_is_written(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = write_build(data_folder, {})
    assert main(["receipt"]) == 0
    assert "No region owes" in capsys.readouterr().out
    say_receipts(build, "en")
    assert capsys.readouterr() == ("", "")
    assert not (data_folder / "receipts").exists()


def test_receipts_that_cannot_be_written_are_told_and_raise_nothing(
    build: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data_folder / "receipts").write_text("in the way")
    say_receipts(build, "en", as_json=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "The publication stands" in err
    assert str(data_folder / "receipts") in err
    assert "python -m etl receipt" in err


def test_a_fault_of_the_program_is_kept_in_the_log_and_told(
    build: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("riskmap.files.receipt.receipt_html", fail)
    say_receipts(build, "en")
    assert str(data_folder / "log" / "etl.log") in capsys.readouterr().err
    assert "ZeroDivisionError" in (data_folder / "log" / "etl.log").read_text()


def test_a_publication_stands_where_its_receipts_cannot_be_written_and_they_can_be_written_later(
    data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_record(data_folder, figure("missed_lessons", ARYS, "2026-09", 700), load="20261101T000000000-aaaaaa")
    place = data_folder / "receipts"
    place.write_text("in the way")
    assert main(["publish"]) == 0
    assert "The publication stands" in capsys.readouterr().err
    place.unlink()
    say_receipts((data_folder / "warehouse" / "current").resolve(), "en")
    (folder,) = place.iterdir()
    assert folder.name == (data_folder / "warehouse" / "current").resolve().name
    assert str(folder) in capsys.readouterr().out
    assert len(list(folder.iterdir())) == 60


def test_receipts_written_again_replace_the_old_ones(build: Path, data_folder: Path) -> None:
    first = write_receipts(build)
    first[0].path.write_text("spoilt")
    assert write_receipts(build) == first
    assert "<html" in first[0].path.read_text(encoding="utf-8")
    assert not list((data_folder / "receipts" / BUILD).glob("*.part"))


def test_receipts_of_the_sample_are_marked_as_invented(sample_build: Path, tmp_path: Path) -> None:
    written = write_receipts(sample_build, languages=["kk"], out=tmp_path)
    assert len(written) == 20
    assert all(one.path.name.startswith("invented_") for one in written)
