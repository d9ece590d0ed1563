"""Areas, codes and dates. What is right comes from decrees and code lists (geo/reference/SOURCES.md) and real files."""

import time
from collections import Counter
from datetime import date

import pytest

from geo.areas import (
    areas,
    children,
    districts_of,
    foundings,
    regions,
    resolve,
    resolve_region_from_filename,
    successor,
)
from riskmap.domain.areas import Area, AreaKind, AreaUnit
from riskmap.domain.errors import Problem, Severity, WrongUsage
from riskmap.domain.vocabulary import COUNTRY

ABAI, AKMOLA, AKTOBE, ALMATY, ZHETISU = "100000000", "110000000", "150000000", "190000000", "330000000"
KARAGANDA, KOSTANAI, PAVLODAR, TURKISTAN, ULYTAU = "350000000", "390000000", "550000000", "610000000", "620000000"
EAST, ASTANA, ALMATY_CITY, SHYMKENT = "630000000", "710000000", "750000000", "790000000"
KONAEV, TALDYKORGAN, ABAI_DISTRICT = "191000000", "331000000", "103200000"
BEFORE, DAY, AFTER = date(2022, 6, 7), date(2022, 6, 8), date(2024, 1, 1)


def ids(answer: Area | Problem) -> str | tuple[str, tuple[str, ...]]:
    return answer.id if isinstance(answer, Area) else (answer.code, answer.candidates)


def test_register_holds_the_units_of_today() -> None:
    kinds = Counter(area.kind for area in areas().values())
    assert kinds == {AreaKind.COUNTRY: 1, AreaKind.REGION: 20, AreaKind.DISTRICT: 228, AreaKind.REMAINDER: 20}
    units = Counter(area.unit for area in areas().values())
    assert units[AreaUnit.OBLAST] == 17
    assert units[AreaUnit.REPUBLICAN_CITY] == 3
    assert (units[AreaUnit.DISTRICT], units[AreaUnit.CITY], units[AreaUnit.CITY_DISTRICT]) == (170, 39, 19)


def test_districts_partition_the_country() -> None:
    assert [area.id for area in regions()] == sorted(area.id for area in areas().values() if area.parent == COUNTRY)
    assert sum(len(districts_of(region.id)) for region in regions()) == 228
    assert len(children(ASTANA)) == 7
    assert children(ASTANA)[-1] == areas()[f"{ASTANA}-R"]
    assert children("711110000") == ()
    assert areas()[COUNTRY].parent == ""


def test_unknown_area_asked_for_children_is_wrong_usage() -> None:
    with pytest.raises(WrongUsage):
        children("123456789")
    with pytest.raises(WrongUsage):
        resolve("Семей", region="101000000")
    with pytest.raises(WrongUsage):
        areas()[COUNTRY].name("de")


def test_area_names_itself_in_three_languages_with_and_without_its_type() -> None:
    semey = areas()["101000000"]
    assert [semey.name(lang) for lang in ("kk", "ru", "en")] == ["Семей қаласы", "город Семей", "Semey city"]
    assert semey.name("ru", short=True) == "Семей"
    assert areas()[f"{AKTOBE}-R"].name("ru") == "Актюбинская область, не в районе"
    assert areas()[f"{AKTOBE}-R"].name("en", short=True) == "Not in a district"


@pytest.mark.parametrize(
    ("text", "area_id"),
    [
        ("Нур-Султан", ASTANA),
        ("город Нур-Султан", ASTANA),
        ("г. Нур-Султан", ASTANA),
        ("ЗКО", "270000000"),
        ("ВКО", EAST),
        ("СКО", "590000000"),
        ("БҚО", "270000000"),
        ("Западно Казахстанская", "270000000"),
        ("ЗападноКазахстанская", "270000000"),
        ("З-Казахстанская", "270000000"),
        ("East-Kazakhstan Region", EAST),
        ("Туркестанская 1", TURKISTAN),
        ("Туркестанская*", TURKISTAN),
        ("Павлодарская1)", PAVLODAR),
        ("Республика Казахстан ", COUNTRY),
        ("Карагандиская", KARAGANDA),
        ("Карагандийская Область", KARAGANDA),
        ("Мангийстауская Область", "470000000"),
        ("Mangystauskaya", "470000000"),
        ("Mangistay Region", "470000000"),
        ("Жетысуская Область", ZHETISU),
        ("Abay Region", ABAI),
        ("Almaty Province", ALMATY),
        ("Улытауская", ULYTAU),
        ("Акмолинской области", AKMOLA),
        ("Aршалинский", "113400000"),
        ("Алатауский р. а.", "751210000"),
        ("Курчатов г.а.", "101800000"),
        ("Зыряновский район", "634800000"),
        ("Капшагай", KONAEV),
        ("Абайский р-н (Абайская обл.)", ABAI_DISTRICT),
        ("область Абай, Абайский район", ABAI_DISTRICT),
        ("г.Астана, район Алматы", "711110000"),
        ("Алматинская область, не в районе", f"{ALMATY}-R"),
        (f"{AKTOBE}-R", f"{AKTOBE}-R"),
    ],
)
def test_spelling_seen_in_real_files_is_understood(text: str, area_id: str) -> None:
    assert ids(resolve(text)) == area_id


