"""Names of persons: every way in which they are written, and no alarm at areas, titles and sentences."""

import csv
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.privacy.names import is_initialled, is_patronymic, names
from etl.privacy.personal import personal_codes
from etl.readers.workbook import read_workbook
from riskmap.words.texts import LOCALES
from tests.conftest import ROOT

CHANGES: Final[tuple[Callable[[str], str], ...]] = (str, str.upper, str.title, str.capitalize, str.lower)


@pytest.mark.parametrize(
    "text",
    [
        *("Иванов Иван Иванович", "Иван Иванович Иванов", "Иван Иванович", "ИВАНОВ ИВАН ИВАНОВИЧ", "Иванович Иван"),
        *("Ивановой Анны Петровны", "Ивановой Анне Петровне", "Иванова Ивана Ивановича", "Иванову Ивану Ивановичу"),
        *("с Ивановым Иваном Ивановичем", "Анной Петровной", "Ильиничной Марией", "Анна Ильинична", "Пётр Ильич"),
        *(
            "Ахметова Айгуль Сергеевна",
            "Ким Андрей Евгеньевич",
            "Анна-Мария Львовна",
            "Ольга Никитична",
            "Олег Кузьмич",
        ),
        *("Лукича Петра", "Ахметов Муртаза Габбасич", "Римский-Корсаков Николай Андреевич"),
        *(
            "Ахметов Дәурен Серікұлы",
            "Дәурен Серікұлы Ахметов",
            "Айгүл Серікқызы",
            "АЙГҮЛ СЕРІКҚЫЗЫ",
            "Айгуль Сериккызы",
        ),
        *(
            "Ахметов Даурен Серикулы",
            "Дәурен Серік ұлы",
            "Ахметова Айгүл Серік қызы",
            "Серік қызы Айгүл",
            "Дәурен Серік-ұлы",
        ),
        *(
            "АХМЕТОВ ДӘУРЕН СЕРІК ҰЛЫ",
            "Ахметов Дәурен Серікұлының",
            "Айгүл Серікқызына",
            "Ахметова Айгүл Серік қызының",
        ),
        *(
            "Мамедов Мамед Гасан оглы",
            "Алиева Лейла Гасан кызы",
            "Каримов Анвар Шавкат ўғли",
            "Каримова Нигора Шавкат қизи",
        ),
        *("Ivanov Ivan Ivanovich", "Anna Petrovna", "IVANOV IVAN IVANOVICH", "Daulet Serikuly", "Aigul Serikkyzy"),
        *(
            "Akhmetov Dauren Serik uly",
            "Aigul Serik qyzy",
            "Anna Ilyinichna",
            "Sergey Sergeyevitch",
            "Karimov Anvar Shavkat o'g'li",
        ),
        *(
            "ученик Иванов Иван Иванович, 7 «А» класс",
            "1. Петрова Анна Ивановна 2. Ким",
            "Иванов\u00a0Иван\u00a0Иванович",
        ),
        *(
            "Иванов\nИван\nИванович",
            "Иванов_Иван_Иванович",
            "Иванов, Иван Иванович",
            "(Иван Иванович)",
            "«Анна Петровна»",
        ),
        *("иванов иван иванович", "ахметова айгүл серікқызы", "ivanova_anna_petrovna"),
        *(
            "Cериков Cерик Cерикович",
            "ИВАHОВ ИВАH ИВАHОВИЧ",
            "Ива\u00adнов Иван Ивано\u200bвич",
            "Андреи\u0306 Андреевич",
        ),
    ],
)
def test_a_name_with_a_patronymic_is_found(text: str) -> None:
    assert personal_codes(text) == ("S003",)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Ахметов Д.С.",
            "Директор департамента Ахметов Д.С.",
            "Исп.: А. Иванова",
            "Капитанов Ю.Г.",
            "Иванович",
            "Петровна",
        ),
        *("Иванов Иван", "Ахметов Даурен", "Бекболат Ныгыманов", "Абай Құнанбаев", "Шал акына", "Магжана Жумабаева"),
        *(
            "имени Габита Мусрепова",
            "Мұқағали",
            "район Биржан сал",
            "Аққулы ауданы",
            "АҚҚУЛЫ АУДАНЫ",
            "Akkuly District",
        ),
        *(
            "Основной Долг",
            "ПО УГОЛОВНОЙ СТАТЬЕ",
            "НА УРОВНЕ РАЙОНА",
            "Верховной Суд",
            "ВИНОВНЫ В ТОМ",
            "В ДЕРЕВНЕ Ивановка",
        ),
        *(
            "Кирпич Красный",
            "ВИЧ Инфекция",
            "Паралич Белла",
            "Первична Проверка",
            "ТИПИЧНА КАРТИНА",
            "Частична Выплата",
        ),
        *("Қарулы Күштер", "Санаулы Күндер", "Ұлы Отан соғысы", "Абай ұлы ақын", "ҚАЗАҚТЫҢ ҰЛЫ АҚЫНЫ", "ТАУЛЫ АЙМАҚ"),
        *("1 July 2022", "Unruly Pupils", "Greenwich Park", "Which School", "помогли Школе", "ОНИ СМОГЛИ ПОМОЧЬ"),
        *(
            "количество физических лиц",
            "Величина Прожиточного Минимума",
            "иванов иван",
            "первый второй иванович четвёртый",
        ),
    ],
)
def test_other_words_are_no_name(text: str) -> None:
    assert personal_codes(text) == ()


