"""Strangers' declarations of tables as education departments, police and the helpline send them."""

from typing import Final

from etl.intake import Call
from tests.etl.shapes.stranger import Stranger

SCHOOL_DATABASE: Final = Stranger(
    id="school_database",
    declaration="""
source = "district_return"
files = ["*выгрузка*.csv"]
ignored = ["Педагоги-пенсионеры", "ВШУ / мальчики", "ВШУ / девочки"]

[area]
stands = ["column"]
headings = ["Отдел образования"]

[period]
stands = ["column"]
headings = ["Отчётный период"]

[figure]
stands = ["heading"]

[[figures]]
figure = "schools"
names = ["Кол-во дневных школ"]

[[figures]]
figure = "pupils"
names = ["Контингент"]

[[figures]]
figure = "in_school_register"
names = ["ВШУ / всего"]

[[shares]]
names = ["Доля на учёте, %"]
part = "in_school_register"
whole = "pupils"
""",
    file="выгрузка Шымкент.csv",
    sheets={
        "": """
Отчётный период;Отдел образования;Кол-во дневных школ;Контингент;ВШУ;;;Доля на учёте, %;Педагоги-пенсионеры
;;;;всего;мальчики;девочки;;
10.2025;Абайский район;40;50 120;88;60;28;0,2;12
10.2025;Аль-Фарабийский район;51;61 200;95;70;25;0,2;н/д
10.2025;Енбекшинский район;33;40 010;н/д;н/д;н/д;н/д;7
10.2025;Каратауский район;38;39 999;61;40;21;0,2;9
10.2025;район Туран;20;25 500;15;9;6;0,1;4
10.2025;не в районе;2;640;0;0;0;0,0;0
""",
    },
    truth="""
schools 791110000 2025-10 40
schools 791310000 2025-10 51
schools 791510000 2025-10 33
schools 791710000 2025-10 38
schools 791910000 2025-10 20
schools 790000000-R 2025-10 2
pupils 791110000 2025-10 50120
pupils 791310000 2025-10 61200
pupils 791510000 2025-10 40010
pupils 791710000 2025-10 39999
pupils 791910000 2025-10 25500
pupils 790000000-R 2025-10 640
in_school_register 791110000 2025-10 88
in_school_register 791310000 2025-10 95
in_school_register 791510000 2025-10 not_reported
in_school_register 791710000 2025-10 61
in_school_register 791910000 2025-10 15
in_school_register 790000000-R 2025-10 0
""",
)

POLICE_ROWS: Final = Stranger(
    id="police_rows",
    declaration="""
source = "form_1m"
files = ["*област*.xlsx"]
sheets = ["Раздел 1"]
other_sheets = ["Титул"]
ignored = ["Всего правонарушений", "тяжких и особо тяжких", "Шифр строки"]
plain = ["Зарегистрировано в отчётном периоде"]
whole_file = false

[area]
stands = ["file"]

[period]
stands = ["call"]

[figure]
stands = ["column"]
headings = ["Виды правонарушений"]

[[figures]]
figure = "offences_against_minors"
names = ["в отношении несовершеннолетних"]

[[figures]]
figure = "offences_by_minors"
names = ["совершено несовершеннолетними"]
""",
    file="Костанайская область.xlsx",
    sheets={
        "Титул": "\nОтчёт о правонарушениях\nПриложение 1 к приказу № 140",
        "Раздел 1": """
Раздел 1. Сведения о правонарушениях
Виды правонарушений;Шифр строки;Зарегистрировано в отчётном периоде
А;Б;1
Всего правонарушений;1;'6927
из них;;
тяжких и особо тяжких;2;'511
в отношении несовершеннолетних;3;'184
совершено несовершеннолетними;4;'96
""",
    },
    call=Call(period="2025-01..2025-06"),
    truth="""
offences_against_minors 390000000 2025-01..2025-06 184
offences_by_minors 390000000 2025-01..2025-06 96
""",
)

HELPLINE_ROWS: Final = Stranger(
    id="helpline_rows",
    declaration="""
source = "district_return"
files = ["*111*.csv"]
whole_file = false

[area]
stands = ["column"]
headings = ["откуда"]

[period]
stands = ["column"]
headings = ["за месяц"]

[figure]
stands = ["column"]

[[figures]]
figure = "helpline_appeals:channel:phone"
names = ["обращений"]
where = { "канал" = ["звонок", "телефон"] }

[[figures]]
figure = "helpline_appeals:channel:qr"
names = ["обращений"]
where = { "канал" = ["QR"] }

[ignored_where]
"канал" = ["почта"]
""",
    file="обращения 111 Астана.csv",
    sheets={
        "": """
за месяц|канал|откуда|обращений
2025-09|звонок|р-н Есиль|12
2025-09|QR|р-н Есиль|140
2025-09|почта|р-н Есиль|1
2025-09|звонок|р-н Нура|7
2025-09|QR|р-н Нура|88
2025-10|телефон|р-н Есиль|0
2025-10|QR|р-н Есиль|1 151
""",
    },
    truth="""
helpline_appeals:channel:phone 711210000 2025-09 12
helpline_appeals:channel:qr 711210000 2025-09 140
helpline_appeals:channel:phone 711510000 2025-09 7
helpline_appeals:channel:qr 711510000 2025-09 88
helpline_appeals:channel:phone 711210000 2025-10 0
helpline_appeals:channel:qr 711210000 2025-10 1151
""",
)

