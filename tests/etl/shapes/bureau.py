"""A catalogue of figures that the product does not hold, for real tables of the Bureau: universities and innovation."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from riskmap.domain.declared import WORDS
from riskmap.domain.vocabulary import LANGUAGES

# Numbers of something, and sums of money with one decimal.
COUNTS: Final = ("enterprises", "innovative_enterprises", "employees", "students", "institutions", "teachers")
MONEY: Final = ("innovation_costs", "own_research", "outside_research", "research_inside", "research_outside")
_CUT: Final = ("none", "quarter", "half", "more")
_HEADINGS: Final = ("0", "1-24%", "25-50%", "51-100%")
_IGNORED: Final = (
    *(f"Инновацияларды енгізу есебінен шығыстары қысқарған кәсіпорындар саны / {part}" for part in _HEADINGS),
    "соның ішінде / заманауи машиналарды, жабдықтарды, бағдарламалық қамтамасыз етуді және басқа да күрделі өнімдерді "
    "сатып алу (ҒЗТКЖ үшін жұмсалған шығыстардан басқа)",
    "соның ішінде / сыртқы ғылымды алу",
    "соның ішінде / оқыту, жобалау, маркетингтік зерттеу және басқа да тиісті іс-шаралар",
    "соның ішінде / өзге де инновациялық шығындар",
)
_GROWN: Final = "Инновацияларды енгізу есебінен табыстары көбейген кәсіпорындар саны"

_SOURCE: Final = """
area = "region"
grains = ["year"]
owed = false
layouts = {}
"""

_INNOVATION: Final = r'''
source = "bureau"
files = ["bns_innovations*.xls"]
sheets = ["1", "5", "11"]
other_sheets = ["Мұқаба", "Шартты белгілер", "Мазмұны", "Әдіснамалық түсініктемелер"]
area_names = { "Алматы" = "190000000" }
ignored = [@IGNORED@]

[area]
stands = ["column"]

[period]
stands = ["file"]

[figure]
stands = ["heading"]

[[figures]]
figure = "enterprises"
names = ["Кәсіпорындар саны, бірлік"]

[[figures]]
figure = "innovative_enterprises"
names = ["Одан / инновациялары бары"]

[[figures]]
figure = "employees"
names = ["Есепті кезең соңына қызметкерлердің жалпы саны, адам"]

[[shares]]
names = ["Инновация саласындағы белсенділік деңгейі, %-бен"]
part = "innovative_enterprises"
whole = "enterprises"

[[figures]]
figure = "innovation_costs"
names = ["Барлығы"]

[[figures]]
figure = "own_research"
names = [
    """соның ішінде / ішкі ҒЗТКЖ (ағымдағы шығындар (еңбекақы төлемдері және арнайы ҒЗТКЖ-ға арналған жабдықтар \
    мен ғимараттарға жұмсалған күрделі салымдар))""",
]

[[figures]]
figure = "outside_research"
names = ["соның ішінде / сыртқы ҒЗТКЖ"]
'''

_UNIVERSITIES: Final = """
source = "bureau"
files = ["education*.csv"]
area_names = { "Almaty" = "190000000" }
ignored = ["Current Revenues", "Current Expenditures"]

[area]
stands = ["column"]
headings = ["--Region/City"]

[period]
stands = ["call"]

[figure]
stands = ["heading"]

[[figures]]
figure = "students"
names = ["Number of Students"]

[[figures]]
figure = "research_inside"
names = ["Internal Expenditures on R&D"]

[[figures]]
figure = "research_outside"
names = ["External Expenditures on R&D"]

[[figures]]
figure = "institutions"
names = ["Institutions"]

[[figures]]
figure = "teachers"
names = ["Teachers"]

[[shares]]
names = ["Innovation Activity Level, %"]

[[shares]]
names = ["Student Seat Availability"]
"""


def write_catalogue(folder: Path) -> Path:
    """Write the catalogue into an empty folder; returns the folder."""
    indicators = "".join(_indicator(name, "schools", 0) for name in COUNTS)
    indicators += "".join(_indicator(name, "tenge", 1) for name in MONEY)
    indicators += _indicator("income_grew", "schools", 0, cut=_CUT)
    grown = "".join(
        f'\n[[figures]]\nfigure = "income_grew:type:{category}"\nnames = ["{_GROWN} / {heading}"]\n'
        for category, heading in zip(_CUT, _HEADINGS, strict=True)
    )
    innovation = _INNOVATION.replace("@IGNORED@", ", ".join(f'"{name}"' for name in _IGNORED))
    for name, text in (
        ("topics.toml", "[bureau]\n" + "".join(f'{lang} = "Bureau"\n' for lang in LANGUAGES)),
        ("publish.toml", 'yearly = [{ area = "country", grain = "year" }, { area = "region", grain = "year" }]\n'),
        ("comparable.toml", ""),
        ("indexes.toml", "overlapping = []\n[families]\n"),
        ("indicators/bureau.toml", indicators),
        ("sources/bureau.toml", _SOURCE + _words("", ("name",))),
        ("spreadsheets/innovation.toml", innovation + grown + _words("", ("name",))),
        ("spreadsheets/universities.toml", _UNIVERSITIES + _words("", ("name",))),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _indicator(name: str, unit: str, decimals: int, *, cut: Iterable[str] = ()) -> str:
    breakdowns = ", ".join(f'"{category}"' for category in cut)
    tables = "".join(
        f'{{ area = "{area}", grain = "year", breakdown = "type" }}, ' for area in ("country", "region") if cut
    )
    return (
        f'\n[{name}]\nfamily = "population"\nkind = "stock"\nplace = "organisation"\nunit = "{unit}"\n'
        f'interval = "none"\ndecimals = {decimals}\nsources = ["bureau"]\ntables = ["yearly"]\npublish = [{tables}]\n'
        'definitions = [{ id = "1", since = 2010-01-01 }]\n'
        + (f"[{name}.breakdowns]\ntype = [{breakdowns}]\n[{name}.breaks_by]\ntype = [1, 2]\n" if cut else "")
        + f"[{name}.disclosure]\nopen = true\n"
        + _words(f"{name}.", WORDS)
    )


def _words(prefix: str, keys: Iterable[str]) -> str:
    return "".join(f"\n[{prefix}words.{lang}]\n" + "".join(f'{k} = "{k} {lang}"\n' for k in keys) for lang in LANGUAGES)
