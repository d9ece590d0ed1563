"""The usual words of tables in Kazakh, Russian and English, and what they say of the cells beside them."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from etl.tidy.folding import bare, plain

LONGEST_LABEL: Final = 300  # characters; a longer text is none that names anything
_REMEMBERED: Final = 1 << 14


def _bare(*texts: str) -> frozenset[str]:
    return frozenset(map(bare, texts))


TOTALS: Final = (
    *("итого", "всего", "итог", "всего по области", "всего по региону", "всего по городу", "всего по стране"),
    *("итого по области", "итого по региону", "итого по городу", "итого по району", "всего по району", "по области"),
    *("всего за год", "итого за год", "всего за период", "итого за период", "всего по рк", "итого по рк", "свод"),
    *("барлығы", "жиыны", "барлық", "жиынтығы", "жалпы", "облыс бойынша", "өңір бойынша", "қала бойынша"),
    *("облыс бойынша барлығы", "өңір бойынша барлығы", "барлығы облыс бойынша", "қала бойынша барлығы"),
    *("облыс бойынша жиыны", "жыл бойынша барлығы", "жыл бойы", "республика бойынша", "республика бойынша барлығы"),
    *("total", "totals", "grand total", "sum", "region total", "total for the region", "all districts", "in total"),
)
_PLAIN: Final = (
    *("в том числе", "в т.ч.", "в т. ч.", "из них", "из общего числа", "в том числе по видам", "по видам", "по типам"),
    *("оның ішінде", "соның ішінде", "о.і.", "с.і.", "одан", "олардың ішінде", "оның ішінде түрлері бойынша"),
    *("of which", "of them", "including", "by type", "among them", "thereof"),
    *(
        "районы",
        "города",
        "районы и города",
        "города и районы",
        "районы:",
        "аудандар",
        "қалалар",
        "districts",
        "cities",
    ),
    *("количество", "число", "кол-во", "значение", "значения", "показатель", "показатели", "данные", "единиц", "всего"),
    *("саны", "мәні", "мәндері", "көрсеткіш", "көрсеткіштер", "деректер", "value", "values", "number", "count", "data"),
    *("продолжение", "продолжение таблицы", "жалғасы", "кестенің жалғасы", "continued", "table continued"),
    *("а", "б", "в", "a", "b", "период", "месяцы", "месяц", "годы", "год", "кезең", "айлар", "ай", "жыл", "жылдар"),
    *("period", "months", "month", "years", "year", "по месяцам", "айлар бойынша", "by month", "отчетный период"),
    *("есепті кезең", "reporting period", "за месяц", "ай ішінде", "за отчетный месяц", "есепті айда"),
)
# Units that may stand as a heading of their own: they say what every number is counted in, not what is counted.
_COUNTED_IN: Final = (
    *("человек", "чел", "единиц", "ед", "единица", "случаев", "шт", "штук", "количество", "число", "кол-во"),
    *("бірлік", "бірл", "адам", "дана", "сан", "саны", "persons", "people", "number", "units", "unit", "count", "no"),
)
_UNITS: Final = (
    *_COUNTED_IN,
    *("случаи", "случай", "детей", "учащихся", "уроков", "школ", "дел", "сообщений", "обращений", "лет"),
    *("бала", "оқушы", "сабақ", "жағдай", "мектеп", "case", "children", "pupil", "lesson", "school"),
)
_AREA: Final = (
    *("район", "районы", "район, город", "район, город областного значения", "район или город", "районы и города"),
    *("районы, города", "город, район", "город/район", "район/город", "наименование", "наименование района"),
    *("наименование региона", "наименование территории", "наименование районов", "регион", "регионы", "область"),
    *("области", "территория", "территории", "область, город", "города и районы", "районы и города области"),
    *("наименование района, города", "наименование районов и городов", "населенный пункт", "местность", "аймақ"),
    *("аудан", "аудандар", "аудан, қала", "аудан немесе қала", "аудандар мен қалалар", "қала, аудан", "аудан/қала"),
    *("өңір", "өңірлер", "облыс", "облыстар", "аумақ", "атауы", "аудан атауы", "ауданның атауы", "өңір атауы"),
    *("аудандар, қалалар", "аудандардың атауы", "облыс, қала", "район или город"),
    *("district", "districts", "district, city", "district or city", "districts and cities", "region", "regions"),
    *("area", "areas", "name", "territory", "region/city", "district/city", "oblast", "area name", "area_name"),
    *("name of district", "name of the district", "district name", "region name", "city", "rayon", "raion"),
)
_CODE: Final = (
    *("код", "код като", "като", "коды", "code", "kato", "kato code", "код катo", "код района", "код территории"),
    *("әаож", "әаож коды", "әаож (като) коды", "код по като", "аудан коды", "area code", "код региона", "id"),
    *("district code", "region code", "код (като)", "kato коды", "te"),
)
_ORDINAL: Final = (
    "№",
    "№ п/п",
    "п/п",
    "№п/п",
    "no",
    "no.",
    "n",
    "#",
    "р/с",
    "№ р/с",
    "рс",
    "р/н",
    "реттік нөмірі",
    "nn",
)
_YEAR: Final = ("год", "годы", "жыл", "жылы", "year", "years", "отчетный год", "есепті жыл", "учебный год", "оқу жылы")
_MONTH: Final = ("месяц", "месяцы", "ай", "айы", "month", "months", "отчетный месяц", "есепті ай", "айлар")
_QUARTER: Final = ("квартал", "тоқсан", "quarter", "кварталы")
_PERIOD: Final = (
    *("период", "отчетный период", "кезең", "есепті кезең", "period", "reporting period", "дата", "date", "күні"),
)
_FIGURE: Final = (
    *("показатель", "показатели", "наименование показателя", "наименование показателей", "вид", "виды", "индикатор"),
    *("көрсеткіш", "көрсеткіштер", "көрсеткіш атауы", "көрсеткіштің атауы", "түрі", "түрлері", "індикатор"),
    *("indicator", "indicators", "figure", "figures", "measure", "category", "категория", "санат", "type", "item"),
    *("вид насилия", "зорлық-зомбылық түрі", "разрез", "бөлініс", "breakdown", "наименование", "атауы"),
)
_NOTES: Final = (
    *("примечание", "примечания", "комментарий", "комментарии", "ескерту", "ескертпе", "ескертулер", "түсініктеме"),
    *("note", "notes", "comment", "comments", "remark", "remarks", "исполнитель", "ответственный", "пояснение"),
)

_IS_PLAIN: Final = _bare(*_PLAIN, *_COUNTED_IN)
_IS_UNIT: Final = _bare(*_UNITS)
_OF_UNITS: Final = _bare(
    *_COUNTED_IN,
    *("тыс", "тысяч", "тысяча", "мың", "thousand", "thousands", "единица", "измерения", "өлшем", "бірлігі", "в", "in"),
    *("млн", "миллион", "миллионов", "mln", "million", "millions"),
    *("процент", "процентов", "процентах", "пайыз", "пайызбен", "per", "cent", "percent"),
)
_IS_TOTAL: Final = _bare(*TOTALS)
_IS_AREA: Final = _bare(*_AREA)
_IS_CODE: Final = _bare(*_CODE)
_IS_ORDINAL: Final = _bare(*_ORDINAL) - {""}
_ORDINAL_SIGNS: Final = ("№", "№№", "#")
_IS_PERIOD: Final = _bare(*_PERIOD, *_YEAR, *_MONTH, *_QUARTER)
_IS_MONTH: Final = _bare(*_MONTH)
_IS_QUARTER: Final = _bare(*_QUARTER)
_IS_FIGURE: Final = _bare(*_FIGURE)
_IS_NOTE: Final = _bare(*_NOTES)

_SHARE: Final = (
    *("доля", "доля %", "в %", "%", "в процентах", "проценты", "удельный вес", "удельный вес %", "процент"),
    *("үлесі", "үлесі %", "пайыз", "пайызбен", "үлес салмағы", "үлес салмағы %", "% есебімен"),
    *("share", "share %", "per cent", "percent", "percentage", "in %", "in per cent", "доля в %", "в % к итогу"),
    *(
        "в % к общему числу",
        "% от общего числа",
        "жалпы санға %",
        "per cent of total",
        "% of total",
        "percent of total",
    ),
)
_IS_SHARE: Final = _bare(*_SHARE)
_RUNNING: Final = re.compile(
    "|".join(
        map(
            plain,
            ("нарастающ", "с начала года", "өспелі", "жыл басынан", "cumulative", "since 1 january", "running total"),
        )
    )
    + "|"
    + plain("year to date")
)
_THOUSAND: Final = re.compile(r"\b(?:тыс|тысяч\w*|мын|тноusаnd\w*|000)\b", re.IGNORECASE)
_PERCENT: Final = re.compile(r"%|\b(?:процент\w*|пайыз\w*|реr сеnт|реrсеnт\w*|удельный вес|доля|улеси?)\b")
_NUMBERING: Final = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2})*[.)]|[а-яa-zәіңғүұқөһ]\))\s+", re.IGNORECASE)
_FOOTNOTE: Final = re.compile(
    r"(?:\s*\*+\)?|\s*[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]+|\s*\(?\d{1,2}\)|\s*\[\d{1,2}\]|(?<=[^\W\d_])\d)+\s*:?\s*$"
)
_TRAILING_UNIT: Final = re.compile(r"\s*(?:[,;]\s*([^,;()]+)|\(([^()]*)\))\s*:?\s*$")


@lru_cache(maxsize=_REMEMBERED)
def without_marks(text: str) -> str:
    """A heading or label without its number in a list, its footnote marks and the colon behind it."""
    if len(text) > LONGEST_LABEL:
        return text.strip()
    stripped = _NUMBERING.sub("", text.strip())
    return _FOOTNOTE.sub("", stripped).strip().rstrip(":").strip() or text.strip()


@lru_cache(maxsize=_REMEMBERED)
def is_unit(text: str) -> bool:
    """Whether a text is a unit and nothing else: `тыс. человек`, `(адам)`, `единица измерения: тысяч`."""
    words = re.findall(r"[^\W\d_]+", text)
    return bool(words) and all(bare(word) in _OF_UNITS for word in words)


@lru_cache(maxsize=_REMEMBERED)
def without_unit(text: str) -> str:
    """The text without a unit behind it: `Случаи, единиц`, `Учащиеся (человек)`."""
    match = _TRAILING_UNIT.search(text) if len(text) <= LONGEST_LABEL else None
    if not match:
        return text
    unit = match[1] or match[2] or ""
    words = [bare(word).removesuffix("s") for word in re.findall(r"[^\W\d_]+", unit)]
    is_known = bare(unit) in _IS_UNIT or (bool(words) and all(word in _IS_UNIT | _OF_UNITS for word in words))
    return text[: match.start()].strip() if is_known else text


def is_thousand(text: str) -> bool:
    """Whether a text speaks of thousands."""
    return _THOUSAND.search(plain(text)) is not None


def is_running(text: str) -> bool:
    """Whether a text says that numbers count from the beginning of the year."""
    return _RUNNING.search(plain(text)) is not None


def is_percent(text: str) -> bool:
    """Whether a text speaks of per cent or of a share."""
    return _PERCENT.search(plain(text)) is not None


def is_bare_share(text: str) -> bool:
    """Whether a heading says that its numbers are shares, and not of what."""
    return text.strip() == "%" or (is_percent(text) and bare(without_marks(text)) in _IS_SHARE - {""})


def is_ordinal(text: str) -> bool:
    """Whether a heading stands over the numbers of the rows."""
    signs = text.strip().rstrip(".:")
    return signs in _ORDINAL_SIGNS or bare(text.replace("№", " ")) in _IS_ORDINAL


def is_code_heading(text: str) -> bool:
    """Whether a heading stands over codes of areas."""
    return bare(text) in _IS_CODE


def is_area_heading(text: str) -> bool:
    """Whether a heading stands over names of areas."""
    return bare(without_marks(text)) in _IS_AREA


def is_period_heading(text: str) -> bool:
    """Whether a heading stands over periods."""
    return bare(text) in _IS_PERIOD


def is_month_heading(text: str) -> bool:
    """Whether a heading stands over months, which may be numbers."""
    return bare(text) in _IS_MONTH


def is_quarter_heading(text: str) -> bool:
    """Whether a heading stands over quarters, which may be numbers."""
    return bare(text) in _IS_QUARTER


def is_figure_heading(text: str) -> bool:
    """Whether a heading stands over names of figures."""
    return bare(text) in _IS_FIGURE


def is_note_heading(text: str) -> bool:
    """Whether a heading stands over remarks."""
    return bare(text) in _IS_NOTE


class Wording:
    """The usual words together with those of one declaration."""

    def __init__(self, *, totals: Iterable[str] = (), plain_words: Iterable[str] = ()) -> None:
        self._totals = _IS_TOTAL | _bare(*totals)
        self._plain = _IS_PLAIN | _bare(*plain_words)

    def is_total(self, text: str) -> bool:
        """Whether a heading or label stands for the sum of others."""
        return bare(without_unit(without_marks(text))) in self._totals

    def is_subtotal(self, text: str) -> bool:
        """Whether a label begins or ends with a word for totals: `Итого по городам`, `Total of districts`."""
        words = without_marks(text).split()
        return len(words) > 1 and (bare(words[0]) in self._totals or bare(words[-1]) in self._totals)

    def is_plain(self, text: str) -> bool:
        """Whether a heading or label says nothing of its own."""
        cleaned = without_marks(text)
        is_known = bare(cleaned) in self._plain or bare(without_unit(cleaned)) in self._plain
        return is_known or not bare(cleaned) or is_unit(cleaned)
