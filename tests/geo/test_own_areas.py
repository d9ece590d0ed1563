"""The operator's own rows: what follows from a row without anything else being touched, and what is refused."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geo.register import read_register
from geo.register_tables import COLUMNS
from riskmap.domain.errors import ReferenceInvalid
from tests.conftest import ROOT

NEW, ZERENDI, BURABAI, KORGALZHYN = "115800000", "115600000", "117000000", "116000000"


def write(folder: Path, **tables: str) -> Path:
    """The operator's folder with rows of some tables, under the columns of each."""
    own = folder / "areas"
    own.mkdir(exist_ok=True)
    for name, rows in tables.items():
        (own / f"{name}.csv").write_text(",".join(COLUMNS[name].split()) + "\n" + rows + "\n", encoding="utf-8")
    return own


def faults(own: Path) -> list[str]:
    with pytest.raises(ReferenceInvalid) as caught:
        read_register(own=own)
    return caught.value.faults


def change(day: str, kind: str, old: str, new: str) -> str:
    return f"{day},{kind},{old},{new},,,,"


def district(code: str, region: str = "110000000", name: str = "Жаңажол", latin: str = "Zhanazhol") -> str:
    return f"{code},{region},district,{name} ауданы,район {name},{latin} District,{name},{name},{latin},,,,"


