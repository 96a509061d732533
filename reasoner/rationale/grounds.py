"""The grounds of the utilization review decision, answered one by one from the criteria's statuses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from reasoner.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reasoner.assess import Answer
    from reasoner.guideline.edition import Criterion, Edition
    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri
    from reasoner.record import Ground


class GroundReply(StrEnum):
    """What becomes of a ground; the value names the form of its sentence."""

    SUSTAINED = "GroundSustained"
    IN_DISPUTE = "GroundInDispute"
    CONTRADICTED = "GroundContradicted"
    NO_CRITERION = "GroundNoCriterion"


@dataclass(frozen=True, slots=True)
class GroundAnswer:
    """A ground, its reply, and the answers to the criteria that it touches."""

    ground: Ground
    reply: GroundReply
    answers: tuple[Answer, ...]


def answer_ground(ground: Ground, edition: Edition, answers: Mapping[Iri, Answer], ontology: Ontology) -> GroundAnswer:
    """The reply to a ground, from the criteria that it touches.

    It is sustained where one of them is not met or not documented, in dispute where one conflicts, and
    contradicted where all are met.
    """
    touched = tuple(answers[c] for c in _touched(ground.about, edition, ontology))
    return GroundAnswer(ground, _reply([a.status for a in touched]), touched)


def _reply(statuses: Iterable[Status]) -> GroundReply:
    counted = {s for s in statuses if s is not Status.NOT_APPLICABLE}
    if not counted:
        return GroundReply.NO_CRITERION
    if counted & {Status.NOT_MET, Status.NOT_DOCUMENTED}:
        return GroundReply.SUSTAINED
    return GroundReply.IN_DISPUTE if Status.CONFLICTING in counted else GroundReply.CONTRADICTED


@lru_cache(maxsize=8192)
def _touched(kinds: tuple[Iri, ...], edition: Edition, ontology: Ontology) -> tuple[Iri, ...]:
    """The criteria that look for one of the kinds that a ground is about, or for one above or below it."""
    return tuple(c for c in sorted(edition.criteria) if _touches(kinds, edition.criteria[c], ontology))


def _touches(kinds: tuple[Iri, ...], criterion: Criterion, ontology: Ontology) -> bool:
    return any(
        ontology.is_a(kind, about) or ontology.is_a(about, kind) for kind in criterion.looks_for for about in kinds
    )