@pytest.mark.parametrize(
    ("text", "area_id"),
    [
        ("331000000", TALDYKORGAN),
        ("331000000.0", TALDYKORGAN),
        (" 331 000 000\u00a0", TALDYKORGAN),
        ("'3310", TALDYKORGAN),
    ]
    + [("7111", "711110000"), ("711110", "711110000"), (COUNTRY, COUNTRY), (EAST, EAST), ("3910.0", "391000000")],
)
def test_code_is_understood_as_spreadsheets_mangle_it(text: str, area_id: str) -> None:
    assert ids(resolve(text)) == area_id


@pytest.mark.parametrize("text", ["10", "19", "0", "2022", "1500", "111630100", "101010000", "1.91E+08", "12345678901"])
def test_number_that_is_no_code_of_ours_is_unknown(text: str) -> None:
    answer = resolve(text)
    assert isinstance(answer, Problem)
    assert answer.code == "A002"


def test_unknown_district_is_a_problem_that_lists_candidates() -> None:
    answer = resolve("Кокшетаау", region=AKMOLA)
    assert answer == Problem(
        "A002", found="Кокшетаау", expected=AKMOLA, candidates=("111000000",), severity=Severity.STOP
    )
    assert ids(resolve("Зайсанский", region=AKTOBE)) == ("A002", ("634600000",))
    assert ids(resolve("Актобе г.а. - район Алматы"))[0] == "A002"
    nearest = resolve("Жамбылск")
    assert isinstance(nearest, Problem)
    assert len(nearest.candidates) <= 5


@pytest.mark.parametrize("text", ["", "   ", "—", "***"])
def test_empty_text_names_no_area(text: str) -> None:
    assert ids(resolve(text)) == ("A001", ())


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("Алматы", (ALMATY, "711110000", ALMATY_CITY)),
        ("Абай", (ABAI, ABAI_DISTRICT, "353200000", "791110000")),
        ("Абайский район", (ABAI_DISTRICT, "353200000", "791110000")),
        ("Жамбылский район", ("194200000", "314000000", "594600000")),
        ("Kostanay", (KOSTANAI, "391000000", "395400000")),
        ("SKO", ("590000000", TURKISTAN, SHYMKENT)),
    ],
)
def test_name_that_fits_several_areas_is_never_guessed(text: str, candidates: tuple[str, ...]) -> None:
    assert ids(resolve(text)) == ("A003", candidates)


def test_region_or_level_settles_what_the_name_alone_does_not() -> None:
    assert ids(resolve("Алматы", region=ASTANA)) == "711110000"
    assert ids(resolve("Абайский район", region=KARAGANDA)) == "353200000"
    assert ids(resolve("Абай", level=AreaKind.REGION)) == ABAI
    assert ids(resolve("Алматы", level=AreaKind.REGION)) == ("A003", (ALMATY, ALMATY_CITY))
    assert ids(resolve("Павлодар", region=PAVLODAR)) == ("A003", ("551000000", "556000000"))
    assert ids(resolve("Павлодарский", region=PAVLODAR)) == "556000000"


def test_language_of_the_type_word_decides_between_two_languages() -> None:
    assert ids(resolve("район Нұра")) == "711510000"
    assert ids(resolve("район Нұра", region=KARAGANDA)) == "355200000"
    assert ids(resolve("Нұра ауданы")) == ("A003", ("355200000", "711510000"))


def test_levels_are_never_crossed_silently() -> None:
    answer = resolve("Актюбинская область", level=AreaKind.DISTRICT)
    assert isinstance(answer, Problem)
    assert (answer.code, answer.expected, answer.candidates) == ("A006", "district", (AKTOBE,))
    assert ids(resolve("Актюбинская область", region=AKTOBE)) == ("A006", (AKTOBE,))
    assert ids(resolve("город Семей", level=AreaKind.REGION)) == ("A006", ("101000000",))
    assert ids(resolve("101000000", level=AreaKind.REGION)) == ("A006", ("101000000",))


