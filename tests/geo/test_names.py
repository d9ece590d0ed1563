"""Spellings: folding, type words, look-alikes. The official names are the material, the rules come from real files."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import names
from geo.areas import areas, resolve
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.vocabulary import LANGUAGES

LOOK_ALIKE = dict(zip("АВСЕНІКМОРТХУавсенікмортху", "ABCEHIKMOPTXYabcehikmoptxy", strict=True))
RUSSIAN_FOR_KAZAKH = str.maketrans("ӘҒҚҢӨҰҮҺІәғқңөұүһі", "АГКНОУУХИагкноуухи")
DISTRICTS = [area for area in areas().values() if area.kind is AreaKind.DISTRICT]
REGIONS = [area for area in areas().values() if area.kind is AreaKind.REGION]

CHANGES: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "lower case": str.lower,
    "spaces around": lambda text: f"  {text}\u00a0",
    "spaces doubled": lambda text: text.replace(" ", "  "),
    "hyphens as spaces": lambda text: text.replace("-", " "),
    "hyphens lost": lambda text: text.replace("-", ""),
    "е as ё": lambda text: text.replace("е", "ё").replace("Е", "Ё"),
    "Kazakh letters as Russian": lambda text: text.translate(RUSSIAN_FOR_KAZAKH),
    "ы as и": lambda text: text.replace("ы", "и"),
    "soft sign lost": lambda text: text.replace("ь", ""),
    "footnote": lambda text: f"{text} 1)",
    "asterisk": lambda text: f"{text}*",
    "superscript": lambda text: f"{text}²",
    "number before": lambda text: f"12. {text}",
    "quotation marks": lambda text: f"«{text}»",
}


def look_alikes(text: str, picks: list[bool]) -> str:
    return "".join(LOOK_ALIKE.get(letter, letter) if pick else letter for letter, pick in zip(text, picks, strict=True))


def cores(text: str, *, units: names.Units = names.ANY) -> set[str]:
    return {reading.core for reading in names.readings(names.words(text)) if reading.units == units}


@pytest.mark.parametrize(
    ("text", "units", "core"),
    [
        ("г.а. Курчатов", names.CITIES, "курчатов"),
        ("Алатауский р. а.", names.DISTRICTS, "алатауский"),
        ("Акмолинская обл.", names.OBLASTS, "акмолинская"),
        ("Семей қ.ә.", names.CITIES, "семей"),
        ("Ғабит Мүсірепов атындағы аудан", names.DISTRICTS, "габитмусирепов"),
        ("район имени Габита Мусрепова", names.DISTRICTS, "габитамусрепова"),
        ("City of Astana", names.CITIES, "astana"),
        ("Abay Oblast", names.OBLASTS, "abai"),
        ("Акмолинскаяобласть", names.OBLASTS, "акмолинская"),
        ("в Акмолинской области", names.OBLASTS, "вакмолинская"),
        ("Ақмола облысының", names.OBLASTS, "акмола"),
    ],
)
def test_type_word_is_told_from_the_name(text: str, units: names.Units, core: str) -> None:
    assert core in cores(text, units=units)


def test_two_type_words_that_contradict_each_other_are_no_reading() -> None:
    assert "алмати" not in {reading.core for reading in names.readings(names.words("г. Алматы область"))}
    assert "алмати" in cores("г. Алматы қ.", units=names.CITIES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Qostanai", "Kostanay"),
        ("Jetisu", "Zhetysu"),
        ("Balqash", "Balkhash"),
        ("Konayev", "Konaev"),
        ("Türkıstan", "Turkistan"),
        ("Saran'", "Saran"),
    ],
)
def test_romanisations_of_one_name_have_one_core(one: str, other: str) -> None:
    assert names.core(one, lang="en") == names.core(other, lang="en")


def test_latin_letters_in_a_cyrillic_word_are_read_as_cyrillic() -> None:
    assert names.core("Aршалинский", lang="ru") == names.core("Аршалинский", lang="ru")
    assert names.core("Солтүстiк", lang="kk") == names.core("Солтүстік", lang="kk")
    assert "тараз" not in cores("Taraz")


def test_russian_name_in_latin_letters_has_the_core_of_its_transliteration() -> None:
    assert names.transliterated(names.core("Мангистауская", lang="ru")) == names.core("Mangystauskaya", lang="en")
    assert names.transliterated(names.core("Щучинск", lang="ru")) == names.core("Shchuchinsk", lang="en")


def test_adjective_is_formed_from_single_nouns_of_regions_and_districts_only() -> None:
    assert names.adjective("Ұлытау", units=names.OBLASTS) == "Ұлытауская"
    assert names.adjective("Туран", units=names.DISTRICTS) == "Туранский"
    assert names.adjective("Абайский", units=names.DISTRICTS) == ""
    assert names.adjective("Шал акына", units=names.DISTRICTS) == ""
    assert names.adjective("Семей", units=names.CITIES) == ""


def test_obsolete_mark_is_taken_off_and_told() -> None:
    assert names.without_obsolete_mark(names.words("УСТАРЕВШЕЕ - Абайский район")) == (["абайский", "район"], True)
    assert names.without_obsolete_mark(names.words("Абайский район")) == (["абайский", "район"], False)


def test_nearest_names_come_best_first_and_strangers_not_at_all() -> None:
    known = {"кокшетау": frozenset({"1"}), "кентау": frozenset({"2"}), "зайсан": frozenset({"3"})}
    assert names.nearest("кокшетаау", known) == ("1", "2")
    assert names.nearest("школа", known) == ()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_official_district_name_resolves_to_itself_within_its_region(lang: str) -> None:
    wrong = [area.name(lang) for area in DISTRICTS if resolve(area.name(lang), region=area.parent) != area]
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_official_name_of_region_country_and_remainder_resolves_to_itself(lang: str) -> None:
    upper = [area for area in areas().values() if area.kind is not AreaKind.DISTRICT]
    assert [area.name(lang) for area in upper if resolve(area.name(lang)) != area] == []
    remainders = [area for area in upper if area.kind is AreaKind.REMAINDER]
    assert [a.id for a in remainders if resolve(a.name(lang, short=True), region=a.parent) != a] == []


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_official_name_is_lost_by_a_usual_change_of_spelling(lang: str, change: str) -> None:
    spelt = {CHANGES[change](area.name(lang)): area for area in REGIONS}
    assert [text for text, area in spelt.items() if resolve(text, level=AreaKind.REGION) != area] == []
    within = [(CHANGES[change](area.name(lang)), area) for area in DISTRICTS]
    assert [text for text, area in within if resolve(text, region=area.parent) != area] == []


@given(
    area=st.sampled_from([*DISTRICTS, *REGIONS]),
    lang=st.sampled_from(LANGUAGES),
    changes=st.lists(st.sampled_from(list(CHANGES)), max_size=3, unique=True),
    data=st.data(),
)
def test_case_spaces_and_look_alikes_never_change_the_answer(
    area: Area, lang: str, changes: list[str], data: st.DataObject
) -> None:
    text = area.name(lang)
    for change in changes:
        text = CHANGES[change](text)
    picks = data.draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))
    region = area.parent if area.kind is AreaKind.DISTRICT else None
    assert resolve(look_alikes(text, picks), region=region) == area


@given(area=st.sampled_from(DISTRICTS), lang=st.sampled_from(LANGUAGES), picks=st.data())
def test_ambiguous_stays_ambiguous_however_it_is_spelt(area: Area, lang: str, picks: st.DataObject) -> None:
    text = area.name(lang, short=True)
    plain = resolve(text)
    chosen = picks.draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))
    spelt = resolve(look_alikes(text, chosen).upper())
    if isinstance(plain, Area):
        assert spelt == plain
    else:
        assert not isinstance(spelt, Area)
        assert (spelt.code, spelt.candidates) == (plain.code, plain.candidates)


@given(st.text(max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    answer = resolve(text)
    assert isinstance(answer, Area) or answer.code in {"A001", "A002", "A003", "A004"}


def test_no_core_of_an_official_name_stands_for_a_name_in_the_other_script() -> None:
    for one, other in product(("kk", "ru"), ("en",)):
        latin = {names.core(area.name(other, short=True), lang=other): area.id for area in DISTRICTS}
        cyrillic = {names.core(area.name(one, short=True), lang=one) for area in DISTRICTS}
        assert not latin.keys() & cyrillic
