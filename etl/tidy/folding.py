"""What counts of a text when it is compared: the one place that says which spellings are the same."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_REMEMBERED: Final = 1 << 14

# Letters that are one in print or where the right one is missing on the keyboard: Latin for Cyrillic, Russian for
# Kazakh. Both sides of a comparison are folded, so that words of another alphabet stay comparable too.
_LOOK_ALIKES: Final = str.maketrans("ёabcehkmoptxyiіәғқңөұүһ", "еавсенкмортхуииагкноуун")


@lru_cache(maxsize=_REMEMBERED)
def plain(text: str) -> str:
    """The text in one case, width and alphabet, single spaces; its separators stay."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LOOK_ALIKES)
    return re.sub(r"\s+", " ", folded).strip()


@lru_cache(maxsize=_REMEMBERED)
def bare(text: str) -> str:
    """The letters and digits of the text alone, in one case and alphabet."""
    return "".join(character for character in plain(text) if character.isalnum())
