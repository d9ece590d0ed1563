"""Words, numbers, dates, periods and order of names, as a reader of each language expects them."""

import math
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmap.domain.errors import WrongUsage
from riskmap.domain.vocabulary import LANGUAGES, Grain, parse_period
from riskmap.words import (
    MissingWord,
    day,
    interval,
    join,
    language,
    month_name,
    number,
    percent,
    period,
    plural,
    sort_key,
    t,
)
from riskmap.words.texts import LocaleInvalid, read_locale

NBSP, MINUS = "\u00a0", "\u2212"


def sorted_in(lang: str, names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: sort_key(name, lang))


def test_placeholders_are_filled_in_the_signs_of_the_language() -> None:
    assert t("error.locked", "en", holder="load").startswith("Another load or publication is running: load.")
    assert "2022" in t("format.period.year", "ru", year=2022)
    assert "0,9961" in t("geo.fault.agreement", "ru", code="1", share=0.9961, least=0.95)
    assert f"{MINUS}5" in t("error.data_faults", "kk", count=-5)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_missing_word_names_key_and_language(lang: str) -> None:
    with pytest.raises(MissingWord, match=rf"no word 'no\.such\.key' in '{lang}'"):
        t("no.such.key", lang)


def test_missing_word_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        t("no.such.key", "en")


def test_placeholder_without_a_value_is_refused() -> None:
    with pytest.raises(MissingWord, match="'error.locked' in 'ru'.*'holder'"):
        t("error.locked", "ru")
    with pytest.raises(MissingWord, match="'holder'"):
        t("error.locked", "ru", holder=None)


def test_braces_in_a_value_stay_what_they_are() -> None:
    assert "{path}" in t("error.wrong_usage", "en", detail="{path}")


def test_plural_key_needs_a_number_and_a_text_has_none() -> None:
    with pytest.raises(MissingWord, match="needs a number"):
        t("report.faults", "en")
    with pytest.raises(MissingWord, match="no plural forms"):
        plural("report.no_faults", 2, "en")


def test_unknown_language_is_wrong_usage_and_never_another_language() -> None:
    assert [language(code) for code in LANGUAGES] == list(LANGUAGES)
    for code in ("kz", "RU", "", "en-GB"):
        with pytest.raises(WrongUsage):
            language(code)
        with pytest.raises(WrongUsage):
            t("app.title", code)
        with pytest.raises(WrongUsage):
            month_name(1, code)


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"a.toml": '[x]\ny = "1"', "b.toml": '[x]\ny = "2"'}, r"b\.toml: x\.y: also in a\.toml"),
        ({"a.toml": '[x]\n"y.z" = "1"\n[x.y]\nz = "2"'}, r"a\.toml: x\.y\.z: also in a\.toml"),
        ({"a.toml": 'x = ""'}, "expected a text, found ''"),
        ({"a.toml": "x = 3"}, "expected a text, found 3"),
        ({"a.toml": 'x = "{0}"'}, "not a plain name"),
        ({"a.toml": 'x = "{y.z}"'}, "not a plain name"),
        ({"a.toml": 'x = "{y:.2f}"'}, "not a plain name"),
        ({"a.toml": 'x = "{y"'}, "expected '}'"),
        ({"a.toml": 'x = { one = "1", other = "2" }'}, "has the forms one, other, needs few, many, one, other"),
        ({"a.toml": "x = "}, r"a\.toml: Invalid value"),
    ],
)
def test_faulty_locale_file_is_refused_with_file_and_key(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(LocaleInvalid, match=fault):
        read_locale(tmp_path, "ru")


def test_all_faults_of_locale_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('x = ""\ny = "{0}"', encoding="utf-8")
    with pytest.raises(LocaleInvalid) as caught:
        read_locale(tmp_path, "en")
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("count", "kk", "ru", "en"),
    [
        (0, "0 бала", "0 детей", "0 children"),
        (1, "1 бала", "1 ребёнок", "1 child"),
        (2, "2 бала", "2 ребёнка", "2 children"),
        (4, "4 бала", "4 ребёнка", "4 children"),
        (5, "5 бала", "5 детей", "5 children"),
        (11, "11 бала", "11 детей", "11 children"),
        (12, "12 бала", "12 детей", "12 children"),
        (21, "21 бала", "21 ребёнок", "21 children"),
        (22, "22 бала", "22 ребёнка", "22 children"),
        (25, "25 бала", "25 детей", "25 children"),
        (101, "101 бала", "101 ребёнок", "101 children"),
        (111, "111 бала", "111 детей", "111 children"),
        (1.5, "1,5 бала", "1,5 ребёнка", "1.5 children"),
        (2.0, "2 бала", "2 ребёнка", "2 children"),
        (1234, f"1{NBSP}234 бала", f"1{NBSP}234 ребёнка", "1,234 children"),
        (np.int64(3), "3 бала", "3 ребёнка", "3 children"),
    ],
)
def test_form_of_a_noun_goes_with_its_number(count: object, kk: str, ru: str, en: str) -> None:
    assert (plural("unit.children", count, "kk"), plural("unit.children", count, "ru")) == (kk, ru)
    assert plural("unit.children", count, "en") == en


