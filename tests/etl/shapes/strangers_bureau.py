"""Strangers' declarations of tables as the Bureau prints them."""

from typing import Final

from tests.etl.shapes.stranger import Stranger

PERIODS_ACROSS: Final = Stranger(
    id="children_periods_across",
    declaration="""
source = "population_tables"
files = ["*balalar*.xlsx"]
sheets = ["1"]
other_sheets = ["Мұқаба", "Шартты белгілер"]
area_names = { "Алматы" = "190000000" }
whole_file = false

[area]
stands = ["column"]

[period]
stands = ["heading"]

[figure]
stands = ["only"]

[[figures]]
figure = "children_0_15"
""",
    file="balalar 2022-2024.xlsx",
    sheets={
        "Мұқаба": "\n;Жарияланым күні: 18.05.2025\n;0-15 жастағы балалар саны",
        "Шартты белгілер": "\n«-» құбылыс жоқ\n«х» деректер құпия",
        "1": """
1. 0-15 жастағы балалар саны;;
;;адам
;2022 жыл;2023 жыл1);2024 жыл
Қазақстан Республикасы;16 000;17 010;18 003
Абай;1 000;1 005;1 000
Алматы;5 000;5 005;6 003
Алматы қаласы;10 000;11 000;11 000
1) алдын ала деректер
""",
    },
    truth="""
children_0_15 100000000 2022 1000
children_0_15 100000000 2023 1005
children_0_15 100000000 2024 1000
children_0_15 190000000 2022 5000
children_0_15 190000000 2023 5005
children_0_15 190000000 2024 6003
children_0_15 750000000 2022 10000
children_0_15 750000000 2023 11000
children_0_15 750000000 2024 11000
""",
)

REGION_BLOCKS: Final = Stranger(
    id="pupils_in_blocks",
    declaration="""
source = "district_return"
files = ["контингент*.xlsx"]

[area]
stands = ["block"]

[period]
stands = ["column"]

[figure]
stands = ["heading"]

[[figures]]
figure = "pupils"
names = ["Контингент учащихся"]

[[figures]]
figure = "educators"
names = ["Педагогов, чел."]
""",
    file="контингент по районам.xlsx",
    sheets={
        "1": """
Контингент школ области Ұлытау по месяцам
;;Контингент учащихся;Педагогов, чел.
'621000000;г. Жезказган;;
;октябрь 2025 г.;18101;1204
;ноябрь 2025 г.;18110;1206
'621800000;г. Каражал;;
;октябрь 2025 г.;3496;270
;ноябрь 2025 г.;3495;270
'622000000;г. Сатпаев;;
;октябрь 2025 г.;14723;980
;ноябрь 2025 г.;14730;981
'623600000;Жанааркинский район;;
;октябрь 2025 г.;3819;399
;ноябрь 2025 г.;3819;399
'623800000;Улытауский район;;
;октябрь 2025 г.;3996;402
;ноябрь 2025 г.;...;402
;не в районе;;
;октябрь 2025 г.;177;21
;ноябрь 2025 г.;178;21
""",
    },
    truth="""
pupils 621000000 2025-10 18101
pupils 621000000 2025-11 18110
pupils 621800000 2025-10 3496
pupils 621800000 2025-11 3495
pupils 622000000 2025-10 14723
pupils 622000000 2025-11 14730
pupils 623600000 2025-10 3819
pupils 623600000 2025-11 3819
pupils 623800000 2025-10 3996
pupils 623800000 2025-11 not_reported
pupils 620000000-R 2025-10 177
pupils 620000000-R 2025-11 178
educators 621000000 2025-10 1204
educators 621000000 2025-11 1206
educators 621800000 2025-10 270
educators 621800000 2025-11 270
educators 622000000 2025-10 980
educators 622000000 2025-11 981
educators 623600000 2025-10 399
educators 623600000 2025-11 399
educators 623800000 2025-10 402
educators 623800000 2025-11 402
educators 620000000-R 2025-10 21
educators 620000000-R 2025-11 21
""",
)

