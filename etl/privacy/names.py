"""Names of persons in a text: capitalised words beside a patronymic, and surnames with two initials."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’ʼʻ`][^\W\d_]+)*")
_INNER: Final = re.compile(r"[-'’ʼʻ`]")
_GAP: Final = re.compile(r"[\s_]{1,3}")
# Parts of every patronymic: hardly any text of a table has one, so that all others are done with at once.
_MARKS: Final = (
    *("вич", "овн", "евн", "ич", "ұлы", "улы", "қызы", "кызы", "гызы", "гизы", "кизи", "қизи", "оглы", "оғлы", "угли"),
    *("ўғли", "vich", "vitch", "vych", "vytch", "ovna", "evna", "ich", "uly", "ulı", "ūly", "ūlı", "ұly", "zy", "zi"),
    *("zı", "ogl", "oğl", "o'g", "o’g", "oʻg", "o‘g", "o`g"),
)
_KAZAKH_CASES = "(?:ның|нің|на|ға|н|нан|мен)?"
_OF_A: Final = "(?:никит|савв|фок|ильин|кузьмин|лукин|фомин)"  # the fathers Никита, Илья, ...
_SURE: Final = (
    r"\w{2,}[ое]вич(?:а|у|ем|ом|е)?",
    r"\w{2,}[ое]вн(?:а|ы|е|у|ой|ою)",
    rf"\w{{3,}}(?:[ұу]лы|[кқ]ызы){_KAZAKH_CASES}",
    r"\w{2,}[oe]v[iy]t?ch",
    r"\w{2,}[oe]vna",
    r"\w{3,}(?:[uūұ]l[yı]|[kqg][yiı]z[yiı])",
)
_OTHERS: Final = (
    r"\w{3,}ич",
    r"(?:иль|кузьм|лук|фом|никит|савв|фок)ич(?:а|у|ем|ом|е)",
    rf"{_OF_A}ичн(?:а|ы|е|у|ой|ою)",
    r"\w{2,}инична",
    r"\w{3,}(?:г[ыи]зы|[кқ]из[иы]|оглы|оғлы|угли|ўғли)",
    r"(?:il|ily|kuzm|luk|fom|nikit|savv)ich",
    r"\w{2,}inichna|(?:nikit|savv)ichna",
    r"\w{3,}(?:ogl[yiu]|oğlu)",
)
_SURE_PATRONYMIC: Final = re.compile("|".join(_SURE))
_PATRONYMIC: Final = re.compile("|".join(_SURE + _OTHERS))
# Words of the language and of the map that end like a patronymic.
_ORDINARY: Final = re.compile(
    r"""
    (?:\w*(?:слов|кров|духов|верхов|услов|голов|церков|любов|основ|готов|толков|остров|дне|душе|плаче)
      |(?:не)?вино|(?:не|по|в|у)?ро|сано|часо|чино|грехо|жаро|колдо|гне|дре|дере|царе|короле|харче|коче|напе)
      в?н(?:а|ы|е|у|ой|ою)
    | кирпич | паралич | москвич | кулич | углич | галич | магарич | клич | томич | омич | костромич
    | (?:един|клин|цин)ична
    | (?:қар|сана|байла|қама|сақта|айыпта|та|да|жа|акк|аққ)улы\w* | unruly | akkuly | aqquly
    """,
    re.VERBOSE,
)
_LETTERS: Final = tuple("чауемыюийіңнhaiyıu")  # the last ones of all of them
_OWN_WORDS: Final = re.compile(
    rf"(?:ұлы|улы|қызы|кызы){_KAZAKH_CASES}|гызы|оглы|оғлы|кизи|қизи|угли|ўғли|u?ūly|uly|kyzy|qyzy|ogl[yiu]|oğlu|[qk]izi"
)
_SURNAME: Final = r"[^\W\d_]{2,}(?:-[^\W\d_]{2,})?"
_INITIALS: Final = r"[^\W\d_]\.\s?[^\W\d_]\."
# "Р. Б. Майлина" is a district.
_INITIALLED: Final = re.compile(
    rf"(?:\d+[.)]?\s+)?(?:({_SURNAME}),?\s*({_INITIALS}?)|(?!Р\.\s)({_INITIALS})\s*({_SURNAME}))"
)
_ADMINISTRATIONS: Final = frozenset({"Г.А", "Қ.Ә", "C.A", "С.А"})  # of cities, in a list of areas


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where names with a patronymic stand in a text: first and last place of each."""
    if not holds_any(text.casefold(), _MARKS):
        return
    words = list(_WORD.finditer(text))
    for position, word in enumerate(words):
        low = _INNER.sub("", word.group().casefold())
        if not low.endswith(_LETTERS):
            continue
        if _PATRONYMIC.fullmatch(low) and not _ORDINARY.fullmatch(low):
            span = _beside(text, words, position, position)
        elif position and _OWN_WORDS.fullmatch(low) and _is_son_of(text, words, position):
            span = _beside(text, words, position - 1, position)
        else:
            continue
        if span:
            yield span
    if _is_low_name(text, words):
        yield words[0].start(), words[-1].end()


