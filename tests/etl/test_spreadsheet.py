"""Spreadsheets by their declaration: every number is read as what it is, or refused."""

from dataclasses import replace

import pytest

from etl.spreadsheet.tidy import Asked, tidy_spreadsheet
from riskmap.domain.errors import Severity
from riskmap.domain.registry import source
from riskmap.domain.spreadsheets import Dimension, Meaning, SheetFigure, SheetShare, Spreadsheet, Stand
from riskmap.domain.vocabulary import parse_period
from riskmap.words import t
from tests.etl.grids import GENERAL, INSIDE, book, exact, read, sheet, stops

ZHEZ, KARA, SAT = "621000000", "621800000", "622000000"


# --- shapes


def test_districts_down_and_figures_across() -> None:
    found = exact(read("№;Район, город;Случаи травли;Учащиеся\n1;г. Жезказган;5;1 200\n2;Каражал қаласы;0;300"))
    assert found == {
        f"bullying_cases {ZHEZ} 2025-10": 5,
        f"bullying_cases {KARA} 2025-10": 0,
        f"pupils {ZHEZ} 2025-10": 1200,
        f"pupils {KARA} 2025-10": 300,
    }


def test_months_across_over_figures_without_merged_cells() -> None:
    text = """
Район;сентябрь;;октябрь;
;Случаи травли;Учащиеся;Случаи травли;Учащиеся
Жезказган;1;100;2;101
"""
    assert exact(read(text)) == {
        f"bullying_cases {ZHEZ} 2025-09": 1,
        f"pupils {ZHEZ} 2025-09": 100,
        f"bullying_cases {ZHEZ} 2025-10": 2,
        f"pupils {ZHEZ} 2025-10": 101,
    }


def test_a_sheet_for_each_district_with_figures_down() -> None:
    pages = [
        sheet(f"Показатель;сентябрь 2025;октябрь 2025\nСлучаи травли;{n};{n + 1}\nУчащиеся;10;11", name)
        for n, name in ((1, "Жезказган"), (5, "Сатпаев"))
    ]
    found = exact(read(*pages))
    assert found[f"bullying_cases {ZHEZ} 2025-10"] == 2
    assert found[f"bullying_cases {SAT} 2025-09"] == 5
    assert len(found) == 8


def test_blocks_of_areas_over_rows_of_periods() -> None:
    text = """
Месяц;Случаи травли;Учащиеся
621000000;г. Жезказган;
сентябрь 2025 г.;1;100
октябрь 2025 г.;2;101
621800000;г. Каражал;
сентябрь 2025 г.;3;200
октябрь 2025 г.;4;201
"""
    found = exact(read(text))
    assert found[f"bullying_cases {KARA} 2025-09"] == 3
    assert found[f"pupils {ZHEZ} 2025-10"] == 101


def test_headings_printed_again_on_the_next_page_end_nothing() -> None:
    text = "Район;Случаи травли\n1;2\nЖезказган;5\n\nРайон;Случаи травли\n1;2\nКаражал;6"
    assert exact(read(text)) == {f"bullying_cases {ZHEZ} 2025-10": 5, f"bullying_cases {KARA} 2025-10": 6}


def test_districts_across() -> None:
    found = exact(read("Показатель;Жезказган;Каражал;Всего\nСлучаи травли;5;6;11\nУчащиеся;50;60;110"))
    assert found[f"pupils {KARA} 2025-10"] == 60
    assert len(found) == 4


def test_several_tables_one_under_another_have_their_own_months() -> None:
    text = "сентябрь 2025\nРайон;Случаи травли\nЖезказган;5\n\nоктябрь 2025\nРайон;Случаи травли;\nЖезказган;7"
    assert exact(read(text)) == {f"bullying_cases {ZHEZ} 2025-09": 5, f"bullying_cases {ZHEZ} 2025-10": 7}


def test_a_long_table_is_read_by_its_keys_and_entries_are_added_up() -> None:
    entry = SheetFigure("pupils", ("Значение",), {"пол": ("девочки", "қыздар")})
    other = SheetFigure("pupils", ("Значение",), {"пол": ("мальчики",)})
    item = replace(GENERAL, figures=(entry, other), words_of_catalogue=False, ignored_where={"пол": ("всего",)})
    text = "Район;пол;Значение\nЖезказган;девочки;40\nЖезказган;мальчики;45\nЖезказган;всего;85"
    assert exact(read(text, item=item)) == {f"pupils {ZHEZ} 2025-10": 85}
    assert stops(read(text.replace("мальчики;45", "взрослые;45"), item=item)[1]) == ["L026", "L008"]
    assert "L012" in stops(read(text + "\nЖезказган;қыздар;1", item=item)[1])