AREAS_ACROSS: Final = Stranger(
    id="districts_across",
    declaration="""
source = "district_return"
files = ["visits*.xlsx"]
empty = "none"
marks = { "нет" = "none", "уточн." = "no_data" }

[area]
stands = ["heading"]

[period]
stands = ["sheet", "file"]

[figure]
stands = ["column"]

[[figures]]
figure = "preventive_visits"
names = ["Посещено семей"]

[[figures]]
figure = "families_register"
names = ["Семей на учёте"]
""",
    file="visits Ulytau 2025.xlsx",
    sheets={
        "Октябрь": """
;Жезказган;Каражал;Сатпаев;Жанааркинский;Улытауский;не в районе;Всего
Посещено семей;12;;5;3;нет;;20
Семей на учёте;40;6;уточн.;11;2;;59
""",
        "Ноябрь": """
;Жезказган;Каражал;Сатпаев;Жанааркинский;Улытауский;не в районе;Всего
Посещено семей;10;1;7;;1;;19
Семей на учёте;41;6;30;11;3;;91
""",
    },
    truth="""
preventive_visits 621000000 2025-10 12
preventive_visits 621800000 2025-10 0
preventive_visits 622000000 2025-10 5
preventive_visits 623600000 2025-10 3
preventive_visits 623800000 2025-10 0
preventive_visits 620000000-R 2025-10 0
families_register 621000000 2025-10 40
families_register 621800000 2025-10 6
families_register 622000000 2025-10 not_reported
families_register 623600000 2025-10 11
families_register 623800000 2025-10 2
families_register 620000000-R 2025-10 0
preventive_visits 621000000 2025-11 10
preventive_visits 621800000 2025-11 1
preventive_visits 622000000 2025-11 7
preventive_visits 623600000 2025-11 0
preventive_visits 623800000 2025-11 1
preventive_visits 620000000-R 2025-11 0
families_register 621000000 2025-11 41
families_register 621800000 2025-11 6
families_register 622000000 2025-11 30
families_register 623600000 2025-11 11
families_register 623800000 2025-11 3
families_register 620000000-R 2025-11 0
""",
)

TWO_TABLES: Final = Stranger(
    id="two_tables_of_staff",
    declaration="""
source = "district_return"
files = ["кадры*.xlsx"]

[area]
stands = ["column"]

[period]
stands = ["above"]

[figure]
stands = ["heading"]

[[figures]]
figure = "psychologists"
names = ["Психологи / факт"]

[[figures]]
figure = "social_educators"
names = ["Соцпедагоги / факт"]
""".replace("[area]", 'ignored = ["Психологи / по штату", "Соцпедагоги / по штату"]\n\n[area]'),
    file="кадры Улытау.xlsx",
    sheets={
        "кадры": """
Обеспеченность кадрами, область Ұлытау, на сентябрь 2025 г.
Таблица 1
№;Район;Психологи;
;;по штату;факт
1;Жезказган;40;38
2;Каражал;8;6
3;Сатпаев;30;31
4;Жанааркинский;9;9
5;Улытауский;8;5
6;не в районе;1;1
;Итого;96;90

Таблица 2
№;Район;Соцпедагоги;
;;по штату;факт
1;Жезказган;20;18
2;Каражал;4;4
3;Сатпаев;15;15
4;Жанааркинский;5;4
5;Улытауский;4;4
6;не в районе;1;0
;Итого;49;45
Исп. отдел кадров, тел. 8-7102
""",
    },
    truth="""
psychologists 621000000 2025-09 38
psychologists 621800000 2025-09 6
psychologists 622000000 2025-09 31
psychologists 623600000 2025-09 9
psychologists 623800000 2025-09 5
psychologists 620000000-R 2025-09 1
social_educators 621000000 2025-09 18
social_educators 621800000 2025-09 4
social_educators 622000000 2025-09 15
social_educators 623600000 2025-09 4
social_educators 623800000 2025-09 4
social_educators 620000000-R 2025-09 0
""",
)

OF_DEPARTMENTS: Final = (SCHOOL_DATABASE, POLICE_ROWS, HELPLINE_ROWS, AREAS_ACROSS, TWO_TABLES)