def test_the_place_of_a_name_is_told_with_the_words_beside_it() -> None:
    text = "ученик Иванов Иван Иванович, 7 класс"
    ((first, last),) = names(text)
    assert text[first:last] == "Иванов Иван Иванович"


@pytest.mark.parametrize(
    "text", ["Ахметов Д.С.", "Ахметов Д. С.", "Д.С. Ахметов", "АХМЕТОВ Д.С", "12. Сәрсенбай Ә.Қ.", "Иванова-Ким А.В."]
)
def test_a_surname_with_two_initials_is_one(text: str) -> None:
    assert is_initialled(text)


@pytest.mark.parametrize(
    "text", ["Семей Г.А.", "Кызылординская О.", "г. Шу", "ахметов д.с.", "с. Абай", "Ахметов", "А.Б.В."]
)
def test_an_area_is_no_surname_with_initials(text: str) -> None:
    assert not is_initialled(text)


def test_a_patronymic_alone_is_one() -> None:
    assert is_patronymic("Иванович")
    assert is_patronymic("СЕРІКҚЫЗЫ")
    assert not is_patronymic("Основной")
    assert not is_patronymic("Аққулы")


# --- No false alarm


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, str):
        yield value


def _false_alarms(texts: set[str]) -> set[tuple[str, tuple[str, ...]]]:
    changed = {change(text) for text in texts for change in CHANGES}
    return {(text, codes) for text in changed if (codes := personal_codes(text)) and codes != ("S001",)}


def _cells(folder: Path) -> set[str]:
    tables = [csv.reader(path.read_text(encoding="utf-8").splitlines()) for path in sorted(folder.glob("*.csv"))]
    return {cell for table in tables for row in table for cell in row}


def test_no_spelling_of_an_area_is_a_person_whatever_its_capitals() -> None:
    texts = _cells(ROOT / "geo" / "reference")
    assert len(texts) > 1_000
    assert _false_alarms(texts) == set()
    assert not any(is_initialled(change(text)) for text in texts for change in CHANGES)


@pytest.mark.real
def test_no_known_spelling_of_an_area_is_a_person(shared_file: Callable[[str], Path]) -> None:
    texts = _cells(shared_file("reference"))
    assert len(texts) > 8_000
    assert _false_alarms(texts) == set()


def test_no_word_of_the_interface_or_of_the_catalogue_is_a_person_whatever_its_capitals() -> None:
    files = [*LOCALES.rglob("*.toml"), *(ROOT / "riskmap" / "domain" / "catalogue").rglob("*.toml")]
    texts = {text for path in files for text in _strings(tomllib.loads(path.read_text(encoding="utf-8")))}
    assert len(texts) > 3_000
    assert _false_alarms(texts) == set()


@pytest.mark.real
def test_no_title_or_heading_of_a_real_form_is_a_person_whatever_its_capitals(
    shared_file: Callable[[str], Path],
) -> None:
    raw = read_workbook(shared_file("real/form_1m_2022/Abay Region.XLSX"))
    assert not isinstance(raw, list)
    texts = {text for sheet in raw.sheets.values() for row in sheet.rows for text in row}
    assert len(texts) > 800
    assert _false_alarms(texts) == set()


# --- Any name at any place

FATHERS = st.sampled_from(
    ["Иван", "Пётр", "Серик", "Нурлан", "Бауыржан", "Марат", "Ермек", "Руслан", "Қайрат", "Өмірбек", "Жандос", "Виктор"]
)
GIVEN = st.sampled_from(["Иван", "Айгүл", "Дәурен", "Анна", "Ержан", "Жұлдыз", "Ольга", "Нұрсұлтан"])
SURNAMES = st.sampled_from(["Ахметов", "Иванова", "Ким", "Сәрсенбаева", "Цой", "Әбілқайыр", "Римский-Корсаков"])
PATRONYMICS = st.builds(
    str.__add__,
    FATHERS,
    st.sampled_from(["ович", "овна", "ұлы", "қызы", "улы", "кызы", "овича", "овны", " ұлы", " қызы"]),
)
AROUND = st.sampled_from(["", "ученик ", "1) ", "2025-10: ", "Сведения о "])
AFTER = st.sampled_from(["", ", 7 класс", " (12 лет)", "; 5", ".", "\n"])


@given(SURNAMES, GIVEN, PATRONYMICS, st.permutations(range(2)), st.booleans(), AROUND, AFTER)
def test_any_name_is_found_wherever_it_stands(
    surname: str, name: str, patronymic: str, order: list[int], in_capitals: bool, before: str, after: str
) -> None:
    parts = [surname, f"{name} {patronymic}"]
    person = " ".join(parts[position] for position in order)
    if in_capitals and not (" " in patronymic and order == [1, 0]):
        person = person.upper()
    assert "S003" in personal_codes(f"{before}{person}{after}")


@pytest.mark.real
def test_no_known_spelling_of_an_area_is_a_surname_with_initials(shared_file: Callable[[str], Path]) -> None:
    texts = _cells(shared_file("reference"))
    assert {text for text in texts if any(is_initialled(change(text)) for change in CHANGES)} == set()
