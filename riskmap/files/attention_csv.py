"""The index of a family as CSV: one row per area and part of the index, in the manner of the files of figures.

What is of the area, its rank and level, stands in each of its rows; a rank stands never without its interval.
"""

from collections.abc import Iterator
from typing import Final

from riskmap.analytics.attention_views import AttentionRow, AttentionView, Part, Standing
from riskmap.domain.registry import figure_key
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files import attention_words
from riskmap.files.csv import Row, flag, plain_number, safe_text, table_file
from riskmap.files.sentences import in_order, place_names
from riskmap.methods.composite import Level
from riskmap.words import t

COLUMNS: Final = (
    "family",
    "area",
    "area_name",
    "attention_level",
    "attention_level_name",
    "chance_priority",
    "chance_heightened",
    "chance_routine",
    "attention_rank",
    "rank_lower",
    "rank_upper",
    "score",
    "indicator",
    "indicator_name",
    "breakdown",
    "category",
    "grain",
    "period_start",
    "period_end",
    "direction",
    "weight",
    "uncertainty",
    "part_score",
    "rank_without",
    "lack",
    "invented",
    "build",
)


def attention_csv(view: AttentionView, *, language: str, build: str) -> bytes:
    """Every area of the index in alphabetical order, with every part that is in the index."""
    title = t("attention.file", language, title=attention_words.title(view, language))
    return table_file(
        _rows(view, language), title, language=language, build=build, is_invented=view.is_invented, columns=COLUMNS
    )


def attention_name(view: AttentionView, *, language: str) -> str:
    """Name of the file: `invented_` first where the figures are made up."""
    mark = "invented_" if view.is_invented else ""
    request = view.request
    place = "" if request.within == COUNTRY else f"_{request.within}"
    return f"{mark}attention_{request.family}_{request.level}{place}_{language}.csv"


def _rows(view: AttentionView, language: str) -> Iterator[Row]:
    rows = in_order(view.rows, language)
    names = place_names(rows, language)
    for row in rows:
        of_area = {
            "family": str(view.request.family),
            "area": row.area,
            "area_name": safe_text(names[row.area]),
            "invented": flag(view.is_invented),
            **(_standing(row.standing, language) if row.standing else {}),
        }
        for place, part in enumerate(view.used):
            yield {**of_area, **_part(part, language), **_score(row, place, part)}


def _standing(standing: Standing, language: str) -> Row:
    chances = dict(zip(Level, standing.chances, strict=True))
    return {
        "attention_level": str(standing.level),
        "attention_level_name": safe_text(attention_words.level_name(standing.level, language)),
        **{f"chance_{level}": plain_number(chances[level]) for level in Level},
        "attention_rank": str(standing.rank),
        "rank_lower": str(standing.lower),
        "rank_upper": str(standing.upper),
        "score": plain_number(standing.score),
    }


def _part(part: Part, language: str) -> Row:
    indicator, breakdown, category = figure_key(part.component.figure)
    period = part.period
    return {
        "indicator": indicator,
        "indicator_name": safe_text(part.indicator.words[language]["name"]),
        "breakdown": breakdown,
        "category": category,
        "grain": str(period.grain) if period else "",
        "period_start": period.start.isoformat() if period else "",
        "period_end": period.end.isoformat() if period else "",
        "direction": str(part.component.direction),
        "weight": plain_number(part.share),
        "uncertainty": str(part.uncertainty),
    }


def _score(row: AttentionRow, place: int, part: Part) -> Row:
    lacks = {lack.figure: lack.state for lack in row.lacks}
    found = row.standing.scores[place] if row.standing else None
    return {
        "part_score": plain_number(found.score) if found else "",
        "rank_without": str(found.rank_without) if found else "",
        "lack": lacks.get(part.component.figure, ""),
    }