YEAR_OVER_SEXES: Final = Stranger(
    id="children_by_sex",
    declaration="""
source = "population_tables"
files = ["*по полу*.xlsx"]
whole_file = false
ignored = ["всего"]

[area]
stands = ["column"]

[period]
stands = ["heading"]

[figure]
stands = ["heading"]

[[figures]]
figure = "children_0_15"
names = ["мальчики"]

[[figures]]
figure = "children_0_15"
names = ["девочки"]
""",
    file="дети 0-15 по полу.xlsx",
    sheets={
        "1": """
Численность детей 0-15 лет по полу
;2023 год;;;2024 год;;
;всего;мальчики;девочки;всего;мальчики;девочки
Акмолинская;210;110;100;203;103;100
Костанайская область;190;95;95;188;90;98
г.Астана;404;204;200;430;220;210
""",
    },
    merges={"1": ("B2:D2", "E2:G2", "A2:A3")},
    truth="""
children_0_15 110000000 2023 210
children_0_15 110000000 2024 203
children_0_15 390000000 2023 190
children_0_15 390000000 2024 188
children_0_15 710000000 2023 404
children_0_15 710000000 2024 430
""",
)

GROUP_BLOCKS: Final = Stranger(
    id="children_in_groups",
    declaration="""
source = "population_tables"
files = ["*группам*.xlsx"]
whole_file = false
ignored = ["Городское население", "Сельское население"]

[area]
stands = ["column"]

[period]
stands = ["heading"]

[figure]
stands = ["block"]

[[figures]]
figure = "children_0_15"
names = ["Все население"]
""",
    file="дети по группам.xlsx",
    sheets={
        "Лист1": """
Дети 0-15 лет по регионам
Регион;2023;2024*
Все население;;
Республика Казахстан;500;510
Атырауская;200;205
Мангистауская;300;305
Городское население;;
Республика Казахстан;300;310
Атырауская;100;105
Мангистауская;200;205
Сельское население;;
Республика Казахстан;200;200
Атырауская;100;100
Мангистауская;100;100
* предварительные данные;;
""",
    },
    truth="""
children_0_15 230000000 2023 200
children_0_15 230000000 2024 205
children_0_15 470000000 2023 300
children_0_15 470000000 2024 305
""",
)

MIXED_LEVELS: Final = Stranger(
    id="children_of_districts_under_regions",
    declaration="""
source = "district_return"
files = ["*районам*.xlsx"]
whole_file = false

[area]
stands = ["column"]

[period]
stands = ["above"]

[figure]
stands = ["heading"]

[[figures]]
figure = "children_0_17"
names = ["Детей в возрасте 0-17 лет, тыс. человек"]
scale = 1000

[[figures]]
figure = "children_14_17"
names = ["из них / 14-17 лет"]
scale = 1000
""",
    file="дети по районам 2024.xlsx",
    sheets={
        "1": """
Численность детей на конец 2024 года
;тыс. человек
Наименование;Детей в возрасте 0-17 лет, тыс. человек;из них
;;14-17 лет
город Шымкент;'36,0;'7,5
Абайский район;'10,1;'2,0
Аль-Фарабийский район;'11,0;'2,5
Енбекшинский район;'6,4;'1,5
Каратауский район;'5,5;'1,0
район Туран;'3,0;'0,5
область Ұлытау;'12,4;'2,4
город Жезказган;'5,4;'1,2
город Каражал;'1,5;'0,2
город Сатпаев;'3,5;'0,5
Жанааркинский район;'1,0;'0,25
Улытауский район;'1,0;'0,25
""",
    },
    truth="""
children_0_17 791110000 2024 10100
children_0_17 791310000 2024 11000
children_0_17 791510000 2024 6400
children_0_17 791710000 2024 5500
children_0_17 791910000 2024 3000
children_0_17 621000000 2024 5400
children_0_17 621800000 2024 1500
children_0_17 622000000 2024 3500
children_0_17 623600000 2024 1000
children_0_17 623800000 2024 1000
children_14_17 791110000 2024 2000
children_14_17 791310000 2024 2500
children_14_17 791510000 2024 1500
children_14_17 791710000 2024 1000
children_14_17 791910000 2024 500
children_14_17 621000000 2024 1200
children_14_17 621800000 2024 200
children_14_17 622000000 2024 500
children_14_17 623600000 2024 250
children_14_17 623800000 2024 250
""",
)

OF_THE_BUREAU: Final = (PERIODS_ACROSS, REGION_BLOCKS, YEAR_OVER_SEXES, GROUP_BLOCKS, MIXED_LEVELS)
