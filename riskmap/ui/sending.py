"""Puts a file that was checked into the inbox of the operator."""

import hashlib
import secrets
from datetime import UTC, datetime

from riskmap.access.audit_log import AccessEvent, note
from riskmap.access.handing_over import hand_over
from riskmap.domain.settings import inbox_folder
from riskmap.ui.checking import Outcome, Upload, safe_name


def send(upload: Upload, outcome: Outcome, *, region: str, who: str) -> str:
    """The name under which the file waits from now on: region, moment, its own; it is noted first, and there whole.

    `StorageFailed` where it cannot be written. The operator checks it anew, beside what was received before.
    """
    # In pieces: twelve digits in a row would be taken for the number of a person.
    moment = f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}-{secrets.token_hex(2)}"
    name = f"{region}-{moment}-{safe_name(upload.name)}"
    note(
        AccessEvent.SUBMIT,
        who=who,
        scope=[region],
        file=name,
        sha256=hashlib.sha256(upload.content).hexdigest(),
        periods=list(outcome.periods),
        figures=outcome.figures,
        faults=len(outcome.faults),
    )
    hand_over(inbox_folder() / name, upload.content)
    return name
