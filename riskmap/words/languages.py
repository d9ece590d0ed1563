"""Which languages there are and what is known of them beyond our own words."""

from functools import cache

from babel import Locale

from riskmap.domain.errors import WrongUsage
from riskmap.domain.vocabulary import LANGUAGES


def language(text: str) -> str:
    """The same text where it is kk, ru or en; `WrongUsage` otherwise, never another language instead."""
    if text not in LANGUAGES:
        raise WrongUsage(detail=f"{text!r} ({' | '.join(LANGUAGES)})")
    return text


@cache
def locale(lang: str) -> Locale:
    """What the Unicode locale data (CLDR) say about one of our languages."""
    return Locale.parse(language(lang))