def tell(own: Path, program: str) -> Any:
    """What a fresh process with the operator's folder answers: the register is read once in a process."""
    environment = {**os.environ, "RISKMAP_AREAS": str(own), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


DOCUMENTED = """
import json
from datetime import date
from etl.reference import area_frame, break_frame, unit_frame
from geo.areas import areas, resolve
from geo.comparable import comparable
from riskmap.domain.areas import Area

def told(text, day):
    found = resolve(text, on=day, region="110000000")
    return found.id if isinstance(found, Area) else [found.code, found.expected, list(found.candidates)]

breaks = break_frame()
breaks = breaks[(breaks["axis"] == "area") & (breaks["day"] == date(2026, 3, 1))]
joined = comparable("117000000", date(2025, 1, 1), date(2026, 12, 31))
print(json.dumps({
    "march": told("Жанажолский р-н", date(2026, 3, 31)),
    "february": told("Жанажолский р-н", date(2026, 2, 28)),
    "code": told("115800000", date(2026, 3, 1)),
    "since": str(areas()["115800000"].valid_from),
    "expected": "115800000" in set(unit_frame()["area"]),
    "breaks": sorted(breaks[["subject", "other", "story"]].itertuples(index=False, name=None)),
    "joined": [joined.id, joined.name("en")],
    "rows": joined.id in set(area_frame()["area"]),
    "name": [areas()["116000000"].name(lang) for lang in ("kk", "ru", "en")],
    "old_name": told("Коргалжынский район", date(2026, 7, 1)),
    "kept": [areas()["116000000"].parent, areas()["116000000"].unit],
}))
"""


def test_the_documented_example_does_what_the_page_says(tmp_path: Path) -> None:
    page = (ROOT / "docs/borders.md").read_text(encoding="utf-8")
    files = re.findall(r"`areas/(\w+)\.csv`\n\n```csv\n(.*?)```", page, flags=re.DOTALL)
    assert [name for name, _ in files] == ["changes", "districts"]
    (tmp_path / "areas").mkdir()
    for name, text in files:
        (tmp_path / "areas" / f"{name}.csv").write_text(text, encoding="utf-8")
    joined = "~".join((ZERENDI, NEW, BURABAI))
    assert tell(tmp_path / "areas", DOCUMENTED) == {
        "march": NEW,
        "february": ["A004", "2026-03-01/..", [ZERENDI]],
        "code": NEW,
        "since": "2026-03-01",
        "expected": True,
        "breaks": sorted(
            [
                [NEW, ZERENDI, "break.founded"],
                [ZERENDI, NEW, "break.reduced"],
                [NEW, BURABAI, "break.land"],
                [BURABAI, NEW, "break.land"],
            ]
        ),
        "joined": [joined, "Zerendi + Zhanazhol + Burabai"],
        "rows": True,
        "name": ["Қорғалжын ауданы", "район Қорғалжын", "Korgalzhyn District"],
        "old_name": KORGALZHYN,
        "kept": ["110000000", "district"],
    }


def test_a_folder_that_is_not_there_adds_nothing(tmp_path: Path) -> None:
    assert read_register(own=tmp_path / "areas").areas == read_register().areas


def test_a_file_saved_by_a_spreadsheet_program_is_read(tmp_path: Path) -> None:
    own = write(tmp_path, changes=change("2026-03-01", "split", ZERENDI, NEW), districts=district(NEW))
    for path in own.glob("*.csv"):
        text = path.read_text(encoding="utf-8").replace(",", ";").replace("\n", "\r\n")
        path.write_text(
            "\ufeff" + text + ";" * (text.split("\r\n")[0].count(";")) + "\r\n", encoding="utf-8", newline=""
        )
    assert read_register(own=own).areas[NEW].valid_from == date(2026, 3, 1)
    (own / "changes.csv").write_bytes("date,kind\nиюнь".encode("cp1251"))
    assert faults(own) == ["areas/changes.csv: is not in UTF-8"]


@pytest.mark.parametrize(
    ("tables", "fault"),
    [
        ({"districts": district(NEW)}, f"areas/districts.csv row 2: no change says what happened to {NEW}"),
        (
            {"districts": district(ZERENDI)},
            f"code {ZERENDI} stands 2 times: districts.csv row 28, areas/districts.csv row 2",
        ),
        (
            {"changes": change("2026-03-01", "split", ZERENDI, NEW)},
            f"areas/changes.csv row 2: new code {NEW} is unknown",
        ),
        ({"changes": change("01.03.2026", "land", ZERENDI, BURABAI)}, "areas/changes.csv row 2: date is '01.03.2026'"),
        ({"changes": change("2026", "land", ZERENDI, ZERENDI)}, "areas/changes.csv row 2: a land from"),
        ({"changes": change("2026", "rename", ZERENDI, ZERENDI)}, "areas/changes.csv row 2: 115600000 needs its row"),
        ({"aliases": "123456789,Жаңа,kk,old_name,,,"}, "areas/aliases.csv row 2: code 123456789 is unknown"),
        (
            {"changes": change("2026", "abolish", "110000000", "590000000")},
            "stands in region 110000000, which was abolished",
        ),
    ],
)
def test_a_wrong_row_is_named_with_file_and_row(tmp_path: Path, tables: Mapping[str, str], fault: str) -> None:
    assert any(fault in found for found in faults(write(tmp_path, **tables)))


def test_all_faults_of_shipped_and_own_rows_are_told_together(tmp_path: Path) -> None:
    own = write(tmp_path, changes=change("", "land", ZERENDI, BURABAI), districts=district("12", "1"))
    assert len(faults(own)) >= 3


def test_old_names_of_a_renamed_unit_are_understood_as_its_names_until_that_day(tmp_path: Path) -> None:
    rows = f"{KORGALZHYN},,,,район Жаңа,,,Жаңа,,,,,"
    own = write(tmp_path, changes=change("2026-06-01", "rename", KORGALZHYN, KORGALZHYN), districts=rows)
    register = read_register(own=own)
    assert register.areas[KORGALZHYN].short_names == ("Қорғалжын", "Жаңа", "Korgalzhyn")
    aliases = {alias.name for alias in register.aliases if alias.code == KORGALZHYN and alias.until == date(2026, 6, 1)}
    assert aliases == {"Қорғалжын", "Коргалжынский", "Korgalzhyn"}


def test_a_change_on_the_day_of_a_new_code_speaks_of_the_unit_that_had_it_until_then(tmp_path: Path) -> None:
    own = write(tmp_path, changes=change("2022-06-08", "land", "191000000", "333600000"))
    land = [found for found in read_register(own=own).changes if found.kind == "land" and found.new == "333600000"]
    assert [found.old for found in land] == ["331000000"]


ABOLISHED = """
import json
from datetime import date
from geo.areas import areas, children, resolve, successor
from geo.comparable import comparable
from etl.reference import break_frame
from riskmap.domain.areas import Area

def told(text, day):
    found = resolve(text, on=day)
    return found.id if isinstance(found, Area) else [found.code, found.expected, list(found.candidates)]

breaks = break_frame()
print(json.dumps({
    "before": [told("115600000", date(2026, 2, 1)), told("Зерендинский район", date(2026, 2, 1))],
    "after": [told("115600000", date(2026, 3, 1)), told("Зерендинский район", date(2026, 3, 1))],
    "undated": told("Зерендинский район", None),
    "ends": str(areas()["115600000"].valid_to),
    "today": "115600000" in [area.id for area in children("110000000")],
    "joined": comparable("117000000", date(2025, 1, 1), date(2026, 12, 31)).id,
    "breaks": sorted(breaks.loc[breaks["day"] == date(2026, 3, 1), ["subject", "story"]].values.tolist()),
    "successor": [[a.id for a in successor("115600000", on=day)] for day in (date(2026, 2, 1), date(2026, 3, 1))],
}))
"""


def test_an_abolished_unit_keeps_its_own_days_and_names_who_took_its_place(tmp_path: Path) -> None:
    own = write(tmp_path, changes=change("2026-03-01", "abolish", ZERENDI, BURABAI))
    gone = ["A004", "../2026-02-28", [BURABAI]]
    assert tell(own, ABOLISHED) == {
        "before": [ZERENDI, ZERENDI],
        "after": [gone, gone],
        "undated": gone,
        "ends": "2026-03-01",
        "today": False,
        "joined": f"{ZERENDI}~{BURABAI}",
        "breaks": [[ZERENDI, "break.ended"], [BURABAI, "break.absorbed"]],
        "successor": [[ZERENDI], []],
    }


RENUMBERED = """
import json
from datetime import date
from geo.areas import areas, renumbered, resolve
from geo.borders import border_changes
from riskmap.domain.areas import Area

def told(text, day, region=None):
    found = resolve(text, on=day, region=region)
    return found.id if isinstance(found, Area) else [found.code, found.expected, list(found.candidates)]

print(json.dumps({
    "before": [told("115600000", date(2026, 2, 1)), told("Зерендинский район", date(2026, 2, 1), "110000000")],
    "after": [told("115600000", date(2026, 3, 1)), told("Зерендинский район", date(2026, 3, 1), "590000000")],
    "left": told("Зерендинский район", date(2026, 3, 1), "110000000"),
    "area": [areas()["595900000"].parent, areas()["595900000"].name("en"), "115600000" in areas()],
    "id": renumbered()["115600000"],
    "borders": [[c.level, c.area, c.other] for c in border_changes() if c.day == date(2026, 3, 1)],
}))
"""


def test_a_unit_that_went_over_to_another_region_keeps_its_series_under_its_new_code(tmp_path: Path) -> None:
    rows = "595900000,590000000" + "," * 11
    own = write(tmp_path, changes=change("2026-03-01", "code", ZERENDI, "595900000"), districts=rows)
    assert tell(own, RENUMBERED) == {
        "before": ["595900000", "595900000"],
        "after": [["A004", "../2026-02-28", ["595900000"]], "595900000"],
        "left": ["A004", "../2026-02-28", ["595900000"]],
        "area": ["590000000", "Zerendi District", False],
        "id": "595900000",
        "borders": [["region", "590000000", "110000000"]],
    }
