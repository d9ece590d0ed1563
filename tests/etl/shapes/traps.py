"""Small tables that invite a reader to take a wrong number, and the faults that must be told instead."""

from dataclasses import dataclass
from typing import Final

_TITLE: Final = "область Ұлытау, октябрь 2025"
_HEAD: Final = "Район;Педагоги-психологи;Обращения в «111»"
_AREAS: Final = ("Жезказган", "Каражал", "Сатпаев", "Жанааркинский", "Улытауский", "область Ұлытау, не в районе")
_ROWS: Final = tuple(f"{area};{number};{number * 3}" for number, area in enumerate(_AREAS, start=1))


@dataclass(frozen=True, slots=True)
class Trap:
    """A table of Ұлытау as text, and the codes of which at least one must stop it; none for a table without a trap."""

    name: str
    codes: tuple[str, ...]
    title: str = _TITLE
    head: str = _HEAD
    rows: tuple[str, ...] = _ROWS

    @property
    def text(self) -> str:
        """The table as a file."""
        return "\n".join((self.title, self.head, *self.rows, ""))


def _first(row: str) -> tuple[str, ...]:
    """The rows with another first one."""
    return (row, *_ROWS[1:])


def _beside(text: str) -> tuple[str, ...]:
    """The rows with one more column."""
    return tuple(f"{row};{text}" for row in _ROWS)


TRAPS: Final = (
    Trap("as it should be", ()),
    Trap("with a right total", (), rows=(*_ROWS, "Итого;21;63")),
    Trap("with a wrong total", ("V022",), rows=(*_ROWS, "Итого;22;63")),
    Trap("thousands set off by a comma", ("V001",), rows=_first("Жезказган;12,000;3")),
    Trap("thousands set off by a point", ("V001",), rows=_first("Жезказган;12.000;3")),
    Trap("a footnote glued to a number", ("V001",), rows=_first("Жезказган;121);3")),
    Trap("a fraction of a person", ("V001",), rows=_first("Жезказган;1,5;3")),
    Trap("letters for digits", ("V018",), rows=_first("Жезказган;1О;3")),
    Trap("a negative number", ("V002",), rows=_first("Жезказган;-4;3")),
    Trap("a share among the numbers", ("L027",), rows=_first("Жезказган;4%;3")),
    Trap("an empty cell", ("V003",), rows=_first("Жезказган;;3")),
    Trap("an unknown mark", ("V020",), rows=_first("Жезказган;см. прим.;3")),
    Trap("the table counts thousands", ("L027",), title=f"{_TITLE}, тыс. единиц"),
    Trap("one column counts thousands", ("L027",), head=_HEAD.replace("психологи", "психологи, тыс. чел.")),
    Trap("numbers since 1 January by their words", ("P010",), title=f"{_TITLE}, нарастающим итогом с начала года"),
    Trap("numbers since 1 January by their months", ("P010",), title="область Ұлытау, январь–октябрь 2025"),
    Trap("nine months", ("P010",), title="область Ұлытау, за 9 месяцев 2025 года"),
    Trap("a quarter", ("P002",), title="область Ұлытау, III квартал 2025 года"),
    Trap("a year for figures of months", ("P002",), title="область Ұлытау, 2025 год"),
    Trap("two months above", ("P002",), title=f"{_TITLE} (для сравнения сентябрь 2025)"),
    Trap("no month at all", ("P001",), title="область Ұлытау"),
    Trap("a month that is not over", ("P004",), title="область Ұлытау, октябрь 2099"),
    Trap("a rate", ("L007",), head=_HEAD.replace("психологи", "психологи на 10 000 учащихся")),
    Trap("a growth", ("L007",), head=_HEAD.replace("Обращения", "Рост обращений")),
    Trap("a plan beside the fact", ("L007",), head=f"{_HEAD};Педагоги-психологи, план", rows=_beside("9")),
    Trap("a part of unknown kind", ("L007",), head=f"{_HEAD};из них женщины", rows=_beside("1")),
    Trap("a rank", ("L007",), head=f"{_HEAD};Место", rows=_beside("2")),
    Trap("last year beside this one", ("L007",), head=f"{_HEAD};Обращения за октябрь 2024", rows=_beside("2")),
    Trap("one figure twice", ("L022",), head=_HEAD.replace("Обращения в «111»", "Педагоги-психологи")),
    Trap("numbers without a heading", ("L007", "L026"), rows=(f"{_ROWS[0]};99", *_ROWS[1:])),
    Trap("numbers without a district", ("A001",), rows=(*_ROWS, ";7;7")),
    Trap("a mean among the districts", ("A002",), rows=(*_ROWS, "Среднее;3,5;7,5")),
    Trap("a district twice", ("L012",), rows=(*_ROWS, "г. Сатпаев;5;5")),
    Trap("a district of another region", ("L017",), rows=(*_ROWS, "Абайский район;5;5")),
    Trap("a district missing", ("L011",), rows=_ROWS[1:]),
    Trap("an unknown district", ("A002",), rows=_first("Жездинский;1;3")),
)
