"""Files of exact numbers: marked in three languages, and encrypted so that an ordinary program opens them."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from riskmap.files.csv import BOM
from riskmap.files.official import Mark, encrypted_zip, marked, new_password, official_name

MARK = Mark(areas=('Akmola "Region", east',), person="Әсел <b>Қуанышқызы</b>", build="20261122T014025833-825e28")
CSV = f"{BOM}# Violence | columns\r\nindicator,area\r\nviolence_cases,110000000\r\n".encode()


def test_a_csv_says_for_official_use_in_three_languages_of_what_and_for_whom() -> None:
    first, *rest = marked(CSV, "a.csv", MARK, "en").decode().split("\r\n")
    assert first.startswith(f"{BOM}# Қызмет бабында пайдалану үшін · Для служебного пользования · For official use | ")
    assert "Әсел" in first
    assert "20261122T014025833-825e28" in first
    assert first.endswith(" | Violence | columns")
    assert rest == ["indicator,area", "violence_cases,110000000", ""]


def test_the_mark_stays_one_cell_of_a_spreadsheet() -> None:
    first = marked(CSV, "a.csv", MARK, "ru").decode().split("\r\n")[0]
    assert "," not in first
    assert '"' not in first


def test_a_page_has_the_mark_at_its_top_and_takes_no_markup_from_a_name() -> None:
    page = marked(b"<html><body><h1>x</h1></body></html>", "a.html", MARK, "kk").decode()
    assert "Әсел &lt;b&gt;Қуанышқызы" in page
    assert page.index("For official use") < page.index("<h1>")


@pytest.mark.parametrize(("content", "name"), [(b"a,b\r\n", "a.csv"), (b"<html></html>", "a.html")])
def test_a_file_that_cannot_be_marked_is_not_given_out(content: bytes, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        marked(content, name, MARK, "en")


def test_the_name_of_a_file_says_that_it_is_for_official_use() -> None:
    assert official_name("invented_violence_cases_ru.csv") == "official-use_invented_violence_cases_ru.csv"


def test_an_encrypted_file_opens_with_its_password_alone() -> None:
    packed = encrypted_zip(CSV, "a.csv", password="абв-234")  # noqa: S106
    with ZipFile(BytesIO(packed)) as archive:
        (entry,) = archive.infolist()
        assert entry.compress_type == 99  # AES, as the format calls it
        assert entry.flag_bits & 1
    assert b"violence_cases" not in packed


@pytest.mark.skipif(not shutil.which("7z"), reason="program missing: 7z")
@pytest.mark.every_combination
def test_another_program_opens_an_encrypted_file(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(encrypted_zip(CSV, "a.csv", password="abcd-2345"))  # noqa: S106
    subprocess.run(["7z", "x", "-pabcd-2345", "a.zip"], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "a.csv").read_bytes() == CSV


def test_passwords_are_long_and_never_the_same() -> None:
    found = {new_password() for _ in range(1000)}
    assert len(found) == 1000
    assert all(len(password.replace("-", "")) == 20 for password in found)
    assert not set("".join(found)) & set("il1o0")
