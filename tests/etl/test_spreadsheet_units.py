"""Numbers that are no counts, and numbers of one figure that came twice: refused at the place that says so."""

from dataclasses import replace

import pytest

from etl.spreadsheet.units import is_other_unit, is_unit_line, is_unit_note
from riskmap.domain.spreadsheets import SheetFigure
from tests.etl.grids import GENERAL, exact, read, sheet, stops

ZHEZ = "621000000"
LINES = (
    *("на 1000 детей", "на 100 000 населения", "1000 балаға шаққанда", "per 1000", "‰", "%", "проценты", "в % к итогу"),
    *(
        "темп роста, %",
        "изменение к прошлому году",
        "прирост",
        "План",
        "план на 2025 год",
        "Прогноз",
        "жоспар",
        "болжам",
    ),
    *("млн человек", "тыс. человек", "+/-"),
)


SIGNS = ("Учащиеся, ‰", "Учащиеся, +/-", "+/- Учащиеся", "Pupils, per 1000", "Учащиеся, млн", "Учащиеся %")
WORDS = ("Учащиеся на 1000 детей", "Учащиеся: план", "Учащиеся (прогноз)", "Учащиеся, прирост", "Оқушылар, жоспар")


@pytest.mark.parametrize("text", [*SIGNS, *WORDS])
def test_a_heading_or_label_of_rates_growth_or_plans_is_refused_where_it_stands(text: str) -> None:
    figures, problems = read(f"Район;{text}\nЖезказган;12\nКаражал;3")
    assert not figures
    assert [(p.code, p.row, p.column) for p in problems] == [("L027" if text in SIGNS else "L007", 1, "B")]
    figures, problems = read(f"Показатель;Жезказган;Каражал\n{text};80;20\nСлучаи травли;1;2")
    assert not figures
    assert [(p.code, p.row, p.column) for p in problems] == [("L027" if text in SIGNS else "L026", 2, "A")]


@pytest.mark.parametrize("line", LINES)
def test_a_line_above_or_the_name_of_the_sheet_says_what_all_numbers_are(line: str) -> None:
    table = "Район;Учащиеся;Случаи травли\nЖезказган;12;1\nКаражал;3;2"
    figures, problems = read(f"{line};\n{table}")
    assert not figures
    assert [(p.code, p.row, p.found) for p in problems] == [("L027", 1, line)]
    figures, problems = read(sheet(table, name=line))
    assert not figures
    assert [(p.code, p.row, p.found) for p in problems] == [("L027", None, line)]


@pytest.mark.parametrize(
    "note", ["Примечание: данные в тыс. человек", "* в тысячах", "деректер мың адаммен", "Единица измерения: тыс."]
)
def test_a_remark_below_the_table_says_that_its_numbers_are_thousands(note: str) -> None:
    figures, problems = read(f"Район;Учащиеся\nЖезказган;80\nКаражал;20\n\n{note}")
    assert not figures
    assert [(p.code, p.row) for p in problems] == [("L027", 5)]


def test_texts_that_only_mention_thousands_or_plans_are_no_units() -> None:
    notes = ("Города с населением свыше 50 тыс. человек", "50 мың адам тұратын қала", "Источник: отчёты школ")
    assert not any(map(is_unit_note, notes))
    lines = ("по состоянию на 1 ноября", "на 1 января 2025", "за 10 месяцев", "Форма по Плану статистических работ")
    assert not any(map(is_unit_line, lines))
    assert not any(map(is_other_unit, ("Учащиеся", "Плановые проверки", "1-24 балл")))
    table = "Район;Учащиеся\nЖезказган;80"
    assert exact(read(f"{table}\n{notes[0]}")) == {f"pupils {ZHEZ} 2025-10": 80}


def test_the_unit_that_a_declaration_expects_is_no_fault() -> None:
    in_millions = replace(GENERAL, figures=(SheetFigure("pupils", ("Уч",), scale=1_000_000),))
    assert exact(read("Район;Уч, млн\nЖезказган;2", item=in_millions)) == {f"pupils {ZHEZ} 2025-10": 2_000_000}
    named = replace(GENERAL, figures=(SheetFigure("pupils", ("План", "Приём / План")),))
    assert exact(read("Район;План\nЖезказган;2", item=named)) == {f"pupils {ZHEZ} 2025-10": 2}
    of_sheet = replace(GENERAL, sheets=("План",))
    assert exact(read(sheet("Район;Учащиеся\nЖезказган;2", name="План"), item=of_sheet))


def test_the_heading_of_shares_of_one_table_says_nothing_of_the_next() -> None:
    text = "Район;Учащиеся;%\nЖезказган;12;80\n\nСлучаи травли\nРайон;2025-10\nЖезказган;3"
    assert "L027" not in stops(read(text)[1])


# --- digits and decimals


@pytest.mark.parametrize("text", ["1②", "1₂", "1²5", "⑫"])
def test_digits_that_are_no_plain_ones_never_become_part_of_a_number(text: str) -> None:
    figures, problems = read(f"Район;Случаи травли\nЖезказган;{text}\nКаражал;3\nСатпаев;4")
    assert not figures
    assert [(p.code, p.row) for p in problems] == [("V001", 2)]
    assert exact(read("Район;Случаи травли\nЖезказган;12²\nКаражал;3"))[f"bullying_cases {ZHEZ} 2025-10"] == 12


def test_thousands_with_three_decimals_are_whole_numbers() -> None:
    item = replace(GENERAL, figures=(SheetFigure("pupils", ("Уч тыс",), scale=1000),))
    found = exact(read("Район;Уч тыс\nЖезказган;1.001\nКаражал;8,005", item=item))
    assert list(found.values()) == [1001, 8005]


# --- columns


@pytest.mark.parametrize("heading", ["+/-", "±", "*", "?"])
def test_a_column_headed_by_signs_is_never_passed_over(heading: str) -> None:
    figures, problems = read(f"Район;Учащиеся;{heading}\nЖезказган;12;1\nКаражал;3;2")
    assert not figures
    assert [(p.code, p.column) for p in problems] == [("L007", "C")]


@pytest.mark.parametrize("heading", ["№", "#", "№ п/п", ""])
def test_the_numbers_of_the_rows_are_still_passed_over(heading: str) -> None:
    found = exact(read(f"{heading};Район;Учащиеся\n1;Жезказган;12\n2;Каражал;3"))
    assert list(found.values()) == [12, 3]


@pytest.mark.parametrize("second", ["5", "7"])
def test_a_declared_name_beside_words_of_the_catalogue_is_the_figure_twice(second: str) -> None:
    item = replace(GENERAL, figures=(SheetFigure("bullying_cases", ("Буллинг, факты",)),))
    text = f"Район;Буллинг, факты;Случаи травли\nЖезказган;5;{second}\nКаражал;3;3"
    figures, problems = read(text, item=item)
    assert not figures
    assert [(p.code, p.row, p.column, p.expected) for p in problems] == [("L022", 2, "C", "bullying_cases")]


def test_a_text_too_long_for_a_label_names_nothing() -> None:
    for start in ("Жезказган", "Случаи травли", "Октябрь 2024"):
        figures, problems = read(f"Район;Учащиеся\n{start}{' ' * 3}{'.,' * 200};1\nКаражал;3")
        assert not figures
        assert stops(problems)