def test_sums_since_january_become_months_and_must_not_fall() -> None:
    item = replace(GENERAL, cumulative=True)
    text = "Случаи травли\nРайон;январь;январь–февраль;январь–март\nЖезказган;5;9;9"
    name = "Улытау 2025.xlsx"
    found = exact(read(text, item=item, file=name))
    assert found == {
        f"bullying_cases {ZHEZ} 2025-01": 5,
        f"bullying_cases {ZHEZ} 2025-02": 4,
        f"bullying_cases {ZHEZ} 2025-03": 0,
    }
    assert stops(read(text.replace("9;9", "9;8"), item=item, file=name)[1]) == ["V024"]
    assert stops(read("Район;январь–март\nЖезказган;5".replace("Район", "Случаи травли\nРайон"), file=name)[1]) == [
        "P010"
    ]


# --- totals, shares, units


@pytest.mark.parametrize("label", ["Всего", "Барлығы", "Total", "область Ұлытау", "Итого по районам"])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_totals_are_checked_wherever_they_stand_and_never_loaded(label: str, place: str) -> None:
    rows = ["Жезказган;5", "Каражал;6"]
    rows.insert({"first": 0, "middle": 1, "last": 2}[place], f"{label};11")
    text = "\n".join(["Район;Случаи травли", *rows])
    assert len(exact(read(text))) == 2
    assert stops(read(text.replace(";11", ";12"))[1]) == ["V022"]


def test_a_total_beside_a_mark_is_wrong_only_where_it_is_too_small() -> None:
    text = "Район;Случаи травли\nВсего;11\nЖезказган;5\nКаражал;х"
    assert exact(read(text))[f"bullying_cases {KARA} 2025-10"] == "suppressed"
    assert stops(read(text.replace(";11", ";4"))[1]) == ["V022"]


def test_a_total_over_months_is_checked() -> None:
    text = "Случаи травли\nРайон;январь;февраль;Итого\nЖезказган;5;6;11"
    assert len(exact(read(text))) == 2
    assert stops(read(text.replace(";11", ";12"))[1]) == ["V023"]


def test_parts_that_do_not_give_their_total_are_told() -> None:
    text = "Район;Пропуски уроков;по болезни;по иной уважительной причине;без уважительной причины\nЖезказган;10;5;3;2"
    assert len(exact(read(text))) == 4
    assert stops(read(text.replace(";10;", ";11;"))[1]) == ["V005"]
    assert stops(read(text.replace(";5;", ";15;"))[1]) == ["V004"]


def test_a_printed_share_is_checked_to_its_last_digit() -> None:
    share = SheetShare(("Доля обученных, %",), "staff_trained", "educators")
    item = replace(GENERAL, shares=(share,))
    text = "Район;Педагоги, прошедшие обучение;Педагоги;Доля обученных, %\nЖезказган;1;3;33,3"
    assert len(exact(read(text, item=item))) == 2
    assert stops(read(text.replace("33,3", "33,4"), item=item)[1]) == ["V019"]
    assert stops(read(text.replace("33,3", "133,3"), item=item)[1]) == ["V019"]


def test_thousands_are_taken_only_where_they_are_declared() -> None:
    text = "Район;Учащиеся, тыс. человек\nЖезказган;1,25"
    assert stops(read(text)[1]) == ["L027"]
    item = replace(GENERAL, figures=(SheetFigure("pupils", ("Учащиеся",), scale=1000),), words_of_catalogue=False)
    assert exact(read(text, item=item)) == {f"pupils {ZHEZ} 2025-10": 1250}


# --- what must be refused


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Район;Случаи травли;Прочее\nЖезказган;5;1", "L007"),
        ("Район;Случаи травли;\nЖезказган;5;1", "L007"),
        ("Район;кибербуллинг\nЖезказган;5", "L021"),
        ("Район;Случаи травли;Случаи травли\nЖезказган;5;5", "L022"),
        ("Район;Случаи травли\nЖезказган;5\nЖезказган;6", "L012"),
        ("Район;Случаи травли\nЖезказгон;5", "A002"),
        ("Район;Случаи травли\nАбайский район;5", "L017"),
        ("Район;Случаи травли\nУСТАРЕВШЕЕ - Жанаарк. район;5", "A010"),
        ("Район;Случаи травли\nЖ?зказган;5", "A012"),
        ("Код;Район;Случаи травли\n6,21E+08;Жезказган;5", "A014"),
        ("Код;Район;Случаи травли\n621800000;Жезказган;5", "A008"),
        ("Район;Случаи травли\nЖезказган;\nКаражал;6", "L015"),
        ("Район;Случаи травли;Учащиеся\nЖезказган;;1", "V003"),
        ("Район;Случаи травли\nЖезказган;1,5", "V001"),
        ("Район;Случаи травли\nЖезказган;1.000", "V001"),
        ("Район;Случаи травли\nЖезказган;-1", "V002"),
        ("Район;Случаи травли\nЖезказган;1О\nКаражал;6", "V018"),
        ("Район;Случаи травли;Учащиеся\nЖезказган;см.;5\nКаражал;6;7", "V020"),
        ("Случаи травли\nРайон;январь;05.фев\nЖезказган;1;2", "P007"),
        ("Случаи насилия\nРайон;Дети\nЖезказган;5", "L021"),
        ("Случаи травли\nРайон;январь;\nЖезказган;1;2", "L007"),
        ("Показатель;Жезказган\nСлучаи травли;5\nБрошюры;6", "L026"),
        ("Район;Случаи травли\nЖезказган;5\nМальчики\nКаражал;6", "L026"),
    ],
)
def test_what_is_not_told_once_is_refused(text: str, code: str) -> None:
    found, problems = read(text)
    assert code in stops(problems), problems
    assert found == {}


