"""Words of a made-up spreadsheet in three languages, each with the variants in which people write them."""

from random import Random
from typing import Final

from etl.demo.layouts import spelled
from geo.areas import resolve
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.registry import figure_key, indicator
from riskmap.domain.vocabulary import ALL, Grain, Period
from riskmap.words import month_name, t

NBSP: Final = "\u00a0"

WORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "area": {
        "ru": ("Район, город", "Наименование района", "Район", "Территория", "Районы и города", "Регион"),
        "kk": ("Аудан, қала", "Аудан атауы", "Аудан", "Аумақ", "Аудандар мен қалалар"),
        "en": ("District, city", "District", "Area", "Territory", "Name of the district"),
    },
    "code": {
        "ru": ("Код КАТО", "КАТО", "Код"),
        "kk": ("ӘАОЖ коды", "КАТО коды", "Код"),
        "en": ("KATO code", "KATO", "Code"),
    },
    "number": {"ru": ("№", "№ п/п", "N"), "kk": ("№", "Р/с №"), "en": ("No.", "№", "#")},
    "figure": {
        "ru": ("Показатель", "Наименование показателя", "Показатели"),
        "kk": ("Көрсеткіш", "Көрсеткіштер"),
        "en": ("Figure", "Indicator"),
    },
    "period": {"ru": ("Период", "Месяц"), "kk": ("Кезең", "Ай"), "en": ("Period", "Month")},
    "year": {"ru": ("Год",), "kk": ("Жыл",), "en": ("Year",)},
    "value": {"ru": ("Значение", "Количество", "Число"), "kk": ("Мәні", "Саны"), "en": ("Value", "Number")},
    "total": {
        "ru": ("Всего", "Итого", "ИТОГО", "Всего по области", "Итого:"),
        "kk": ("Барлығы", "Жиыны", "Барлығы:"),
        "en": ("Total", "TOTAL", "In total"),
    },
    "cities": {"ru": ("Итого по городам",), "kk": ("Қалалар бойынша барлығы",), "en": ("Total of cities",)},
    "districts": {"ru": ("Итого по районам",), "kk": ("Аудандар бойынша барлығы",), "en": ("Total of districts",)},
    "of_which": {
        "ru": ("в том числе", "из них", "в том числе:"),
        "kk": ("оның ішінде",),
        "en": ("of which", "including"),
    },
    "share": {
        "ru": ("Доля, %", "Удельный вес, %", "в % к итогу"),
        "kk": ("Үлесі, %",),
        "en": ("Share, %", "Per cent of total"),
    },
    "title": {
        "ru": ("Сведения о безопасности детей", "Отчёт по показателям безопасности детей"),
        "kk": ("Балалардың қауіпсіздігі туралы мәліметтер",),
        "en": ("Figures on the safety of children",),
    },
    "letter": {
        "ru": ("Приложение 2 к письму", "На ваш запрос направляем сведения по форме"),
        "kk": ("Хатқа 2-қосымша",),
        "en": ("Annex 2 to the letter",),
    },
    "signature": {
        "ru": ("Руководитель управления ____________________ (подпись)", "Исполнитель: ____________________"),
        "kk": ("Басқарма басшысы ____________________ (қолы)",),
        "en": ("Head of department ____________________ (signature)",),
    },
    "note": {
        "ru": ("Примечание: данные предварительные.", "* данные уточняются"),
        "kk": ("Ескертпе: деректер алдын ала.", "* деректер нақтылануда"),
        "en": ("Note: figures are provisional.", "* to be corrected"),
    },
    "cover": {"ru": ("Обложка", "Титул"), "kk": ("Мұқаба",), "en": ("Cover",)},
    "none": {"ru": ("-", "–", "—"), "kk": ("-", "—"), "en": ("-",)},
    "unknown": {"ru": ("...", "н/д", "нет данных", "…"), "kk": ("...", "деректер жоқ"), "en": ("...", "n/a")},
}
_ROMAN: Final = ("", "¹", "1)", "*", " 1)", " *")


def word(rng: Random, key: str, language: str) -> str:
    """One of the ways in which people say a thing."""
    return rng.choice(WORDS[key][language])


def figure_label(figure: str, language: str, *, form: str = "short") -> str:
    """What a figure or one of its parts is called."""
    name, breakdown, category = figure_key(figure)
    if breakdown == ALL:
        return indicator(name).words[language][form]
    return t(f"category.{breakdown}.{category}", language)


def area_label(area: Area, style: str, place: int, *, language: str) -> str:
    """The name of an area in a style that still names only it within its region; else its full name."""
    full = area.name(language)
    if style == "official" or area.kind is AreaKind.REMAINDER:
        return full
    if style == "short":
        text = area.name(language, short=True)
    elif style == "upper":
        text = full.upper()
    else:
        text = spelled(area, place)
    return text if resolve(text, region=area.parent) == area else full


def period_label(period: Period, form: str, language: str) -> str:
    """A month or a year as people write it."""
    month, year = period.start.month, period.start.year
    if period.grain is Grain.YEAR:
        return {"year": f"{year}", "words": {"ru": f"{year} год", "kk": f"{year} жыл", "en": f"{year}"}[language]}.get(
            form, f"{year} г." if language == "ru" else f"{year}"
        )
    name = month_name(month, language)
    forms = {
        "name": name,
        "capital": name.capitalize(),
        "words": f"{year} жылғы {name}" if language == "kk" else f"{name} {year}",
        "long": f"{name} {year} г." if language == "ru" else f"{name} {year}",
        "dotted": f"{month:02}.{year}",
        "iso": f"{year}-{month:02}",
    }
    return forms[form]


def footnoted(rng: Random, text: str) -> str:
    """The text with the mark of a footnote, or as it was."""
    return text + rng.choice(_ROMAN)
