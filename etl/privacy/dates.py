"""Birth dates: said to be such in a text, or a column of days that lie as birth dates do."""

import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from etl.privacy.names import holds_any

# One of these stands in every text that says so.
_SAID: Final = ("рожд", "родил", "туған", "туыл", "born", "birth", "dob", "г.р", "г. р", "г/р", "д.р", "ж.т", "ж. т")
_MONTHS: Final = (
    r"(?:январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр|қаңтар|ақпан|наурыз|сәуір|мамыр"
    r"|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
)
_DAY: Final = (
    r"(?:(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)|\d{4}[./-]\d{1,2}[./-]\d{1,2})(?!\d)"
    rf"|\d{{1,2}}[\s-]+{_MONTHS},?\s+\d{{4}}|{_MONTHS}\s+\d{{1,2}},?\s+\d{{4}}|\d{{4}}\s+(?:жылғы|ж\.)\s+\d{{1,2}}[\s-]+{_MONTHS})"
)
_YEAR: Final = r"(?:\s*(?:жылы|жылғы|жыл|года|год|г\.?|ж\.?))?"
_BIRTH: Final = re.compile(
    rf"(?:{_DAY}[\s,]*(?:г\.\s?р\b|г/р|{_YEAR}[\s,]*(?:рожд\w*|р\.(?!\w)|туған|туылған|т\.(?!\w)))"
    rf"|(?:\b(?:рожд(?:\.|ения)?|родил(?:ся|ась)|д\.\s?р\.?|г\.\s?р\.?|ж\.\s?т\.?|туған(?:\s+күні)?|туылған(?:\s+күні)?|dob"
    rf"|born(?:\s+on)?|birth(?:\s?date)?|date\s+of\s+birth)|рожд\.)[\s:;,–(-]*{_DAY})",
    re.IGNORECASE,
)
_NUMERIC: Final = re.compile(
    r"(?:(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4})|(?P<Y>\d{4})[./-](?P<M>\d{1,2})[./-](?P<D>\d{1,2}))"
    r"(?:[ T]00:00(?::00(?:\.0+)?Z?)?)?(?:\s*(?:г|ж)\.?)?"
)
_FEWEST: Final = 3
_OLDEST: Final = 80 * 365.25  # days


def birth_date(text: str) -> tuple[int, int] | None:
    """Where a text tells the day on which somebody was born; the year alone is none."""
    found = _BIRTH.search(text) if holds_any(text.casefold(), _SAID) else None
    return found.span() if found else None


def day(text: str) -> date | None:
    """The day that a text consists of, or None."""
    found = _NUMERIC.fullmatch(text.strip()) if 8 <= len(text) <= 30 else None
    if not found:
        return None
    year, month, day_ = (int(found[a] or found[b]) for a, b in (("y", "Y"), ("m", "M"), ("d", "D")))
    try:
        return date(year, month, day_)
    except ValueError:
        return None


def are_birth_dates(days: Collection[date]) -> bool:
    """Whether the different days of a column lie as birth dates do: the last eighty years, and not as periods do."""
    today = date.today()
    lived = {each for each in days if 0 <= (today - each).days <= _OLDEST}
    inner = [each for each in lived if each.day != 1 and (each + timedelta(days=1)).day != 1]
    return len(lived) >= _FEWEST and len(inner) * 2 > len(lived)
