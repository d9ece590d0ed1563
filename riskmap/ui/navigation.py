"""The pages, declared once: address, file, title key, icon."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page; its title is the word key `page.<id>.title`, its name in the menu `menu.<id>`."""

    id: str
    file: str
    icon: str
    is_default: bool = False


PAGES: Final = (
    PageEntry("overview", "pages/overview.py", ":material/home:", is_default=True),
    PageEntry("risk_map", "pages/risk_map.py", ":material/map:"),
    PageEntry("trends", "pages/trends.py", ":material/show_chart:"),
    PageEntry("compare", "pages/compare.py", ":material/compare_arrows:"),
    PageEntry("attention", "pages/attention.py", ":material/format_list_numbered:"),
    PageEntry("changes", "pages/changes.py", ":material/history:"),
    PageEntry("quality", "pages/quality.py", ":material/rule:"),
    PageEntry("check", "pages/check.py", ":material/fact_check:"),
    PageEntry("protection", "pages/protection.py", ":material/shield:"),
    PageEntry("methods", "pages/methods.py", ":material/menu_book:"),
)

# Shown to whoever may use them, and to nobody else.
SENDING: Final = PageEntry("send", "pages/send.py", ":material/outgoing_mail:")
PUBLISHING: Final = PageEntry("publish", "pages/publish.py", ":material/publish:")
ADMINISTRATION: Final = PageEntry("access", "pages/access.py", ":material/admin_panel_settings:")
RESERVED: Final = (SENDING, PUBLISHING, ADMINISTRATION)