def test_number_of_faults_is_a_sentence() -> None:
    found = [plural("report.faults", count, "ru") for count in (1, 3, 5)]
    assert found == ["Найдена 1 ошибка", "Найдено 3 ошибки", "Найдено 5 ошибок"]


def test_plural_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="None"):
        plural("unit.children", None, "ru")


@pytest.mark.parametrize(
    ("value", "decimals", "kk_ru", "en"),
    [
        (0, 0, "0", "0"),
        (999, 0, "999", "999"),
        (1234, 0, f"1{NBSP}234", "1,234"),
        (1234567.891, 1, f"1{NBSP}234{NBSP}567,9", "1,234,567.9"),
        (-1234.5, 1, f"{MINUS}1{NBSP}234,5", f"{MINUS}1,234.5"),
        (-0.04, 1, "0,0", "0.0"),
        (12, 2, "12,00", "12.00"),
        (0.25, 1, "0,3", "0.3"),
        (2.675, 2, "2,68", "2.68"),
        (-2.5, 0, f"{MINUS}3", f"{MINUS}3"),
        (99.95, 1, "100,0", "100.0"),
        (Decimal("0.125"), 2, "0,13", "0.13"),
        (np.float64(7.5), 1, "7,5", "7.5"),
        (np.float32(0.5), 1, "0,5", "0.5"),
        (np.int64(10**12), 0, f"1{NBSP}000{NBSP}000{NBSP}000{NBSP}000", "1,000,000,000,000"),
    ],
)
def test_number_is_written_as_in_the_language(value: object, decimals: int, kk_ru: str, en: str) -> None:
    assert number(value, "kk", decimals=decimals) == kk_ru
    assert number(value, "ru", decimals=decimals) == kk_ru
    assert number(value, "en", decimals=decimals) == en


@pytest.mark.parametrize("value", [None, math.nan, math.inf, "12", True, Decimal("NaN"), np.float64("nan")])
def test_what_is_no_number_is_refused(value: object) -> None:
    for write in (number, percent):
        with pytest.raises(ValueError, match="not a number"):
            write(value, "ru")
    with pytest.raises(ValueError, match="not a number"):
        interval(1, value, "ru")


@given(st.floats(allow_nan=False, allow_infinity=False, width=64), st.integers(0, 3))
def test_number_reads_back_to_within_half_a_unit_of_its_last_place(value: float, decimals: int) -> None:
    read = Decimal(number(value, "ru", decimals=decimals).replace(NBSP, "").replace(",", ".").replace(MINUS, "-"))
    assert abs(read - Decimal(repr(value))) <= Decimal(5).scaleb(-decimals - 1)


def test_share_of_one_is_written_in_percent() -> None:
    assert [percent(0.123, lang) for lang in LANGUAGES] == [f"12,3{NBSP}%", f"12,3{NBSP}%", "12.3%"]
    assert percent(1, "ru", decimals=0) == f"100{NBSP}%"
    assert percent(0.285, "en", decimals=1) == "28.5%"


def test_interval_has_a_dash_unless_a_limit_is_negative() -> None:
    assert interval(12.34, 15.9, "ru") == "12,3–15,9"
    assert interval(0, 1234.5, "en", decimals=0) == "0–1,235"
    signed = [interval(-1.2, 3.4, lang) for lang in LANGUAGES]
    assert signed == [f"{MINUS}1,2 … 3,4", f"от {MINUS}1,2 до 3,4", f"{MINUS}1.2 to 3.4"]
    assert interval(-0.01, 3.4, "ru") == "0,0–3,4"


