"""The areas of Kazakhstan and the way from any spelling or code in a file to one of them, or to a Problem.

Nothing is guessed: a text that fits several areas, an area of another level, or one that did not exist on the day is
a Problem. In such a Problem `found` is the text and `expected` is what was searched: the id of a region, a level, the
id of the country; for A004 the days on which the area was there, `2022-06-08/..` (open to one side).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Final

from geo import names
from geo.register import REMAINDER_NAMES, REMAINDER_SUFFIX, Use, current_register
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import Problem, WrongUsage
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, day_before

# More than every spelling of a national file of every month of a year.
_REMEMBERED: Final = 1 << 15
_MOST_CANDIDATES: Final = 5
_LONGEST_NAME: Final = 6
_TRANSLITERATED: Final = "transliterated"
# The whole code or its first two or three parts. The two digits of a region alone are refused: lists number their rows.
_CODE: Final = re.compile(r"(\d{9}|\d{6}|\d{4})(?:\.0+)?")
_ID: Final = re.compile(rf"\d{{9}}{REMAINDER_SUFFIX}")
# A number with its word for year: the г. of `2022 г. Алматы` says nothing about the city.
_NUMBER: Final = re.compile(r"\d+\s*-?\s*(?:гг?|года?|году|ж|жыл|жылы)?\b\.?", re.IGNORECASE)


def areas() -> Mapping[str, Area]:
    """Every area by id: the country, regions, districts and the remainder of each region.

    An abolished unit stays here with the day on which it ended: its figures go on being its own. An id of a build that
    was made under other tables can be asked for too (see `Areas`).
    """
    return current_register().areas


def regions() -> tuple[Area, ...]:
    """The regions, oblasts and cities of republican significance, by code."""
    return children(COUNTRY)


def districts_of(region: str) -> tuple[Area, ...]:
    """The districts and cities of a region, by code, without its remainder."""
    return tuple(area for area in children(region) if area.kind is AreaKind.DISTRICT)


def children(area: str) -> tuple[Area, ...]:
    """The areas of today one level below, by id: of a region its districts and last its remainder."""
    if area not in areas():
        raise WrongUsage(detail=area)
    return _children().get(area, ())


@cache
def _children() -> dict[str, tuple[Area, ...]]:
    found: dict[str, tuple[Area, ...]] = {}
    for area in sorted(areas().values(), key=lambda area: (area.kind is AreaKind.REMAINDER, area.id)):
        if area.exists(None):
            found[area.parent] = (*found.get(area.parent, ()), area)
    return found


def renumbered() -> Mapping[str, str]:
    """Ids that are none today, of units that have got another code, to their id of today, remainders included."""
    register = current_register()
    moved = {code: uses[-1].area for code, uses in register.uses.items() if code not in register.areas}
    of_regions = {code: area for code, area in moved.items() if areas()[area].kind is AreaKind.REGION}
    return moved | {f"{code}{REMAINDER_SUFFIX}": f"{area}{REMAINDER_SUFFIX}" for code, area in of_regions.items()}


def region_then(area: str, *, on: date) -> str:
    """The code of the region that held a district on that day; it may be that of a region which is no more."""
    return current_register().region_then(area, on)


def foundings() -> tuple[tuple[str, str, date], ...]:
    """Each area that was cut out of another one: its id, the id of the other, the day; in order of days."""
    return tuple((c.new, c.old, c.day) for c in current_register().changes if c.kind == "split")


def successor(code: str, *, on: date) -> tuple[Area, ...]:
    """The areas of today that a KATO code stood for on that day: one, several for an abolished unit, or none."""
    ids = [use.area for use in current_register().uses.get(code, ()) if use.holds(on) and areas()[use.area].exists(on)]
    if not ids and (heirs := _vanished().get(code)):
        ids = [heir.area for heir in heirs if heir.since and on < heir.since]
    return tuple(areas()[area_id] for area_id in ids)


def resolve(
    text: str, *, region: str | None = None, on: date | None = None, level: AreaKind | None = None
) -> Area | Problem:
    """The one area a name or KATO code stands for, or the Problem that says why there is none.

    `region` narrows to the districts and the remainder of a region, `level` to one kind of area. `on` is a day of the
    data: it decides between meanings of a code and of a name that changed hands, and refuses an area that did not
    exist. Without it names are read as of today, and a code that changed its meaning (191000000) fits two areas.
    """
    return _resolve(text, region, on, level)


@dataclass(frozen=True, slots=True)
class Search:
    """Where and for which day a text is looked up."""

    region: str | None = None
    on: date | None = None
    level: AreaKind | None = None

    @property
    def scope(self) -> str:
        """What is searched, as `expected` of a Problem: the region, else the level, else the country."""
        return self.region or str(self.level or COUNTRY)

    def holds(self, area: Area) -> bool:
        """Whether the area is of the level and, today or on the day, in the region searched."""
        if self.level not in (None, area.kind):
            return False
        return self.region is None or self.region in (area.parent, current_register().region_then(area.id, self.on))


@lru_cache(maxsize=_REMEMBERED)
def _resolve(text: str, region: str | None, on: date | None, level: AreaKind | None) -> Area | Problem:
    if region is not None and (region not in areas() or areas()[region].kind is not AreaKind.REGION):
        raise WrongUsage(detail=region)
    search = Search(region, on, level)
    plain = text.strip().lstrip("'").strip()
    if not any(letter.isalnum() for letter in plain):
        return Problem("A001", expected=search.scope)
    compact = re.sub(r"\s", "", plain)
    if match := _CODE.fullmatch(compact):
        return _by_code(text, match[1], search)
    if _ID.fullmatch(compact):
        return _decide(text, {compact} & areas().keys(), search)
    return _by_name(text, search)


def _by_code(text: str, digits: str, search: Search) -> Area | Problem:
    """A district may be given by the first four or six digits: 7111 and 711110 are 711110000."""
    register = current_register()
    code = _full_codes().get(digits, digits)
    if code in _vanished():
        return _gone(text, _vanished()[code])
    uses = register.uses.get(code, ())
    if not uses:
        near = [area_id for length in (4, 2) for area_id in areas() if area_id[:length] == digits[:length]]
        return Problem("A002", found=text, expected=search.scope, candidates=tuple(near[:1]))
    if search.on is None:
        return _decide(text, {use.area for use in uses}, search)
    on = search.on
    # Today's code is understood for days before it was given too: the history of a unit stands under it.
    fitting = [use for use in uses if use.holds(on)] or [use for use in uses if use.until is None]
    if not fitting:
        last_day = day_before(max(use.until for use in uses if use.until))
        return _problem("A004", text, f"../{last_day}", {i for use in uses for i in register.heirs(use.area)})
    return _decide(text, {use.area for use in fitting}, search)


@cache
def _full_codes() -> dict[str, str]:
    """The first four and the first six digits of every code of a district, today's or older, to the whole code."""
    upper = {COUNTRY, *(area.id for area in regions())}
    districts = [code for code in current_register().uses if code.isdigit() and code not in upper]
    return {code[:length]: code for code in districts for length in (4, 6)}