@pytest.mark.parametrize("text", ["не в районе", "Ауданға кірмейді", "NOT IN A DISTRICT"])
def test_remainder_needs_its_region(text: str) -> None:
    assert ids(resolve(text, region=AKTOBE)) == f"{AKTOBE}-R"
    answer = resolve(text)
    assert isinstance(answer, Problem)
    assert (answer.code, len(answer.candidates)) == ("A003", 20)


def test_code_191000000_means_two_places_by_date() -> None:
    assert ids(resolve("191000000", on=BEFORE)) == TALDYKORGAN
    assert ids(resolve("191000000", on=DAY)) == KONAEV
    assert ids(resolve("191000000")) == ("A003", (KONAEV, TALDYKORGAN))
    assert ids(resolve("191600000", on=BEFORE)) == KONAEV
    assert ids(resolve("191600000", on=DAY)) == ("A004", (KONAEV,))


def test_old_code_is_understood_while_it_was_in_use_and_todays_code_always() -> None:
    assert ids(resolve("633200000", on=BEFORE)) == ABAI_DISTRICT
    assert ids(resolve("633200000")) == ABAI_DISTRICT
    assert ids(resolve("633200000", on=AFTER)) == ("A004", (ABAI_DISTRICT,))
    assert ids(resolve(ABAI_DISTRICT, on=BEFORE)) == ABAI_DISTRICT
    assert ids(resolve("514400000", on=date(2017, 1, 1))) == "614400000"


def test_unit_not_yet_founded_is_a_problem_that_says_since_when_and_who_held_the_land() -> None:
    answer = resolve("Абай облысы", on=BEFORE)
    assert isinstance(answer, Problem)
    assert (answer.code, answer.found, answer.expected) == ("A004", "Абай облысы", "2022-06-08/..")
    assert answer.candidates == (EAST,)
    assert ids(resolve("район Сарайшық", on=date(2023, 1, 1))) == ("A004", ("711110000",))
    assert ids(resolve("район Самар", on=date(2022, 6, 6))) == ("A004", ("104400000",))
    assert ids(resolve("Туркестанская", on=date(2018, 6, 18))) == ("A004", (TURKISTAN, SHYMKENT))
    assert ids(resolve("Туркестанская", on=date(2018, 6, 19))) == TURKISTAN


def test_unit_not_yet_founded_does_not_make_a_name_ambiguous() -> None:
    assert ids(resolve("Нура")) == ("A003", ("355200000", "711510000"))
    assert ids(resolve("Нура", on=date(2020, 1, 1))) == "355200000"


@pytest.mark.parametrize("text", ["Южно-Казахстанская", "ЮКО", "Оңтүстік Қазақстан облысы", "South Kazakhstan Region"])
def test_abolished_region_is_a_problem_that_names_its_two_heirs(text: str) -> None:
    for on in (None, date(2018, 6, 18)):
        answer = resolve(text, on=on)
        assert isinstance(answer, Problem)
        assert (answer.code, answer.expected, answer.candidates) == ("A004", "../2018-06-18", (TURKISTAN, SHYMKENT))
    assert ids(resolve(text, on=date(2018, 6, 19))) == TURKISTAN
    assert ids(resolve("510000000", on=date(2017, 1, 1))) == ("A004", (TURKISTAN, SHYMKENT))


def test_name_that_went_to_another_place_is_settled_by_the_date() -> None:
    assert ids(resolve("Ақмола")) == ("A003", (AKMOLA, ASTANA))
    assert ids(resolve("Ақмола", on=AFTER)) == AKMOLA
    assert ids(resolve("г. Акмола", on=AFTER)) == ASTANA


def test_district_is_found_in_the_region_that_held_it_on_that_day() -> None:
    assert ids(resolve("Абайский район", region=EAST, on=BEFORE)) == ABAI_DISTRICT
    assert ids(resolve("Талдыкорган", region=ALMATY, on=BEFORE)) == TALDYKORGAN
    assert ids(resolve("Абайский район", region=ABAI, on=BEFORE)) == ABAI_DISTRICT
    for on in (None, AFTER):
        answer = resolve("Абайский район", region=EAST, on=on)
        assert isinstance(answer, Problem)
        assert (answer.code, answer.expected, answer.candidates) == ("A004", "../2022-06-07", (ABAI_DISTRICT,))


