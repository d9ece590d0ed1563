"""Bad files of the rules F and S: files that must not even be opened, and files about persons."""

import struct
import time
from types import SimpleNamespace
from typing import Final

from openpyxl import Workbook

from etl.readers import limits
from etl.return_workbook import FIRST_ROW
from tests.etl.faulty.bench import RETURN, Bench, Case, case, faulty
from tests.etl.long_returns import return_row
from tests.etl.returns import CITY, VIOLENCE, put

NUMBER: Final = "061211600012"  # the worked example of a public validator
END, FREE = 0xFFFFFFFE, 0xFFFFFFFF  # of a chain of sectors; no sector
OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
EXTERNAL_LINK: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<externalLink xmlns="{MAIN}"><externalBook/></externalLink>""".encode()
GROWING: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE worksheet [<!ENTITY a "ha ha ha ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData>
</worksheet>""".encode()


def compound_file(*names: str) -> bytes:
    """The container of old and of protected workbooks, with empty streams of these names after that of the root."""
    header = struct.pack("<8s16xHHHHH6xIIII", OLE2, 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0)
    header += struct.pack("<IIIII", 4096, END, 0, END, 0) + struct.pack("<I", 0) + b"\xff" * 432
    table = struct.pack("<II", END - 1, END) + b"\xff" * 504
    entries = b"".join(_entry(name, kind=2 if n else 5) for n, name in enumerate(names))
    return header + table + entries.ljust(512, b"\0")


def _entry(name: str, *, kind: int) -> bytes:
    text = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII36xIQ", text, len(text) + 2, kind, 1, FREE, FREE, FREE, END, 0)


@faulty("F001", "the path in a script still names the file of last month, which was moved away")
def file_moved_away(bench: Bench) -> Case:
    return case(bench.folder / "return.csv")


@faulty("F002", "a download that broke off before its first byte")
def download_without_a_byte(bench: Bench) -> Case:
    return case(bench.text("", name="return.csv"))


@faulty("F003", "a download that broke off halfway")
def download_cut_short(bench: Bench) -> Case:
    path = bench.return_book()
    path.write_bytes(path.read_bytes()[:5000])
    return case(path)


@faulty("F004", "the covering letter was sent in place of the table")
def letter_in_place_of_a_table(bench: Bench) -> Case:
    return case(bench.text("Сопроводительное письмо", name="письмо.docx"))


@faulty("F005", "a scan of the signed sheet was pasted into the workbook")
def scan_pasted_in(bench: Bench) -> Case:
    bench.patch.setenv("RISKMAP_MAX_FILE_MB", "0.01")
    return case(bench.return_book())


@faulty("F006", "the region protected its workbook by a password")
def workbook_with_a_password(bench: Bench) -> Case:
    path = bench.folder / "return.xlsx"
    path.write_bytes(compound_file("Root Entry", "EncryptedPackage", "EncryptionInfo"))
    return case(path)


@faulty("F007", "rows of the training were left in the real return")
def training_rows_left(bench: Bench) -> Case:
    rows = [return_row(area="110000000-R", invented="false"), return_row()]
    return case(bench.table(*rows), at=(3, "invented"))


@faulty("F008", "a whole column of numbers was exported with their unit")
def column_with_units(bench: Bench) -> Case:
    months = [f"20{year}-{month:02}" for year in range(10, 25) for month in range(1, 13)]
    figures = ("helpline_appeals", "preventive_visits")
    rows = [return_row(period=month, indicator=name, value="12 случаев") for month in months for name in figures]
    return case(bench.table(*rows), beside="V001")


@faulty("F009", "a workbook with macros was renamed so that the mail would let it pass")
def macros_inside(bench: Bench) -> Case:
    return case(bench.with_part(bench.return_book(), "xl/vbaProject.bin", OLE2 + b"\0" * 504))


@faulty("F010", "the totals are taken from a workbook on the disk of the sender")
def links_to_another_workbook(bench: Bench) -> Case:
    return case(bench.with_part(bench.return_book(), "xl/externalLinks/externalLink1.xml", EXTERNAL_LINK))


@faulty("F011", "a workbook in which ten letters grow into millions when they are read")
def growing_entities(bench: Bench) -> Case:
    return case(bench.with_part(bench.return_book(), "xl/worksheets/sheet2.xml", GROWING))


@faulty("F012", "a total was dragged to the right beyond every table")
def dragged_to_the_right(bench: Bench) -> Case:
    def drag(book: Workbook) -> None:
        book[VIOLENCE].cell(1, 6_000, "Итого")

    return case(bench.return_book(drag))


@faulty("F013", "an export of an old program in an encoding that nobody uses now")
def old_encoding(bench: Bench) -> Case:
    rows = ["area,area_name,value", "711110000,район Алматы города Астаны,12", "711210000,Сарыаркинский район,7"]
    return case(bench.text("\n".join(rows), name="return.csv", encoding="koi8-r"), at=(2, ""))


@faulty("F014", "the file by which a spreadsheet locks a workbook was sent in place of the workbook")
def lock_of_a_workbook(bench: Bench) -> Case:
    return case(bench.return_book(name=f"~${RETURN}"))


@faulty("F015", "a workbook of a few kilobytes that unpacks to many megabytes")
def unpacks_to_megabytes(bench: Bench) -> Case:
    return case(bench.with_part(bench.return_book(), "xl/media/image1.bmp", bytes(30_000_000)))


@faulty("F016", "a workbook so entangled that reading it does not end")
def reading_without_end(bench: Bench) -> Case:
    path, late = bench.return_book(), SimpleNamespace(monotonic=lambda: time.monotonic() + 2 * limits.MAX_SECONDS)
    bench.patch.setattr(limits, "time", late)
    return case(path)


@faulty("S001", "the form of a school asks for the surname of each child; it was sent empty")
def form_that_asks_for_names(bench: Bench) -> Case:
    return case(bench.book([["Фамилия", "Класс", "Повод"]], name="форма.xlsx"), at=(1, "A"))


@faulty("S002", "the number of a pupil was pasted into a cell of the return")
def number_of_a_pupil(bench: Bench) -> Case:
    return case(bench.return_book(put("violence", CITY, {"violence_cases": NUMBER})), at=(FIRST_ROW, "J"))


@faulty("S003", "a list of pupils was sent in place of the totals")
def list_of_pupils(bench: Bench) -> Case:
    rows = [["Ученик", "Класс"], ["Ахметов Ерлан Серикович", "5"], ["Иванова Анна Петровна", "7"]]
    return case(bench.book(rows, name="ученики.xlsx"), at=(2, "A"))


@faulty("S004", "a register of children was sent without their names, but with the days on which they were born")
def register_with_birth_dates(bench: Bench) -> Case:
    born = ["12.03.2011", "05.11.2009", "30.01.2012", "17.06.2010", "28.09.2008", "02.04.2013"]
    rows: list[list[object]] = [["№", "Родился", "Повод"], *([n, day, "травля"] for n, day in enumerate(born, start=1))]
    return case(bench.book(rows, name="учёт.xlsx"), at=(2, "B"))


@faulty("S005", "a list of parents' telephones was left on a sheet of the return")
def telephones_of_parents(bench: Bench) -> Case:
    def add(book: Workbook) -> None:
        sheet = book.create_sheet("Контакты")
        for row in (["Класс", "Телефон"], ["5 А", "+7 701 234 56 78"], ["5 Б", "8 (702) 345-67-89"]):
            sheet.append(row)

    return case(bench.return_book(add), at=(2, "B"))