def _by_name(text: str, search: Search) -> Area | Problem:
    unmarked = names.without_marks(text)
    found, is_obsolete = names.without_obsolete_mark(names.words(unmarked))
    if any(letter.isdigit() for letter in unmarked):
        return _unknown(text, found, search)
    codes = _codes(names.readings(found), search)
    if is_obsolete:
        ids = _ids(codes)
        return _problem("A004", text, "", {i for i in ids if search.region in _all_parents(i)} or ids)
    return _decide(text, codes, search) if codes else _qualified(text, found, search)


def _decide(text: str, codes: set[str], search: Search) -> Area | Problem:
    """The one area behind the codes that fits the search, or the fault in order of what helps most."""
    former = [heirs for code, heirs in _vanished().items() if code in codes]
    if len(former) == 1 and _ids(codes) == {heir.area for heir in former[0]}:
        return _gone(text, former[0])
    ids = _ids(codes)
    inside = {area_id for area_id in ids if search.holds(areas()[area_id])}
    if not inside:
        return _outside(text, ids, search) if ids else _unknown(text, names.words(text), search)
    there = {area_id for area_id in inside if areas()[area_id].exists(search.on)}
    if not there:
        return _not_there(text, inside, search.on)
    if len(there) > 1:
        return _problem("A003", text, search.scope, there)
    return areas()[there.pop()]