@pytest.mark.parametrize(
    ("items", "kk", "ru", "en"),
    [
        ([], "", "", ""),
        (["a"], "a", "a", "a"),
        (["a", "b"], "a және b", "a и b", "a and b"),
        (["a", "b", "c"], "a, b және c", "a, b и c", "a, b and c"),
    ],
)
def test_items_are_joined_as_in_a_sentence(items: list[str], kk: str, ru: str, en: str) -> None:
    assert [join(items, lang) for lang in LANGUAGES] == [kk, ru, en]


def test_day_is_written_as_officials_do() -> None:
    found = [day(date(2022, 6, 8), lang) for lang in LANGUAGES]
    assert found == ["2022 жылғы 8 маусым", "8 июня 2022 года", "8 June 2022"]


def test_month_standing_alone_has_its_own_form() -> None:
    kk = "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан"
    ru = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
    assert [month_name(month, "kk") for month in range(1, 13)] == kk.split()
    assert [month_name(month, "ru") for month in range(1, 13)] == ru.split()
    assert (month_name(1, "en"), month_name(12, "en")) == ("January", "December")


PERIODS = [
    ("2022", "2022 жыл", "2022 год", "2022"),
    ("2022-H1", "2022 жылғы I жартыжылдық", "I полугодие 2022 года", "first half of 2022"),
    ("2022-H2", "2022 жылғы II жартыжылдық", "II полугодие 2022 года", "second half of 2022"),
    ("2022-Q1", "2022 жылғы I күнтізбелік тоқсан", "I квартал 2022 года", "Q1 2022"),
    ("2022-Q4", "2022 жылғы IV күнтізбелік тоқсан", "IV квартал 2022 года", "Q4 2022"),
    ("2022-10", "2022 жылғы қазан", "октябрь 2022 года", "October 2022"),
    ("2022/23", "2022/23 оқу жылы", "2022/23 учебный год", "2022/23 school year"),
    ("1999/00", "1999/00 оқу жылы", "1999/00 учебный год", "1999/00 school year"),
    (
        "2022/23-2024/25",
        "2022/23–2024/25 оқу жылдары",
        "2022/23–2024/25 учебные годы",
        "2022/23–2024/25 school years",
    ),
    ("2025-01..2025-10", "2025 жылғы қаңтар–қазан", "январь–октябрь 2025 года", "January–October 2025"),
    ("2025-01..2025-01", "2025 жылғы қаңтар", "январь 2025 года", "January 2025"),
    (
        "2025-01..2025-11-06",
        "2025 жылғы 1 қаңтар – 6 қараша",
        "1 января – 6 ноября 2025 года",
        "1 January – 6 November 2025",
    ),
    ("2025-01..2025-01-20", "2025 жылғы 1–20 қаңтар", "1–20 января 2025 года", "1–20 January 2025"),
    ("2024-09..2024-12", "2024 жылғы қыркүйек–желтоқсан", "сентябрь–декабрь 2024 года", "September–December 2024"),
    (
        "2024-09..2025-02",
        "2024 жылғы қыркүйек – 2025 жылғы ақпан",
        "сентябрь 2024 года – февраль 2025 года",
        "September 2024 – February 2025",
    ),
    (
        "2024-09..2025-02-06",
        "2024 жылғы 1 қыркүйек – 2025 жылғы 6 ақпан",
        "1 сентября 2024 года – 6 февраля 2025 года",
        "1 September 2024 – 6 February 2025",
    ),
]


@pytest.mark.parametrize(("code", "kk", "ru", "en"), PERIODS)
def test_period_is_put_into_words(code: str, kk: str, ru: str, en: str) -> None:
    span = parse_period(code)
    assert span is not None
    assert [period(span, lang) for lang in LANGUAGES] == [kk, ru, en]


def test_every_grain_is_put_into_words() -> None:
    spans = [parse_period(code) for code, *_ in PERIODS]
    assert {span.grain for span in spans if span} == set(Grain)


