"""Periods as people print them, in Kazakh, Russian and English: what a text says, never more."""

import re
from calendar import month_abbr, month_name
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from etl.spreadsheet.words import LONGEST_LABEL
from etl.tidy.folding import plain
from riskmap.domain.vocabulary import Grain, Period, month_end, parse_period, year_period

_REMEMBERED: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class Mention:
    """A period as far as a text tells it: months from `first` to `last`; `year` is None where another place has it.

    Of a school year `year` is the one it begins in.
    """

    grain: Grain
    first: int = 1
    last: int = 12
    year: int | None = None

    def holds(self, other: "Mention") -> bool:
        """Whether the other one may lie inside this one."""
        is_school = Grain.SCHOOL_YEAR in (self.grain, other.grain)
        if self.year is not None and other.year is not None and self.year != other.year:
            return False
        return self.grain is other.grain if is_school else self.first <= other.first and other.last <= self.last

    def within(self, year: int | None) -> "Mention":
        """The same in a year, where it told none itself."""
        return self if self.year is not None else Mention(self.grain, self.first, self.last, year)

    @property
    def period(self) -> Period | None:
        """The period, or None without a year."""
        if self.year is None:
            return None
        if self.grain is Grain.SCHOOL_YEAR:
            return Period(date(self.year, 9, 1), date(self.year + 1, 8, 31), self.grain)
        if self.grain is Grain.YEAR:
            return year_period(self.year)
        return Period(date(self.year, self.first, 1), month_end(self.year, self.last), self.grain)


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says of periods: each one once, what is left of the text, and whether it is a day of a month."""

    mentions: tuple[Mention, ...] = ()
    rest: str = ""
    is_day: bool = False

    @property
    def is_only(self) -> bool:
        """Whether the text is a period and nothing else."""
        return len(self.mentions) == 1 and not self.rest and not self.is_day


_LATIN_WEAK: Final = ("may", "march")  # English words of other meanings
_MONTHS: Final = (
    ("январь января январе", "қаңтар", "янв"),
    ("февраль февраля феврале", "ақпан", "фев февр ақп"),
    ("март марта марте", "наурыз", "мар"),
    ("апрель апреля апреле", "сәуір", "апр сәу"),
    ("май мая мае", "мамыр", "мам"),
    ("июнь июня июне", "маусым", "июн"),
    ("июль июля июле", "шілде", "июл шіл"),
    ("август августа августе", "тамыз", "авг"),
    ("сентябрь сентября сентябре", "қыркүйек", "сен сент қыр"),
    ("октябрь октября октябре", "қазан", "окт қаз"),
    ("ноябрь ноября ноябре", "қараша", "ноя нояб"),
    ("декабрь декабря декабре", "желтоқсан", "дек"),
)
_KAZAKH_ENDINGS: Final = "(?:ы|дан|ден|тан|тен|да|де|та|те|дагы|деги|тагы|теги|дын|дин|тын|тин|нын|нин|га|ге|ка|ке)?"


def _forms() -> tuple[dict[str, int], dict[str, int]]:
    """Folded names of the months, and those that count only beside a year or alone in their cell."""
    strong: dict[str, int] = {}
    weak: dict[str, int] = {}
    for number, (russian, kazakh, short) in enumerate(_MONTHS, start=1):
        english = month_name[number].casefold()
        strong.update(dict.fromkeys(map(plain, [*russian.split(), kazakh]), number))
        (weak if english in _LATIN_WEAK else strong)[plain(english)] = number
        weak.update(dict.fromkeys(map(plain, [*short.split(), month_abbr[number].casefold()]), number))
    weak[plain("sept")] = 9
    return strong, {form: number for form, number in weak.items() if form not in strong}


_STRONG, _WEAK = _forms()
_BY_FORM: Final = {**_WEAK, **_STRONG}
_KAZAKH: Final = {plain(kazakh) for _, kazakh, _ in _MONTHS}
_NO_LETTER: Final = (r"(?<![^\W\d_])", r"(?![^\W\d_])")


def _named(forms: Iterable[str], group: str) -> str:
    parts = [form + (_KAZAKH_ENDINGS if form in _KAZAKH else "") for form in sorted(forms, key=len, reverse=True)]
    return rf"{_NO_LETTER[0]}(?P<{group}>{'|'.join(parts)}){_NO_LETTER[1]}\.?"


def _month_of(text: str) -> int:
    form = max((form for form in _BY_FORM if text.startswith(form)), key=len)
    return _BY_FORM[form]


def _one_of(*words: str) -> str:
    return f"(?:{'|'.join(map(plain, words))})"


_DASH: Final = r"\s*(?:-|/|\bпо\b|\bто\b|\bдейин\b)\s*"
_NOTES: Final = r"(?:\s?\d{1,2}\)|\s?\*+)*"
_YEAR: Final = rf"(?<!\d)(?P<year>(?:19|20)\d\d)(?:\.0)?(?:(?=\d{{1,2}}\)){_NOTES}|(?!\d))"
_YEAR_WORD: Final = (
    r"(?:\s*-?\s*(?:года|году|годы|год|гг|г|жылгы|жылдын|жылда|жылы|жыл|ж|уеаrs?)(?![^\W\d_])\.?)?" + _NOTES
)
_WITH_YEAR: Final = _YEAR + _YEAR_WORD
_MONTH_WORD: Final = r"(?:\s*(?:айы|айында|айынын|ай|месяц|моntн)\b)?"
_ORDINALS: Final = {
    **dict.fromkeys(map(plain, ("1", "I", "1-й", "1-ші", "I-ші", "первый", "первое", "бірінші", "first", "1st")), 1),
    **dict.fromkeys(map(plain, ("2", "II", "2-й", "2-ші", "II-ші", "второй", "второе", "екінші", "second", "2nd")), 2),
    **dict.fromkeys(map(plain, ("3", "III", "3-й", "3-ші", "III-ші", "третий", "үшінші", "third", "3rd")), 3),
    **dict.fromkeys(map(plain, ("4", "IV", "4-й", "4-ші", "IV-ші", "четвертый", "төртінші", "fourth", "4th")), 4),
}
_ORDINAL: Final = "|".join(map(re.escape, sorted(_ORDINALS, key=len, reverse=True)))
_QUARTER_WORD: Final = _one_of("кварталы", "квартала", "квартале", "квартал", "кв", "тоқсаны", "тоқсан", "quarter")
_HALF_WORD: Final = _one_of(
    "полугодия",
    "полугодие",
    "полугодии",
    "жартыжылдығы",
    "жартыжылдық",
    "жарты жылдық",
    "half-year",
    "half year",
    "half",
)
_MONTHS_WORD: Final = _one_of("месяцев", "месяца", "месяц", "мес", "айда", "айы", "ай", "months", "month")
_SCHOOL_WORD: Final = _one_of(
    "учебный год",
    "учебного года",
    "учебном году",
    "уч. год",
    "уч.год",
    "уч. г",
    "оқу жылы",
    "оқу жылында",
    "school year",
    "academic year",
)

_STRONG_MONTH: Final = _named(_STRONG, "month")
_ANY_MONTH: Final = _named(_BY_FORM, "month")
_FROM, _TO = _named(_BY_FORM, "since"), _named(_BY_FORM, "until")

_DATES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)\d{1,2}[./]\d{1,2}[./](?:19|20)?\d\d(?!\d)(?:\s*(?:года|г|ж)\b\.?)?",
        r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)(?:т[\d:.]+)?",
        r"(?<!\d)\d{1,2}-\d{1,2}-(?:19|20)\d\d(?!\d)",
        rf"(?<!\d)[\"«»“”_ ]*\d{{1,2}}[\"«»“”_ ]*\s+{_ANY_MONTH}\s+{_WITH_YEAR}",
        rf"[\"«“][_ ]*[\"»”][_ ]*{_WITH_YEAR}",
        rf"{_WITH_YEAR}\s+\d{{1,2}}\s+{_ANY_MONTH}",
        rf"{_ANY_MONTH}\s+\d{{1,2}}\s*,\s*{_WITH_YEAR}",
    )
)
_DAY: Final = re.compile(
    rf"\d{{1,2}}\s?[. -]\s?{_ANY_MONTH}|{_named(_BY_FORM, 'before')}\s?[.-]?\s?\d\d|\d{{1,2}}\.\d{{1,2}}\.?"
)
_ISO_DAY: Final = re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?:т[0:.]+)?")


def _year(match: re.Match[str]) -> int | None:
    found = match.groupdict().get("year")
    return int(found) if found else None


def _span(match: re.Match[str]) -> Iterator[Mention]:
    first, last = _month_of(match["since"]), _month_of(match["until"])
    grain = _GRAIN_OF_SPAN.get((first, last), Grain.YTD if first == 1 and last > 1 else None)
    if first == last:
        grain = Grain.MONTH
    if grain:
        yield Mention(grain, first, last, _year(match))


_GRAIN_OF_SPAN: Final = {
    (1, 12): Grain.YEAR,
    (7, 12): Grain.HALF_YEAR,
    (4, 6): Grain.QUARTER,
    (7, 9): Grain.QUARTER,
    (10, 12): Grain.QUARTER,
}


def _school(match: re.Match[str]) -> Iterator[Mention]:
    year, following = int(match["year"]), match["next"]
    if int(following[-2:]) == (year + 1) % 100 and (len(following) == 2 or int(following) == year + 1):
        yield Mention(Grain.SCHOOL_YEAR, year=year)
        if len(following) == 2 and int(following) <= 12 and "/" in match[0] and not match["word"]:
            yield Mention(Grain.MONTH, int(following), int(following), year)  # 2011/12: nobody can tell


def _part(grain: Grain, months: int) -> Callable[[re.Match[str]], Iterator[Mention]]:
    def found(match: re.Match[str]) -> Iterator[Mention]:
        number = _ORDINALS[match["part"]]
        if number * months <= 12:
            yield Mention(grain, (number - 1) * months + 1, number * months, _year(match))

    return found


def _months(match: re.Match[str]) -> Iterator[Mention]:
    number = int(match["count"])
    if number == 12:
        yield Mention(Grain.YEAR, year=_year(match))
    elif 1 < number < 12:
        yield Mention(Grain.YTD, 1, number, _year(match))


def _month(match: re.Match[str]) -> Iterator[Mention]:
    number = int(match["month"]) if match["month"].isdigit() else _month_of(match["month"])
    yield Mention(Grain.MONTH, number, number, _year(match))


def _whole_year(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention(Grain.YEAR, year=_year(match))


_AND_YEAR: Final = rf"(?:[\s,_]*{_WITH_YEAR})?"
_READERS: Final = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (rf"(?<!\d)(?P<year>20\d\d)\s*(?:/\s*(?P<next>(?:20)?\d\d)(?!\d)(?:\s*(?P<word>{_SCHOOL_WORD})\.?)?)", _school),
        (rf"(?<!\d)(?P<year>20\d\d)\s*-\s*(?P<next>(?:20)?\d\d)(?!\d)\s*(?P<word>{_SCHOOL_WORD})\.?", _school),
        (rf"{_WITH_YEAR}\s*{_FROM}{_DASH}{_TO}", _span),
        (rf"{_FROM}\s*{_WITH_YEAR}{_DASH}{_TO}\s*(?P=year){_YEAR_WORD}", _span),
        (rf"{_FROM}{_DASH}{_TO}{_AND_YEAR}", _span),
        (rf"{_WITH_YEAR}[\s,]*(?<![\w])(?P<part>{_ORDINAL})[\s-]*{_QUARTER_WORD}\b\.?", _part(Grain.QUARTER, 3)),
        (rf"(?<![\w])(?P<part>{_ORDINAL})[\s-]*{_QUARTER_WORD}\b\.?{_AND_YEAR}", _part(Grain.QUARTER, 3)),
        (rf"(?<!\w)q(?P<part>[1-4])\b{_AND_YEAR}", _part(Grain.QUARTER, 3)),
        (rf"{_WITH_YEAR}[\s-]*q(?P<part>[1-4])\b", _part(Grain.QUARTER, 3)),
        (rf"{_WITH_YEAR}[\s,]*(?<![\w])(?P<part>{_ORDINAL})[\s-]*{_HALF_WORD}\b", _part(Grain.HALF_YEAR, 6)),
        (rf"(?<![\w])(?P<part>{_ORDINAL})[\s-]*{_HALF_WORD}\b{_AND_YEAR}", _part(Grain.HALF_YEAR, 6)),
        (rf"{_WITH_YEAR}[\s-]*{plain('h')}(?P<part>[12])\b", _part(Grain.HALF_YEAR, 6)),
        (rf"{_WITH_YEAR}[\s,]*(?<!\d)(?P<count>\d{{1,2}})[\s-]*{_MONTHS_WORD}\b\.?", _months),
        (rf"(?<![\d.])(?P<count>\d{{1,2}})[\s-]*{_MONTHS_WORD}\b\.?{_AND_YEAR}", _months),
        (r"(?<![\d.])(?P<month>0?[1-9]|1[0-2])[./-](?P<year>(?:19|20)\d\d)(?!\d)(?:\s*(?:г|ж|года|жыл)\b\.?)?", _month),
        (r"(?<!\d)(?P<year>(?:19|20)\d\d)[./-](?P<month>0[1-9]|1[0-2])(?![\d])", _month),
        (rf"{_WITH_YEAR}[\s,.-]*{_ANY_MONTH}{_MONTH_WORD}", _month),
        (rf"{_ANY_MONTH}{_MONTH_WORD}[\s,-]*{_WITH_YEAR}", _month),
        (rf"{_STRONG_MONTH}{_MONTH_WORD}", _month),
        (_WITH_YEAR, _whole_year),
    )
)
_WHOLE_MONTH: Final = re.compile(rf"{_ANY_MONTH}{_MONTH_WORD}")
_FILLER: Final = _one_of(
    "за",
    "на",
    "в",
    "год",
    "года",
    "году",
    "годы",
    "г",
    "гг",
    "жыл",
    "жылы",
    "ж",
    "айы",
    "месяц",
    "ай",
    "период",
    "по",
    "of",
    "for",
    "in",
    "с",
    "from",
    "айлары",
    "бастап",
    "the",
    "year",
    "month",
    "бойынша",
    "үшін",
    "кезең",
)
_FILLERS: Final = re.compile(rf"\b{_FILLER}\b")


@lru_cache(maxsize=_REMEMBERED)
def read_periods(text: str) -> Said:
    """Every period that a text speaks of; days, as of an order or a signature, are none."""
    if len(text) > LONGEST_LABEL:
        return Said(rest=plain(text))
    dashes = re.sub(r"[‐‑‒–—−]", "-", _without_superscripts(text))
    folded = plain(re.sub(r"(?<=\d)_(?=\d)", "-", dashes).replace("_", " "))
    if not any(character.isdigit() for character in folded) and not any(form in folded for form in _BY_FORM):
        return Said(rest=folded)
    code = parse_period(text.strip())
    if code and code.grain in (Grain.YTD, Grain.HALF_YEAR, Grain.QUARTER) and code.end.day >= 28:
        return Said((Mention(code.grain, code.start.month, code.end.month, code.start.year),))
    day = _ISO_DAY.fullmatch(folded)
    if day and day["day"] == "01":
        return Said((Mention(Grain.MONTH, int(day["month"]), int(day["month"]), int(day["year"])),))
    if day or _DAY.fullmatch(folded) or any(pattern.fullmatch(folded) for pattern in _DATES):
        return Said(rest=folded, is_day=True)
    for pattern in _DATES:
        folded = pattern.sub(" ; ", folded)
    return _scan(folded)


def _scan(folded: str) -> Said:
    found: list[Mention] = []
    whole = _WHOLE_MONTH.fullmatch(folded)
    if whole:
        return Said(tuple(_month(whole)))
    for pattern, reader in _READERS:
        for match in pattern.finditer(folded):
            told = list(reader(match))
            found.extend(told)
            if told:
                folded = folded[: match.start()] + " " * (match.end() - match.start()) + folded[match.end() :]
    rest = _FILLERS.sub(" ", folded)
    return Said(tuple(_joined(found)), re.sub(r"^[\W_]+|[\W_]+$", "", re.sub(r"\s+", " ", rest)))


def _joined(found: list[Mention]) -> list[Mention]:
    """Each once; months told beside one year are months of that year."""
    years = {mention.year for mention in found if mention.grain is Grain.YEAR and mention.year}
    without = [mention for mention in found if mention.year is None]
    if len(years) == 1 and without:
        year = years.pop()
        found = [mention.within(year) for mention in found if mention.grain is not Grain.YEAR or mention.year is None]
    return list(dict.fromkeys(found))


def _without_superscripts(text: str) -> str:
    return re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]+", " ", text)


def narrowed(mentions: Iterable[Mention]) -> Mention | None:
    """The one period that all agree on, the narrowest with its year from another; None where they disagree."""
    found = list(dict.fromkeys(mentions))
    if not found:
        return None
    years = {mention.year for mention in found if mention.year is not None}
    inner = min(found, key=lambda mention: (mention.last - mention.first, mention.year is None))
    if len(years) > 1 or not all(mention.holds(inner) for mention in found):
        return None
    return inner.within(years.pop() if years else None)
