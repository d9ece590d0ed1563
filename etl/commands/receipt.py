"""The command receipt: what the live publication has made of the returns of a region, one page in each language."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from etl import report
from etl.commands.parsing import Commands, add_command
from etl.commands.regions import region_id
from etl.receipts import Written, write_receipts
from etl.storage import live
from etl.trace import fault_trace, keep_trace
from riskmap.domain.errors import NoPublishedBuild, RiskMapError
from riskmap.domain.settings import LANGUAGE
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t


def declare(commands: Commands) -> None:
    """Add the command of this module."""
    receipt = add_command(commands, "receipt", _receipt, has_json=True)
    receipt.add_argument("--region", metavar="KATO")
    receipt.add_argument("--out", type=Path, metavar="DIR")
    # Without a language receipts are written in all of them.
    receipt.set_defaults(lang="")


def _receipt(options: argparse.Namespace) -> int:
    build = live()
    if build is None:
        raise NoPublishedBuild
    regions = [region_id(options.region)] if options.region else []
    languages = [options.lang] if options.lang else LANGUAGES
    written = write_receipts(build, regions=regions, languages=languages, out=options.out)
    if options.json:
        report.print_json({"build": build.name, "receipts": [_document(one) for one in written]})
    else:
        report.print_lines([_told(written, options.lang or LANGUAGE.value)])
    return 0


def _document(one: Written) -> dict[str, str]:
    return {"region": one.region, "language": one.language, "path": str(one.path)}


def _told(written: Sequence[Written], language: str) -> str:
    if not written:
        return t("receipt.nobody_owes", language)
    return t("receipt.written", language, folder=written[0].path.parent, count=len(written))


def say_receipts(build: Path, language: str, *, as_json: bool = False) -> None:
    """Write the receipts of a build that has just gone live and say so; where it fails, say that beside the outcome.

    The publication stands whatever happens here. Nothing is said where nobody owes a return, nor, where another program
    reads, of what went well.
    """
    try:
        written = write_receipts(build)
    except RiskMapError as error:
        _say_failed(report.error_text(error, language), language)
    except Exception:
        _say_failed(t("error.details", language, path=_kept()), language)
    else:
        if written and not as_json:
            report.print_lines([_told(written, language)])


def _say_failed(reason: str, language: str) -> None:
    sys.stderr.write(t("receipt.failed", language, reason=reason) + "\n")


def _kept() -> Path | str:
    trace = fault_trace("receipts")
    try:
        return keep_trace(trace)
    except RiskMapError:
        return trace