def _ids(codes: Iterable[str]) -> set[str]:
    """Ids of areas; an abolished unit that is none counts as the units that took its place."""
    former = _vanished()
    return {area_id for code in codes for area_id in ([h.area for h in former[code]] if code in former else [code])}


def _outside(text: str, ids: set[str], search: Search) -> Problem:
    """The text is known, but not at this level or not in this region."""
    if search.level and not any(areas()[area_id].kind == search.level for area_id in ids):
        return _problem("A006", text, search.level, ids)
    if search.region in ids:
        return _problem("A006", text, AreaKind.DISTRICT, ids)
    moved = {area_id: day for area_id in ids if (day := _earlier_regions(area_id).get(search.region or ""))}
    if moved:
        return _problem("A004", text, f"../{day_before(min(moved.values()))}", moved)
    return _problem("A002", text, search.scope, ids)


def _not_there(text: str, ids: set[str], on: date | None) -> Problem:
    """Nothing of that name existed on the day; candidates are the areas that held its territory then."""
    register = current_register()
    ends = {area_id: end for area_id in ids if (end := areas()[area_id].valid_to) and (on is None or end <= on)}
    if ends.keys() == ids:
        heirs = {heir for area_id in ids for heir in register.heirs(area_id)}
        return _problem("A004", text, f"../{day_before(max(ends.values()))}", heirs)
    holders = {cut_from for area, cut_from, _ in foundings() if area in ids} or {areas()[i].parent for i in ids}
    then = {area_id for area_id in holders - {COUNTRY} if areas()[area_id].exists(on)}
    then = then or _ids(code for code, heirs in _vanished().items() if ids & {heir.area for heir in heirs})
    since = min(founded for area_id in ids if (founded := areas()[area_id].valid_from))
    return _problem("A004", text, f"{since}/..", then or ids)


def _gone(text: str, heirs: Iterable[Use]) -> Problem:
    since = min(heir.since for heir in heirs if heir.since)
    return _problem("A004", text, f"../{day_before(since)}", {heir.area for heir in heirs})


@cache
def _vanished() -> Mapping[str, tuple[Use, ...]]:
    """Codes of abolished units that are no areas of ours, with the units that took their place."""
    return {code: heirs for code, heirs in current_register().former.items() if code not in areas()}


def _unknown(text: str, found: list[str], search: Search) -> Problem:
    wanted = max((reading.core for reading in names.readings(found)), key=len, default="")
    near = names.nearest(wanted, _cores_within(search), limit=_MOST_CANDIDATES)
    return Problem("A002", found=text, expected=search.scope, candidates=near)


def _problem(code: str, text: str, expected: str, ids: Iterable[str]) -> Problem:
    return Problem(code, found=text, expected=expected, candidates=tuple(sorted(ids)))


def _all_parents(area_id: str) -> set[str]:
    return {areas()[area_id].parent, *_earlier_regions(area_id)}


