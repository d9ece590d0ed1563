"""Spreadsheets that could be read in two ways: as their declaration and their period settle, or refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from etl.annotate.copy import annotate
from etl.readers.sheets import read_any
from etl.spreadsheet.tidy import Asked, tidy_spreadsheet
from riskmap.domain.errors import Problem
from riskmap.domain.registry import Source, source
from riskmap.domain.spreadsheets import Dimension, SheetFigure, Spreadsheet, Stand
from riskmap.domain.vocabulary import Grain, parse_period
from tests.etl.grids import GENERAL, book, exact, read, sheet, stops

ZHEZ = "621000000"
OF_REGIONS = Spreadsheet(
    "regions",
    "population_tables",
    {},
    area=Dimension((Stand.COLUMN,)),
    period=Dimension((Stand.COLUMN, Stand.CALL)),
    figure=Dimension((Stand.ONLY,)),
    figures=(SheetFigure("children_0_15", ("Число",)),),
    whole_file=False,
)


def of_years(*grains: Grain) -> Source:
    return replace(source("school_tables"), grains=tuple(grains))


def codes_of_years(text: str, *grains: Grain, file: str = "schools.csv", asked: Asked | None = None) -> list[str]:
    item = replace(OF_REGIONS, figures=(SheetFigure("schools", ("Число",)),))
    figures, problems = tidy_spreadsheet(book(sheet(text), file=file), item, of_years(*grains), asked=asked or Asked())
    return stops(problems) or sorted({figure.period.code for figure in figures})


SCHOOLS = "Region;Year;Число\nAbai Region;2022;318"


def test_a_bare_year_is_the_school_year_that_begins_in_it_where_the_source_has_no_years() -> None:
    assert codes_of_years(SCHOOLS, Grain.SCHOOL_YEAR) == ["2022/23"]
    assert codes_of_years(SCHOOLS, Grain.MONTH) == ["P002"]


def test_the_name_of_the_file_and_the_call_speak_of_the_same_school_year() -> None:
    asked = Asked(period=parse_period("2022/23"))
    assert codes_of_years(SCHOOLS, Grain.SCHOOL_YEAR, file="schools_2022.csv", asked=asked) == ["2022/23"]
    other = Asked(period=parse_period("2023/24"))
    assert codes_of_years(SCHOOLS, Grain.SCHOOL_YEAR, asked=other) == ["P005"]


def test_a_year_and_its_school_year_in_one_file_are_the_same_figure_twice() -> None:
    text = SCHOOLS + "\nAbai Region;2022/23;319"
    assert "L012" in codes_of_years(text, Grain.SCHOOL_YEAR)


def test_a_name_of_two_areas_is_the_one_that_bore_it_on_the_day_of_the_data() -> None:
    text = "Region;Число\nАқмола;5\nАбай облысы;6"
    for asked, expected in ((Asked(period=parse_period("2022")), ["2022"]), (Asked(), ["A003"])):
        item = replace(OF_REGIONS, period=Dimension((Stand.ABOVE, Stand.CALL)))
        figures, problems = tidy_spreadsheet(book(sheet(text), file="a.csv"), item, of_years(Grain.YEAR), asked=asked)
        told = stops(problems) or [figure.period.code for figure in figures]
        assert told[:1] == expected


@pytest.mark.parametrize("text", ["Случаи травли, %", "Случаи травли (%)", "Доля: случаи травли, %"])
def test_a_per_cent_sign_behind_the_name_of_a_count_is_never_overlooked(text: str) -> None:
    figures, _ = read(f"Район;{text}\nЖезказган;5\nКаражал;6")
    assert not figures


def test_per_cents_in_a_declared_name_are_part_of_it() -> None:
    entry = SheetFigure("pupils", ("доход вырос / 1-24%",))
    item = replace(GENERAL, figures=(entry,), words_of_catalogue=False, ignored=("доход вырос / 0",))
    merges = ((0, 0, 1, 0), (0, 1, 0, 2))
    page = sheet("Район;Доход вырос;\n;0;1-24%\nЖезказган;7;5", merges=merges)
    assert exact(read(page, item=item)) == {f"pupils {ZHEZ} 2025-10": 5}


def test_a_sheet_that_is_named_is_data_where_a_wider_pattern_leaves_it_out() -> None:
    item = replace(GENERAL, sheets=("1",), other_sheets=("*",))
    pages = [sheet("Район;Случаи травли\nЖезказган;5", "1"), sheet("Район;Случаи травли\nЖезказган;6", "2")]
    assert exact(read(*pages, item=item)) == {f"bullying_cases {ZHEZ} 2025-10": 5}
    item = replace(GENERAL, sheets=("*",), other_sheets=("2",))
    assert exact(read(*pages, item=item)) == {f"bullying_cases {ZHEZ} 2025-10": 5}


# --- labels that a spreadsheet has continued


@pytest.mark.parametrize("name", ["район", "Жезказган", "Абайский район"])
@pytest.mark.parametrize("space", ["", " ", "\u00a0"])
def test_labels_that_count_up_row_by_row_were_continued_by_the_spreadsheet(name: str, space: str) -> None:
    rows = "\n".join(f"{name}{space}{number};5" for number in (1, 2, 3))
    assert "L023" in stops(read(f"Район;Случаи травли\n{rows}")[1])


def test_numbers_that_belong_to_labels_were_not_continued() -> None:
    tables = "\n".join(
        f"Таблица {number}\nРайон;Случаи травли\n{name};5"
        for number, name in enumerate(("Жезказган", "Каражал", "Сатпаев"), 1)
    )
    assert "L023" not in stops(read(tables)[1])
    footnotes = "Район;Случаи травли\nЖезказган 1;5\nКаражал 2;6\nСатпаев 3;7"
    assert not stops(read(footnotes)[1])
    entry = SheetFigure("pupils", ("Значение",), {"класс": ("класс 1", "класс 2", "класс 3")})
    item = replace(GENERAL, figures=(entry,), words_of_catalogue=False)
    classes = "Район;класс;Значение\nЖезказган;класс 1;5\nЖезказган;класс 2;6\nЖезказган;класс 3;7"
    assert "L023" not in stops(read(classes, item=item)[1])


# --- what was sent back


def test_the_marked_copy_that_was_sent_back_is_read_as_the_file_itself(tmp_path: Path) -> None:
    path = tmp_path / "Улытау 2025-10.xlsx"
    workbook = Workbook()
    page = workbook.active
    assert page is not None
    names = ("Жезказган", "Каражал", "Сатпаев", "Жанааркинский район", "Улытауский район")
    for row in [("Район", "Случаи травли"), *((name, "пять") for name in names)]:
        page.append(row)
    page["B2"] = 1
    workbook.save(path)
    first = _problems(path)
    (tmp_path / "marked").mkdir()
    copy = annotate(path, first, folder=tmp_path / "marked", language="ru")
    assert first
    assert copy is not None
    assert [(p.code, p.sheet, p.row, p.column) for p in _problems(copy)] == [
        (p.code, p.sheet, p.row, p.column) for p in first
    ]


def _problems(path: Path) -> list[Problem]:
    raw = read_any(path)
    assert not isinstance(raw, list)
    return tidy_spreadsheet(raw, GENERAL, source(GENERAL.source))[1]
