"""The words by which criteria and determinations are answered, and the three values they fold to."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The answer to a criterion."""

    MET = "met"
    NOT_MET = "not met"
    NOT_DOCUMENTED = "not documented"
    CONFLICTING = "conflicting"
    NOT_APPLICABLE = "not applicable"
    NOT_EVALUATED = "not evaluated"


class Truth(StrEnum):
    """Kleene's three values, and a fourth for what drops out of a fold."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


class Outcome(StrEnum):
    """What is determined of a request."""

    NECESSARY = "medically necessary"
    NOT_NECESSARY = "not medically necessary"
    MODIFIED = "modified"
    ADJUDICATE = "needs adjudication"


class Review(StrEnum):
    """What becomes of the utilization review denial."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    PARTLY_OVERTURNED = "partly overturned"
    UNDECIDED = "undecided"
