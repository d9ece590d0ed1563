"""Areas as a spreadsheet writes them: by name and code, inside the region that the file is known to be of."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from etl.spreadsheet.words import LONGEST_LABEL
from etl.tidy.folding import bare, plain
from geo import names
from geo.areas import areas, resolve
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.vocabulary import LANGUAGES

_LOST: Final = re.compile(r"(?<=\w)[?\ufffd]|[?\ufffd](?=\w)|\ufffd")
_CODE: Final = re.compile(r"\d{9}(?:-R)?|\d{6}|\d{4}", re.IGNORECASE)
_SPOILT_CODE: Final = re.compile(r"\d(?:[.,]\d+)?E\+?\d+|\d{3}|\d{5}|\d{7,8}|\d{10,11}", re.IGNORECASE)
_OBSOLETE: Final = re.compile(r"^\W*(?:устар|ескирген|упраздн|оbsоlете|аbоlиsнеd)")
_CLEAN: Final = re.compile(r"\s*\(\d+\)$")  # a sheet that was copied
# Words that make a name in running text one of an area: without them people and streets would be areas too.
_TYPES: Final = re.compile(
    r"област|облыс|район|р-н|город|\bг\.|кала|аудан|region|district|oblast|city|province|rayon".replace(
        "region", plain("region")
    )
    .replace("district", plain("district"))
    .replace("oblast", plain("oblast"))
    .replace("city", plain("city"))
    .replace("province", plain("province"))
    .replace("rayon", plain("rayon"))
)
_ADDRESS: Final = re.compile(r"\b(?:ул|улица|пр|проспект|пр-т|мкр|дом|тел|кошеси|дангылы|каб|индекс)\b|@")
_LONGEST_NAME: Final = 5  # words


@dataclass(frozen=True, slots=True)
class Spot:
    """What a text says of an area: the area, or one of a level above, or why there is none; and what is only told."""

    area: Area | None = None
    above: Area | None = None
    fault: Problem | None = None
    notes: tuple[Problem, ...] = ()

    @property
    def is_place(self) -> bool:
        """Whether the text is an area at all, right or wrong."""
        return bool(self.area or self.above or (self.fault and self.fault.code not in ("A001", "A002")))


NOWHERE: Final = Spot(fault=Problem("A001"))


class Places:
    """Finds the areas of one file."""

    def __init__(self, level: str, names_here: Mapping[str, str]) -> None:
        self.level = AreaKind(level)
        self.region: Area | None = None
        self.on: date | None = None  # the day of the data, as far as it is one for the whole file
        self._names = {bare(name): area for name, area in names_here.items()}
        self._found: dict[tuple[str, str, date | None], Spot] = {}

    def find(self, text: str, *, on: date | None = None, within: str = "") -> Spot:
        """What a text says, as a name or a code; `within` is a region told beside it."""
        region = within or (self.region.id if self.region else "")
        key = (text, region, on)
        if key not in self._found:
            self._found[key] = self._look(_CLEAN.sub("", text) if len(text) <= LONGEST_LABEL else text, region, on)
        return self._found[key] if on or not self.on else self._then(text, region, self.on)

    def _then(self, text: str, region: str, on: date) -> Spot:
        """What a text of several meanings says on the day of the data."""
        spot = self._found[text, region, None]
        if spot.fault is None or spot.fault.code != "A003":
            return spot
        then = self.find(text, on=on, within=region)
        return then if then.area or then.above else spot

    def _look(self, text: str, region: str, on: date | None) -> Spot:
        if len(text) > LONGEST_LABEL:
            return NOWHERE
        named = self._names.get(bare(names.without_marks(text)))
        if named:
            return self._placed(areas()[named])
        if not any(character.isalpha() for character in text) and not _CODE.fullmatch(text.strip()):
            return NOWHERE
        if _OBSOLETE.search(plain(text)):
            return self._retired(text, on)
        if _LOST.search(text):
            return self._lost(text, region)
        spot = self._resolved(text, region, on)
        return replace(spot, notes=(*spot.notes, *_alphabets(text, spot))) if spot.area or spot.above else spot

    def _resolved(self, text: str, region: str, on: date | None) -> Spot:
        code = text.strip().lstrip("'").removesuffix(".0")
        inside = region if self.level is AreaKind.DISTRICT else ""
        level = None if self.level is AreaKind.DISTRICT else self.level
        found = resolve(text, region=inside or None, on=on, level=level)
        if isinstance(found, Area):
            notes = _former(code, found)
            return replace(self._placed(found), notes=notes)
        anywhere = resolve(text, on=on)
        if inside and inside in found.candidates and found.code == "A006":
            return Spot(above=areas()[inside])
        if isinstance(anywhere, Area) and self._is_above(anywhere):
            return Spot(above=anywhere)
        if found.code == "A002" and inside:
            others = (anywhere.id,) if isinstance(anywhere, Area) else anywhere.candidates
            is_known = isinstance(anywhere, Area) or anywhere.code == "A003"
            if is_known:
                return Spot(fault=Problem("L017", found=text, expected=inside, candidates=others))
        return Spot(fault=found)

    def _placed(self, area: Area) -> Spot:
        return Spot(above=area) if self._is_above(area) else Spot(area=area)

    def _is_above(self, area: Area) -> bool:
        order = (AreaKind.COUNTRY, AreaKind.REGION, AreaKind.DISTRICT)
        kind = AreaKind.DISTRICT if area.kind is AreaKind.REMAINDER else area.kind
        return order.index(kind) < order.index(self.level)

    def _retired(self, text: str, on: date | None) -> Spot:
        found = resolve(text, on=on)
        candidates = (found.id,) if isinstance(found, Area) else found.candidates
        return Spot(fault=Problem("A010", found=text, candidates=candidates))

    def _lost(self, text: str, region: str) -> Spot:
        pattern = re.compile(re.escape(plain(text)).replace(r"\?", ".").replace("\ufffd", "."))
        fitting = [area.id for area in self._here(region) if any(pattern.fullmatch(plain(n)) for n in _spellings(area))]
        code = "A012" if fitting or "\ufffd" in text or sum(c.isalpha() for c in text) > text.count("?") else "A002"
        return Spot(fault=Problem(code, found=text, candidates=tuple(fitting)))

    def _here(self, region: str) -> Iterator[Area]:
        for area in areas().values():
            kind = AreaKind.DISTRICT if area.kind is AreaKind.REMAINDER else area.kind
            if kind is self.level and (not region or self.level is not AreaKind.DISTRICT or area.parent == region):
                yield area

    def code(self, text: str, *, on: date | None = None) -> Spot:
        """What the cell of a column of codes says."""
        compact = "".join(text.split()).lstrip("'").removesuffix(".0")
        if _CODE.fullmatch(compact):
            return self.find(compact, on=on)
        if _SPOILT_CODE.fullmatch(compact):
            return Spot(fault=Problem("A014", found=text))
        return Spot(fault=Problem("A009", found=text))

    def in_text(self, text: str, *, on: date | None = None) -> list[Area]:
        """Areas of the level that running text names with the word for their type."""
        if len(text) > LONGEST_LABEL or _ADDRESS.search(plain(text)):
            return []
        words = re.findall(r"[^\W\d_]+(?:[-.][^\W\d_]*)*\.?", text)
        found: dict[str, Area] = {}
        covered = 0
        for start in range(len(words)):
            for end in range(min(len(words), start + _LONGEST_NAME), max(start, covered), -1):
                phrase = " ".join(words[start:end])
                spot = self.find(phrase, on=on) if end - start > 1 and _TYPES.search(plain(phrase)) else NOWHERE
                if spot.area:
                    found[spot.area.id] = spot.area
                    covered = end
                    break
        return list(found.values())


def _spellings(area: Area) -> Iterator[str]:
    for language in LANGUAGES:
        yield area.name(language)
        yield area.name(language, short=True)


def _former(code: str, area: Area) -> tuple[Problem, ...]:
    is_former = len(code) == 9 and code.isdigit() and code != area.id
    return (Problem("A013", found=code, expected=area.id, candidates=(area.id,)),) if is_former else ()


def _alphabets(text: str, spot: Spot) -> Iterable[Problem]:
    area = spot.area or spot.above
    for word in re.findall(r"[^\W\d_]+", text):
        latin = any("a" <= letter.casefold() <= "z" for letter in word)
        cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in word)
        if latin and cyrillic:
            yield Problem("A011", found=text, candidates=(area.id,) if area else (), severity=Severity.NOTE)
            return
