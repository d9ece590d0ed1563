"""The command line of outlines: python -m geo boundaries build FILE."""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from geo import boundaries, layers
from geo.record import OWN_FOLDER
from riskmap.domain.errors import RiskMapError, WrongUsage
from riskmap.domain.settings import LANGUAGE, area_folder
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import number, t

# Names a folder: no separators, and no dot at the beginning, which would hide it.
_VINTAGE: Final = re.compile(r"\w[\w.-]*")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the result is its exit status (0 done, 1 faults in the layer, 2 wrong usage, 3 situation)."""
    chosen = _parser().parse_args(arguments)
    try:
        folder = chosen.out or area_folder() / OWN_FOLDER / _vintage(chosen)
        layer = layers.read_layer(chosen.file, code_column=chosen.code_column, layer_name=chosen.layer)
        record = boundaries.build(layer, attribution=_attribution(chosen), valid_from=chosen.valid_from, out=folder)
    except RiskMapError as error:
        print(*_sentences(error, chosen.lang), sep="\n", file=sys.stderr)
        return error.exit_status
    print(*_summary(record, folder, chosen.lang), sep="\n")
    return 0


def _attribution(chosen: argparse.Namespace) -> boundaries.Attribution:
    return boundaries.Attribution(
        origin=chosen.origin or chosen.file.name,
        credit=chosen.credit,
        licence=chosen.licence,
        licence_address=chosen.licence_address,
        vintage=_vintage(chosen),
    )


def _vintage(chosen: argparse.Namespace) -> str:
    """The word for the time of the borders, which names the folder too: the day itself where none was given."""
    vintage = chosen.vintage or str(chosen.valid_from or "")
    if not _VINTAGE.fullmatch(vintage):
        raise WrongUsage(reason="geo.usage.vintage", detail=vintage)
    return vintage


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _parser() -> argparse.ArgumentParser:
    lang = LANGUAGE.value if LANGUAGE.value in LANGUAGES else LANGUAGE.default
    parser = argparse.ArgumentParser(prog="python -m geo", description=t("geo.help.program", lang))
    things = parser.add_subparsers(required=True, metavar="boundaries")
    commands = things.add_parser("boundaries", help=t("geo.help.boundaries", lang)).add_subparsers(
        required=True, metavar="build"
    )
    build = commands.add_parser("build", help=t("geo.help.build", lang), description=t("geo.help.build", lang))
    build.add_argument("file", type=Path, metavar="FILE", help=t("geo.help.file", lang))
    build.add_argument("--out", type=Path, metavar="DIR", help=t("geo.help.out", lang))
    build.add_argument(
        "--valid-from", type=_day, metavar="YYYY-MM-DD", required=True, help=t("geo.help.valid_from", lang)
    )
    for option in ("origin", "credit", "licence", "licence-address", "vintage", "layer"):
        words = t(f"geo.help.{option.replace('-', '_')}", lang)
        build.add_argument(f"--{option}", metavar="TEXT", default="", help=words)
    build.add_argument(
        "--code-column", metavar="TEXT", default=layers.CODE_COLUMN, help=t("geo.help.code_column", lang)
    )
    build.add_argument("--lang", choices=LANGUAGES, default=lang, help=t("geo.help.lang", lang))
    return parser


def _sentences(error: RiskMapError, lang: str) -> Iterator[str]:
    if isinstance(error, layers.LayerRefused):
        yield t(error.key, lang, count=len(error.layer_faults))
        yield from (f"- {t(fault.key, lang, **fault.values)}" for fault in error.layer_faults)
    elif isinstance(error, WrongUsage) and "reason" in error.values:
        yield t(str(error.values["reason"]), lang, **error.values)
    else:
        yield t(error.key, lang, **error.values)


def _summary(record: dict[str, Any], folder: Path, lang: str) -> Iterator[str]:
    yield t("geo.written", lang, folder=folder, tolerance=record["tolerance_degrees"])
    for name, file in record["files"].items():
        counts = {count: number(file[count], lang) for count in ("features", "bytes", "gzip_bytes")}
        yield t("geo.written_file", lang, file=name, **counts, **file["agreement"])
    if record["shown_within"]:
        pairs = ", ".join(f"{code} ({parent})" for code, parent in record["shown_within"].items())
        yield t("geo.shown_within", lang, count=len(record["shown_within"]), codes=pairs)
    if not record["credit"]:
        yield t("geo.no_credit", lang)


if __name__ == "__main__":
    sys.exit(main())