REGIONS_KK = """Абай облысы, Ақмола облысы, Ақтөбе облысы, Алматы қаласы, Алматы облысы, Астана қаласы,
Атырау облысы, Батыс Қазақстан облысы, Жамбыл облысы, Жетісу облысы, Қарағанды облысы, Қостанай облысы,
Қызылорда облысы, Маңғыстау облысы, Павлодар облысы, Солтүстік Қазақстан облысы, Түркістан облысы, Ұлытау облысы,
Шығыс Қазақстан облысы, Шымкент қаласы"""
REGIONS_RU = """Акмолинская область, Актюбинская область, Алматинская область, Атырауская область,
Восточно-Казахстанская область, город Алматы, город Астана, город Шымкент, Жамбылская область,
Западно-Казахстанская область, Карагандинская область, Костанайская область, Кызылординская область,
Мангистауская область, область Абай, область Жетісу, область Ұлытау, Павлодарская область,
Северо-Казахстанская область, Туркестанская область"""
REGIONS_EN = """Abai Region, Akmola Region, Aktobe Region, Almaty city, Almaty Region, Astana city, Atyrau Region,
East Kazakhstan Region, Karaganda Region, Kostanai Region, Kyzylorda Region, Mangystau Region, North Kazakhstan Region,
Pavlodar Region, Shymkent city, Turkistan Region, Ulytau Region, West Kazakhstan Region, Zhambyl Region,
Zhetisu Region"""


@pytest.mark.parametrize(("lang", "text"), [("kk", REGIONS_KK), ("ru", REGIONS_RU), ("en", REGIONS_EN)])
def test_regions_stand_in_the_order_of_the_alphabet(lang: str, text: str) -> None:
    names = " ".join(text.split()).split(", ")
    assert len(names) == 20
    assert sorted_in(lang, sorted(names)) == names
    assert sorted_in(lang, names[::-1]) == names


def test_kazakh_alphabet_has_its_own_order() -> None:
    alphabet = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"
    assert len(alphabet) == 42
    assert "".join(sorted_in("kk", sorted(alphabet))) == alphabet
    assert sorted_in("kk", ["Ғабит", "Гүлшат", "Өскемен", "Орал"]) == ["Гүлшат", "Ғабит", "Орал", "Өскемен"]


def test_kazakh_letters_stand_with_russian_ones_in_russian() -> None:
    towns = ["Лисаковск", "Қонаев", "Курчатов", "Кокшетау", "Косшы"]
    assert sorted_in("ru", towns) == ["Кокшетау", "Қонаев", "Косшы", "Курчатов", "Лисаковск"]
    assert sorted_in("ru", ["Ұлытау", "Урджар", "Тұран", "Туркестан"]) == ["Тұран", "Туркестан", "Ұлытау", "Урджар"]


def test_yo_stands_with_ye_and_after_it_in_russian() -> None:
    assert sorted_in("ru", ["мёл", "мел", "мелочь", "мёд"]) == ["мёд", "мел", "мёл", "мелочь"]


def test_case_quotes_and_kind_of_gap_do_not_matter() -> None:
    assert sorted_in("en", ["Zhem", "abai", "Burabai"]) == ["abai", "Burabai", "Zhem"]
    assert sorted_in("ru", ["«Яблоко»", "арка", "Восток"]) == ["арка", "Восток", "«Яблоко»"]
    assert sorted_in("ru", ["Северный", "Северо-Казахстанская"]) == ["Северный", "Северо-Казахстанская"]
    assert sorted_in("ru", ["Актобе 2", "Актобе-1"]) == ["Актобе-1", "Актобе 2"]
    assert sorted_in("ru", ["Акжар", "Ак жол"]) == ["Ак жол", "Акжар"]


def test_numbers_come_first_by_size_and_other_scripts_last() -> None:
    assert sorted_in("ru", ["№ 10", "№ 9", "Школа", "QR", "111"]) == ["№ 9", "№ 10", "111", "Школа", "QR"]
    assert sorted_in("en", ["Қонаев", "Zhem", "7", "Élan", "Elan"]) == ["7", "Elan", "Élan", "Zhem", "Қонаев"]


@given(st.lists(st.text(max_size=8), max_size=6), st.sampled_from(LANGUAGES))
def test_order_does_not_depend_on_the_order_before(names: list[str], lang: str) -> None:
    assert sorted_in(lang, names) == sorted_in(lang, names[::-1])