def test_a_year_that_is_told_twice_is_never_chosen() -> None:
    text = "Сведения за 2024 и 2025 годы\nСлучаи травли\nРайон;январь\nЖезказган;5"
    assert stops(read(text, file="Улытау.xlsx")[1]) == ["P002"]
    assert stops(read(text, file="Улытау.xlsx", asked=Asked(None, parse_period("2025-01")))[1]) == []


def test_without_a_period_nothing_is_read() -> None:
    assert stops(read("Район;Случаи травли\nЖезказган;5", file="Улытау.xlsx")[1]) == ["P001"]


def test_another_year_in_the_name_of_the_file_needs_a_person() -> None:
    _, problems = read("октябрь 2025 г.\nРайон;Случаи травли\nЖезказган;5", file="Улытау 2024-10.xlsx")
    assert [(p.code, p.severity) for p in problems] == [("P006", Severity.ASK)]


def test_a_month_left_out_needs_a_person() -> None:
    _, problems = read("Случаи травли\nРайон;январь;март\nЖезказган;5;6", file="Улытау 2025.xlsx")
    assert [(p.code, p.severity) for p in problems] == [("P008", Severity.ASK)]


def test_cells_that_the_spreadsheet_spoilt_are_told_by_kind() -> None:
    text = "Район;Случаи травли;Учащиеся;Школы\nЖезказган;;;2025-11-03\nКаражал;1;2;3"
    page = sheet(text, errors={(1, 1): "#REF!"}, unsaved=frozenset({(1, 2)}), dates=frozenset({(1, 3)}))
    assert stops(read(page)[1]) == ["V016", "V015", "V017"]


def test_merged_numbers_are_nobodys() -> None:
    page = sheet("Район;Случаи травли\nЖезказган;5\nКаражал;\nСатпаев;1", merges=((1, 1, 2, 1),))
    assert stops(read(page)[1]) == ["L024"]


def test_hidden_numbers_are_read_and_told() -> None:
    page = sheet("Район;Случаи травли\nЖезказган;5\nКаражал;6", hidden_rows=frozenset({2}))
    found, problems = read(page)
    assert len(found) == 2
    assert [(p.code, p.row) for p in problems] == [("L025", 3)]


def test_labels_continued_by_autofill_are_refused() -> None:
    text = "Район;Случаи травли\nЖезказган1;5\nЖезказган2;5\nЖезказган3;5"
    (problem,) = [p for p in read(text)[1] if p.code == "L023"]
    assert problem.found == "Жезказган1, Жезказган2, Жезказган3"


def test_every_area_that_owes_a_return_must_have_a_row() -> None:
    item = replace(GENERAL, whole_file=True)
    _, problems = read("Район;Случаи травли\nЖезказган;5\nКаражал;6", item=item)
    missing = {p.expected for p in problems if p.code == "L011"}
    assert SAT in missing
    assert ZHEZ not in missing


def test_a_retired_area_without_numbers_is_only_told() -> None:
    found, problems = read("Район;Случаи травли\nЖезказган;5\nУСТАРЕВШЕЕ - Жанааркинский район;0")
    assert len(found) == 1
    assert [(p.code, p.severity) for p in problems] == [("A010", Severity.NOTE)]


def test_an_ignored_group_takes_its_rows_with_it() -> None:
    item = replace(GENERAL, ignored=("Сельская местность",))
    found = exact(read("Район;Учащиеся\nЖезказган;5\nСельская местность;\nЖезказган;2", item=item))
    assert found == {f"pupils {ZHEZ} 2025-10": 5}


def test_invented_figures_are_marked() -> None:
    text = f"{t('demo.invented', 'ru')}\nРайон;Случаи травли\nЖезказган;5"
    figures, _ = tidy_spreadsheet(book(sheet(text)), GENERAL, source("district_return"))
    assert [figure.invented for figure in figures] == [True]


def test_an_empty_cell_says_what_the_declaration_says() -> None:
    item = replace(GENERAL, empty=Meaning.NONE)
    found = exact(read("Район;Случаи травли;Учащиеся\nЖезказган;;1", item=item))
    assert found[f"bullying_cases {ZHEZ} 2025-10"] == 0


def test_a_figure_that_stands_nowhere_is_the_only_one() -> None:
    item = Spreadsheet(
        id="only",
        source="district_return",
        words={},
        area=Dimension(INSIDE),
        period=Dimension((Stand.FILE,)),
        figure=Dimension((Stand.ONLY,)),
        figures=(SheetFigure("schools"),),
        whole_file=False,
    )
    assert exact(read("Район;Количество\nЖезказган;25", item=item)) == {f"schools {ZHEZ} 2025-10": 25}