def holds_any(text: str, parts: Sequence[str]) -> bool:
    """Whether a text holds one of several parts; it is asked of every text, and this is the quickest way."""
    for part in parts:  # noqa: SIM110
        if part in text:
            return True
    return False


def _beside(text: str, words: Sequence[re.Match[str]], first: int, last: int) -> tuple[int, int] | None:
    """The patronymic with up to two capitalised words on either side; nothing where there is none."""
    if not (_is_capitalised(words[first].group())):
        return None
    start, end = first, last
    while start > max(first - 2, 0) and _touches(text, words[start - 1], words[start], words[start - 1]):
        start -= 1
    while end < min(last + 2, len(words) - 1) and _touches(text, words[end], words[end + 1], words[end + 1]):
        end += 1
    return None if (start, end) == (first, last) else (words[start].start(), words[end].end())


def _touches(text: str, left: re.Match[str], right: re.Match[str], added: re.Match[str]) -> bool:
    between = text[left.end() : right.start()]
    return _GAP.fullmatch(between) is not None and _is_capitalised(added.group())


def _is_capitalised(word: str) -> bool:
    return len(word) > 1 and word[0].isupper()


def _is_son_of(text: str, words: Sequence[re.Match[str]], position: int) -> bool:
    """Whether `ұлы` or the like after a name is meant as son of, and not as the Kazakh word for great."""
    word, father = words[position], words[position - 1]
    if not _touches(text, father, word, father):
        return False
    if word.group().islower():
        return True
    # In capitals both look the same: a name ends with it.
    return position > 1 and (position == len(words) - 1 or not _touches(text, word, words[position + 1], father))


def _is_low_name(text: str, words: Sequence[re.Match[str]]) -> bool:
    """Whether a text is nothing but a name of three words in small letters."""
    bare = text.strip().replace("_", " ").split()
    return (
        len(bare) == len(words) == 3
        and [word.group() for word in words] == bare
        and all(word.islower() for word in bare)
        and any(map(is_patronymic, bare))
    )


def is_initialled(text: str) -> bool:
    """Whether a text is a surname with two initials and nothing else: one signs, several are a list."""
    found = _INITIALLED.fullmatch(text.strip())
    if not found:
        return False
    surname, initials = found[1] or found[4], found[2] or found[3]
    upright = initials.replace(" ", "")
    return surname[0].isupper() and upright.isupper() and upright.rstrip(".") not in _ADMINISTRATIONS


def is_patronymic(text: str) -> bool:
    """Whether a text is a patronymic alone, as in a column of its own."""
    low = _INNER.sub("", text.strip().casefold())
    return bool(_SURE_PATRONYMIC.fullmatch(low)) and not _ORDINARY.fullmatch(low)
