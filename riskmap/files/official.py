"""Files of exact numbers: marked for official use in three languages, and encrypted where that is asked for."""

import secrets
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import pyzipper

from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import join, t

_BOM: Final = "\ufeff".encode()
# Without letters and digits that are taken for one another when a password is read out.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 5
_GROUP: Final = 4
_PREFIX: Final = "official-use_"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file of exact numbers says of itself: of which areas they are exact, who took it, from which build."""

    areas: tuple[str, ...]  # by name, in the language of the file
    person: str  # empty where nobody signed in
    build: str
    copy: str = ""  # number of this copy: two files of one content are not alike, and the log tells who took which

    def text(self, language: str) -> str:
        """One line: for official use in three languages, then scope, person and build."""
        facts = [
            t("official.scope", language, areas=join(self.areas, language)),
            *([t("official.person", language, person=self.person)] if self.person else []),
            t("official.build", language, build=self.build),
            *([t("official.copy", language, copy=self.copy)] if self.copy else []),
        ]
        return " | ".join([official_use(), *facts])


def official_use() -> str:
    """The words that stand on everything that shows exact numbers, in three languages."""
    return " · ".join(t("official.use", language) for language in LANGUAGES)


def official_name(name: str) -> str:
    """The name of a file of exact numbers."""
    return f"{_PREFIX}{name}"


def marked(content: bytes, name: str, mark: Mark, language: str) -> bytes:
    """A file with its mark: CSV at the beginning of its first line, a page of HTML at the top of its body."""
    text = " ".join(mark.text(language).split())
    if name.endswith(".csv"):
        start = _BOM + b"# "
        if not content.startswith(start):
            raise ValueError(name)
        return start + text.replace(",", ";").replace('"', "”").encode() + b" | " + content.removeprefix(start)
    head, tag, rest = content.partition(b"<body>")
    if not tag:
        raise ValueError(name)
    return head + tag + f'<p class="official" role="note">{_escaped(text)}</p>'.encode() + rest


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def new_password() -> str:
    """A password of about 99 bits that can be read out over the telephone: another way than that of the file."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def encrypted_zip(content: bytes, name: str, *, password: str) -> bytes:
    """One file in a zip, encrypted with AES-256 (WinZip AE-2); the name of the file inside can be read by anybody."""
    out = BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        archive.writestr(name, content)
    return out.getvalue()
