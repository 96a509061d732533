"""A case as text on its way in, and as one row of plain values on its way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date


class CaseText(NamedTuple):
    """One case that was not parsed yet."""

    name: str
    file: str
    ending: str
    """The form of the content, as a file would end: ``.nq``, ``.trig``."""
    content: bytes
    line: int = 1
    """The line of the file on which the content begins."""


class Asks(NamedTuple):
    """What is asked for beside the statuses."""

    determination: bool = False
    """The determination as N-Quads."""
    rationale: bool = False
    """The rationale as text."""
    json: bool = False
    """The whole row as one line of JSON."""
    dossier: bool = False
    """In the place of the determination all graphs of the case, as `reasoner.render.dossier` tells them."""


class RungRow(NamedTuple):
    """One authority that was asked, and its reply."""

    authority: str
    reply: str
    ground: str


class RequestRow(NamedTuple):
    """What is determined of the request or of a part that is decided apart."""

    request: str
    part_of: str | None
    outcome: str
    reason: str | None


class CriterionRow(NamedTuple):
    """The answer to one criterion for one request; findings and adjudications are IRIs, sorted."""

    request: str
    criterion: str
    name: str
    notation: str
    label: str
    status: str
    computed: str
    """The status before any adjudication."""
    supporting: tuple[str, ...]
    contrary: tuple[str, ...]
    elsewhere: tuple[str, ...]
    adjudications: tuple[str, ...]


class CautionRow(NamedTuple):
    """Whether a caution is raised for one request."""

    request: str
    caution: str
    raised: bool


class DiscrepancyRow(NamedTuple):
    """Statements of the record that do not agree, in one sentence."""

    sentence: str
    sources: tuple[str, ...]


class ProblemRow(NamedTuple):
    """What kept a case from being judged."""

    code: str
    file: str
    line: int | None
    problem: str
    fix: str


class Row(NamedTuple):
    """Everything that is told of one case; one that could not be judged has problems and no outcome."""

    case: str | None
    """The case's name; nothing in the row of a file that could not be read."""
    file: str
    sha256: str | None = None
    as_of: date | None = None
    edition: str | None = None
    edition_label: str | None = None
    edition_sha256: str | None = None
    ladder: str | None = None
    rungs: tuple[RungRow, ...] = ()
    outcome: str | None = None
    reason: str | None = None
    review: str | None = None
    granted: tuple[str, ...] = ()
    requests: tuple[RequestRow, ...] = ()
    criteria: tuple[CriterionRow, ...] = ()
    cautions: tuple[CautionRow, ...] = ()
    discrepancies: tuple[DiscrepancyRow, ...] = ()
    problems: tuple[ProblemRow, ...] = ()
    determination: str | None = None
    rationale: str | None = None
