"""The scripts that stand within a page itself, and their digests: the browser runs no other."""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Final

import streamlit

from riskmap.domain.vocabulary import LANGUAGES
from riskmap.ui.selection import MOST_ITEMS
from riskmap.words import t

_SHELL: Final = Path(__file__).parent / "static" / "shell.js"
_STREAMLIT_PAGE: Final = Path(streamlit.__file__).parent / "static" / "index.html"
_WITHIN: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)

# English as Streamlit writes it -> key of our word for it.
_STREAMLIT_WORDS: Final = {
    "Skip to main content": "skip",
    "App pages": "pages",
    "Sidebar": "side_panel",
    "Expand sidebar": "show_side_panel",
    "Collapse sidebar": "hide_side_panel",
    "Open": "open",
    "Close": "close",
    "Choose an option": "choose",
    "No results": "nothing_found",
    "Clear value": "clear",
    "Clear all": "clear",
    "Select all": "select_all",
    f"You can only select up to {MOST_ITEMS - 1} options. Remove an option first.": "full",
    "Dismiss": "close",
    "Loading...": "loading",
    "Upload": "upload",
    "file upload": "upload",
    "Add files": "other_file",
    "Drag and drop a file here": "drop_here",
}
# The same for texts that begin in English and go on with a name or a number: what stands after is kept, or left out.
_STREAMLIT_BEGINNINGS: Final = {
    "Remove ": ("remove", True),
    "File must be ": ("file_too_large", False),
    "Error: File must be ": ("file_too_large", False),
}


@cache
def page_script(language: str) -> str:
    """Tells browser and screen reader the language, and replaces the words that Streamlit keeps in English."""
    words = {english: t(f"frame.{key}", language, most=MOST_ITEMS - 1) for english, key in _STREAMLIT_WORDS.items()}
    beginnings = {
        english: {"word": t(f"frame.{key}", language), "is_kept": is_kept}
        for english, (key, is_kept) in _STREAMLIT_BEGINNINGS.items()
    }
    frame = json.dumps(
        {"language": language, "words": words, "beginnings": beginnings, "more": t("frame.more", language)}
    )
    return f"var frame = {frame};\n{_SHELL.read_text(encoding='utf-8')}"


@cache
def script_digests() -> tuple[str, ...]:
    """How a policy names the scripts of Streamlit's page and ours in every language."""
    theirs = _WITHIN.findall(_STREAMLIT_PAGE.read_text(encoding="utf-8"))
    return tuple(_digest(script) for script in (*theirs, *(page_script(language) for language in LANGUAGES)))


def _digest(script: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