def test_row_marked_obsolete_is_a_problem_and_no_match() -> None:
    assert ids(resolve("УСТАРЕВШЕЕ - Абайский район", region=EAST)) == ("A004", (ABAI_DISTRICT,))
    assert ids(resolve("УСТАРЕВШЕЕ - Абайский район", region=KARAGANDA)) == ("A004", ("353200000",))
    assert ids(resolve("УСТАРЕВШЕЕ - Зайсанский район"))[0] == "A004"


def test_successor_gives_the_areas_of_today_behind_a_code() -> None:
    assert [area.id for area in successor("191000000", on=BEFORE)] == [TALDYKORGAN]
    assert [area.id for area in successor("191000000", on=DAY)] == [KONAEV]
    assert [area.id for area in successor("510000000", on=date(2018, 6, 18))] == [TURKISTAN, SHYMKENT]
    assert successor("510000000", on=DAY) == ()
    assert successor("633200000", on=DAY) == ()
    assert successor("100000000", on=BEFORE) == ()


def test_an_area_of_a_build_under_other_tables_is_known_by_its_code_and_listed_nowhere() -> None:
    strange = areas()["119900000"]
    assert (strange.kind, strange.parent, strange.name("kk"), strange.name("en", short=True)) == (
        AreaKind.DISTRICT,
        AKMOLA,
        "119900000",
        "119900000",
    )
    assert areas()["990000000"].parent == areas()["990000000-R"].parent == COUNTRY
    assert "119900000" not in areas()
    assert ids(resolve("119900000")) == ("A002", ("110000000",))
    with pytest.raises(KeyError):
        areas()["Akmola"]


def test_foundings_name_the_unit_each_area_was_cut_from_by_todays_id() -> None:
    known = {area: (cut_from, day) for area, cut_from, day in foundings()}
    assert known[ABAI] == (EAST, DAY)
    assert known["635600000"] == ("104400000", date(2022, 6, 7))
    assert known["615500000"] == ("612000000", date(2021, 3, 15))
    assert TURKISTAN not in known
    assert known.keys() | {cut_from for cut_from, _ in known.values()} <= areas().keys()


@pytest.mark.parametrize(
    ("stem", "answer"),
    [
        ("Abay Region", ABAI),
        ("Astana", ASTANA),
        ("Almaty", ("A003", (ALMATY, ALMATY_CITY))),
        ("Алматы 2022 г.", ("A003", (ALMATY, ALMATY_CITY))),
        ("Алматы за 22г.", ("A003", (ALMATY, ALMATY_CITY))),
        ("Алматы_2022_г", ("A003", (ALMATY, ALMATY_CITY))),
        ("Almaty city", ALMATY_CITY),
        ("г. Алматы 2022", ALMATY_CITY),
        ("Almaty Region", ALMATY),
        ("Карагандийская Область", KARAGANDA),
        ("Karagandy", KARAGANDA),
        ("Zhetysu", ZHETISU),
        ("1-M_2022_Astana", ASTANA),
        ("1-М_Акмолинская_область_2022", AKMOLA),
        ("Отчет по Карагандинской области за 12 месяцев 2022 года", KARAGANDA),
        ("WestKazakhstan2022", "270000000"),
        ("Павлодар май 2022", PAVLODAR),
        ("Южно-Казахстанская 2017", ("A004", (TURKISTAN, SHYMKENT))),
        ("Almaty Region and Astana", ("A003", (ALMATY, ASTANA))),
        ("1-M 2022", ("A002", ())),
        ("", ("A002", ())),
    ],
)
def test_file_name_gives_its_region_or_a_problem(stem: str, answer: str | tuple[str, tuple[str, ...]]) -> None:
    assert ids(resolve_region_from_filename(stem)) == answer


def test_date_settles_a_file_name_too() -> None:
    assert ids(resolve_region_from_filename("Акмола")) == ("A003", (AKMOLA, ASTANA))
    assert ids(resolve_region_from_filename("Акмола", on=AFTER)) == AKMOLA
    assert ids(resolve_region_from_filename("Abay Region", on=BEFORE)) == ("A004", (EAST,))


def test_a_national_table_of_a_thousand_rows_a_district_resolves_in_well_under_a_second() -> None:
    districts = [area for area in areas().values() if area.kind is AreaKind.DISTRICT]
    start = time.perf_counter()
    for _ in range(1000):
        for area in districts:
            resolve(area.names[1], region=area.parent)
    assert time.perf_counter() - start < 1.0
