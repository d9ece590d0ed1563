"""Who was sent which file: the address of a file tells what is in it, and is no secret.

Streamlit gives out a file to everybody who names it by a digest of its content. Whoever knows a file but for a few
hidden numbers could name each file that it might be, and see which of them an official has on the screen.
"""

import re
from collections import OrderedDict
from typing import Final

MOST_FILES: Final = 10_000
_ADDRESS: Final = re.compile(rb"/media/[0-9A-Za-z_-]+")
_EVERYBODY: Final = ""


class SentFiles:
    """Remembers to whom the pages have offered each file; the one not offered for longest is forgotten."""

    def __init__(self, most: int = MOST_FILES) -> None:
        self._most = most
        self._readers: OrderedDict[str, set[str]] = OrderedDict()

    def offered(self, message: bytes, subject: str | None) -> None:
        """Note the files named in a message to a reader; None is one who has not signed in, so it is for everybody."""
        for address in _ADDRESS.findall(message):
            name = address.decode()
            self._readers.setdefault(name, set()).add(subject or _EVERYBODY)
            self._readers.move_to_end(name)
        while len(self._readers) > self._most:
            self._readers.popitem(last=False)

    def may_have(self, path: str, subject: str | None) -> bool:
        """Whether this file was offered to this reader or to everybody."""
        found = _ADDRESS.match(path.encode())
        readers = self._readers.get(found[0].decode(), set()) if found else set()
        return _EVERYBODY in readers or (subject is not None and subject in readers)