def _earlier_regions(area_id: str) -> dict[str, date]:
    """The code of each region that held the area before today's, and the first day on which it no longer did."""
    register, area = current_register(), areas()[area_id]
    region = areas().get(area.parent)
    days = {until for until, _ in register.older.get(area_id, ())} | {region.valid_from if region else None}
    found = {register.region_then(area_id, day_before(day)): day for day in sorted(day for day in days if day)}
    return {code: day for code, day in found.items() if code != area.parent}


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one unit in the index, with the days on which it was its name."""

    code: str
    lang: str
    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether this was the name of the unit on that day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@cache
def _index() -> dict[str, set[Name]]:
    """Every core to the units it names: official names, aliases, and what the rules of spelling make of both."""
    found: dict[str, set[Name]] = {}
    for text, name, is_word in _all_names():
        core = names.core(text, lang=name.lang)
        found.setdefault(core, set()).add(name)
        if is_word and name.lang != "en":
            found.setdefault(names.transliterated(core), set()).add(replace(name, lang=_TRANSLITERATED))
    return found


def _all_names() -> Iterator[tuple[str, Name, bool]]:
    """Every name without its type word, and whether it is a word, which people transliterate, or an abbreviation."""
    for area in areas().values():
        for lang in LANGUAGES:
            short = REMAINDER_NAMES[lang] if area.kind is AreaKind.REMAINDER else area.name(lang, short=True)
            yield short, Name(area.id, lang), True
            if area.kind is AreaKind.COUNTRY:
                yield area.name(lang), Name(area.id, lang), True
            elif lang != "en" and (adjective := names.adjective(short, units=_units(area.id))):
                yield adjective, Name(area.id, "ru"), True
    for alias in current_register().aliases:
        name = Name(alias.code, alias.lang, alias.since, alias.until)
        yield alias.name, name, alias.kind != "abbreviation"


def _units(code: str) -> names.Units:
    """The family of units to which a type word must belong; an abolished region was an oblast."""
    if code not in areas():
        return names.OBLASTS
    unit = areas()[code].unit
    return next((f for f in (names.OBLASTS, names.CITIES, names.DISTRICTS) if unit in f), names.ANY)


def _codes(readings: Iterable[names.Reading], search: Search) -> set[str]:
    """The units that one of the readings names, in the search if there are any, else anywhere."""
    same: set[Name] = set()
    other: set[Name] = set()
    for reading in readings:
        for name in _index().get(reading.core, ()):
            if not reading.units or reading.units == _units(name.code):
                is_same = reading.lang in ("", name.lang) and name.lang != _TRANSLITERATED
                (same if is_same else other).add(name)
    # "район Нұра" is the Russian name of one district and the Kazakh noun of another: the language of the type word
    # decides, and only where it knows no such name do the other languages and transliterations count.
    found = [_named_then(tier, search.on) for tier in (same, other) if tier]
    inside = (codes for codes in found if any(search.holds(areas()[area_id]) for area_id in _ids(codes)))
    return next(inside, found[0] if found else set())


def _named_then(tier: set[Name], on: date | None) -> set[str]:
    """The units that bore the name on the day; where none did, those that ever bore it."""
    then = {name for name in tier if on is None or name.holds(on)}
    return {name.code for name in then or tier}


def _qualified(text: str, found: list[str], search: Search) -> Area | Problem:
    """A name that brings its own region along: `Абайский р-н (обл. Абай)`."""
    answers: set[Area | Problem] = set()
    for inner, outer in names.halves(found):
        region = _named_region(outer, search.on)
        if region and search.region in (None, region):
            within = Search(region, search.on, search.level)
            codes = _codes(names.readings(inner), within)
            answers |= {_decide(text, codes, within)} if codes else set()
    settled = {answer for answer in answers if isinstance(answer, Area)} or answers
    return settled.pop() if len(settled) == 1 else _unknown(text, found, search)


def _named_region(found: list[str], on: date | None) -> str | None:
    """The region these words name with its type, or by a name that no unit of another level bears, as СКО."""
    readings = names.readings(found)
    typed = {reading for reading in readings if reading.units}
    for searched, search in ((typed, Search(on=on, level=AreaKind.REGION)), (readings, Search(on=on))):
        codes = _codes(searched, search)
        if len(codes) == 1 and all(code in areas() and areas()[code].kind is AreaKind.REGION for code in codes):
            return codes.pop()
    return None


@lru_cache(maxsize=64)
def _cores_within(search: Search) -> dict[str, frozenset[str]]:
    found = {core: _ids(name.code for name in named) for core, named in _index().items()}
    inside = {core: frozenset(i for i in ids if search.holds(areas()[i])) for core, ids in found.items()}
    return {core: ids for core, ids in inside.items() if ids}


def resolve_region_from_filename(stem: str, *, on: date | None = None) -> Area | Problem:
    """The one region a file name speaks of, among words that say other things: `1-M_2022 Abay Region`.

    A bare `Almaty` fits the city and the oblast: A003 with both.
    """
    found = names.words(_NUMBER.sub(" ", stem.replace("_", " ")))
    search = Search(None, on, AreaKind.REGION)
    codes: set[str] = set()
    covered = 0
    for start in range(len(found)):
        for end in range(min(len(found), start + _LONGEST_NAME), max(start, covered), -1):
            here = {code for code in _codes(names.readings(found[start:end]), search) if _is_region(code)}
            if here:
                codes |= here
                covered = end
                break
    return _decide(stem, codes, search) if codes else _unknown(stem, found, search)


def _is_region(code: str) -> bool:
    return code not in areas() or areas()[code].kind is AreaKind.REGION
