"""A signature under the build that waits: what is looked at before, the same for the command line and for pages."""

from pathlib import Path

from etl.diff import Diff
from etl.publish import refuse_unfit, was_live
from etl.sign_off import refuse_signature, sign
from etl.storage import live
from riskmap.domain.errors import PublishRefused, SignRefused


def refuse_to_sign(build: Path) -> None:
    """`SignRefused` where whoever is at work cannot sign: nobody is asked to sign what cannot go live or has been."""
    current = live()
    if current and current.name == build.name:
        raise SignRefused(reason="sign.refused.is_live", build=build.name)
    if was_live(build):
        raise SignRefused(reason="sign.refused.was_live", build=build.name)
    try:
        refuse_unfit(build)
    except PublishRefused as refusal:
        raise SignRefused(**refusal.values) from refusal
    refuse_signature(build)


def sign_seen(build: Path, diff: Diff) -> None:
    """Sign a build of which whoever is at work has seen what it changes; what refuses that is looked at once more."""
    sign(build, {str(change): number for change, number in diff.counts.items()})
