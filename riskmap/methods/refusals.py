"""Why a method gives no number: a typed answer, so that no caller mistakes it for a missing value or for zero."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """What stands in the way of a judgement; each value is the key of its sentence."""

    TOO_FEW_EVENTS = "too_few_events"
    INCOMPLETE_PERIOD = "incomplete_period"
    GAP = "gap"
    DEFINITION_BREAK = "definition_break"
    BORDER_BREAK = "border_break"
    HIDDEN_POINT = "hidden_point"
    TOO_FEW_AREAS = "too_few_areas"
    TOO_SHORT = "too_short"
    LARGE_SHARE = "large_share"
    TOO_FEW_COMPONENTS = "too_few_components"
    TOO_FEW_WEIGHTS = "too_few_weights"
    NO_GROUP = "no_group"  # no areas are declared to be comparable with it
    NO_PEOPLE = "no_people"  # the people at risk are not known
    NOT_PUBLISHED = "not_published"  # no such figure of a larger area
    NOT_WHOLE = "not_whole"  # of the numbers are means
    PART_ABOVE_WHOLE = "part_above_whole"  # figures of different senders do not fit together
    ROUNDED = "rounded"


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer of a method that judges a whole series or map where it must not be judged."""

    reason: Reason
