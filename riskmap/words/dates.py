"""Days, months and periods in words, as officials write them in each language."""

from collections.abc import Callable
from datetime import date
from typing import Final

from riskmap.domain.vocabulary import Grain, Period, month_end
from riskmap.words.languages import language, locale
from riskmap.words.texts import t

# Name of a month by itself. In Kazakh the locale data write it with a capital, which is wrong inside a sentence; there
# both uses have one form.
_ALONE: Final = {"kk": "format", "ru": "stand-alone", "en": "stand-alone"}


def month_name(month: int, lang: str) -> str:
    """Name of a month, 1 to 12, standing by itself: "қазан", "октябрь", "October"."""
    return _month(month, lang, use=_ALONE[language(lang)])


def _month_of_day(month: int, lang: str) -> str:
    return _month(month, lang, use="format")


def _month(month: int, lang: str, *, use: str) -> str:
    return str(locale(lang).months[use]["wide"][month])


def day(moment: date, lang: str) -> str:
    """A day: "2022 жылғы 8 маусым", "8 июня 2022 года", "8 June 2022"."""
    month = _month_of_day(moment.month, lang)
    return t("format.day", lang, day=moment.day, month=month, year=moment.year)


def period(span: Period, lang: str) -> str:
    """A period of any grain: "2022 год", "III квартал 2022 года", "2022/23 учебный год", "январь–октябрь 2025 года"."""
    return _OF_GRAIN[span.grain](span, lang)


def _year(span: Period, lang: str) -> str:
    return t("format.period.year", lang, year=span.start.year)


def _part_of_year(span: Period, lang: str, *, part: str) -> str:
    return t("format.period.part_of_year", lang, part=t(part, lang), year=span.start.year)


def _quarter(span: Period, lang: str) -> str:
    return _part_of_year(span, lang, part=f"format.quarter.{(span.start.month + 2) // 3}")


def _half_year(span: Period, lang: str) -> str:
    return _part_of_year(span, lang, part=f"format.half_year.{1 if span.start.month == 1 else 2}")


def _school_year(span: Period, lang: str) -> str:
    return t("format.period.school_year", lang, years=_school_years(span.start.year))


def _three_years(span: Period, lang: str) -> str:
    first, last = span.start.year, span.end.year - 1
    return t("format.period.school_years", lang, first=_school_years(first), last=_school_years(last))


def _school_years(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02d}"


def _since(span: Period, lang: str) -> str:
    """Whole months where the period ends with one, days where it stops inside a month."""
    if span.end == month_end(span.end.year, span.end.month):
        return _months(span, lang)
    return _days(span, lang)


def _months(span: Period, lang: str) -> str:
    first, last = month_name(span.start.month, lang), month_name(span.end.month, lang)
    if span.start.year != span.end.year:
        years = {"first_year": span.start.year, "last_year": span.end.year}
        return t("format.period.months_of_two_years", lang, first=first, last=last, **years)
    if span.start.month == span.end.month:
        return t("format.period.month", lang, month=first, year=span.start.year)
    return t("format.period.months", lang, first=first, last=last, year=span.start.year)


def _days(span: Period, lang: str) -> str:
    days = {"first_day": span.start.day, "last_day": span.end.day, "year": span.start.year}
    months = {
        "first_month": _month_of_day(span.start.month, lang),
        "last_month": _month_of_day(span.end.month, lang),
    }
    if span.start.year != span.end.year:
        years = {"first_year": span.start.year, "last_year": span.end.year}
        return t("format.period.days_of_two_years", lang, **days, **months, **years)
    if span.start.month == span.end.month:
        return t("format.period.days_of_month", lang, **days, **months)
    return t("format.period.days", lang, **days, **months)


_OF_GRAIN: Final[dict[Grain, Callable[[Period, str], str]]] = {
    Grain.MONTH: _months,
    Grain.QUARTER: _quarter,
    Grain.HALF_YEAR: _half_year,
    Grain.YEAR: _year,
    Grain.SCHOOL_YEAR: _school_year,
    Grain.THREE_YEARS: _three_years,
    Grain.YTD: _since,
    Grain.SCHOOL_YTD: _since,
}
