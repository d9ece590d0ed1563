"""The command template: the workbook that a region fills in."""

import argparse
from datetime import date
from pathlib import Path

from etl import report
from etl.commands.parsing import Commands, add_command
from etl.template import template_month, template_region, template_source, write_template


def declare(commands: Commands) -> None:
    """Add the command of this module."""
    template = add_command(commands, "template", _template)
    template.add_argument("source", metavar="SOURCE")
    template.add_argument("--area", required=True, metavar="KATO")
    template.add_argument("--period", metavar="2025-10")
    template.add_argument("--out", type=Path, metavar="FILE")


def _template(options: argparse.Namespace) -> int:
    source = template_source(options.source)
    period = template_month(options.period, date.today())
    region = template_region(options.area, options.lang, on=period.end)
    path = write_template(source, region, period, language=options.lang, out=options.out)
    report.say("template.written", options.lang, path=path, region=region.name(options.lang), period=period.code)
    return 0
