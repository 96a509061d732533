"""Everything in an edition that rows and cases can exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.author.deck_file import NOT_RAISED, RAISED
from reasoner.rdf import Literal
from reasoner.status import Status, Truth
from reasoner.terms import GUIDELINE, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reasoner.author.coverage_arms import Arm
    from reasoner.guideline.edition import Criterion, Edition, Group, Node
    from reasoner.rdf import Iri

STATUSES = (Status.MET, Status.NOT_MET, Status.NOT_DOCUMENTED, Status.CONFLICTING)
PHRASE_OF = {
    "phraseMet": "met",
    "phraseNotMet": "not met",
    "phraseNotDocumented": "not documented",
    "phraseConflicting": "conflicting",
    "phraseRaised": RAISED,
    "phraseNotRaised": NOT_RAISED,
}

Part = tuple[str, str, str]
"""The sort of thing (status, truth, alternative, arm, phrase), the local name it is of, and which."""


def answered(edition: Edition) -> list[tuple[Iri, Criterion | Group]]:
    """Every group, criterion and caution."""
    return [*edition.groups.items(), *edition.criteria.items(), *edition.cautions.items()]


def parts(edition: Edition, arms: Sequence[Arm]) -> Iterator[tuple[Part, Iri]]:
    """Everything that can be exercised, with the subject at whose line it stands."""
    nodes = {n.iri: n for n in edition.logic.below()} if edition.logic else {}
    for iri, said in answered(edition):
        name = local_name(iri)
        yield from (((sort, name, which), iri) for sort, which in _of_answer(iri, said, edition, nodes.get(iri)))
        yield from ((("arm", name, arm.name), arm.line_of) for arm in arms if arm.criterion == iri)
        yield from ((("phrase", name, local_name(w)), w) for w in _further_phrases(said))


def _of_answer(iri: Iri, said: Criterion | Group, edition: Edition, node: Node | None) -> Iterator[tuple[str, str]]:
    statuses = [RAISED, NOT_RAISED] if iri in edition.cautions else [str(s) for s in possible(iri, edition)]
    yield from (("status", s) for s in statuses)
    yield from (("phrase", p) for p in said.phrases if PHRASE_OF.get(p) in statuses)
    if node:
        yield from (("truth", str(t)) for t in _truths(possible(iri, edition)))
        yield from (("alternative", f"{local_name(m.iri)} decides") for m in node.members)


def _truths(statuses: Sequence[Status]) -> list[Truth]:
    """The values in the logic that some status gives."""
    gives = {Status.MET: Truth.TRUE, Status.NOT_MET: Truth.FALSE, Status.NOT_APPLICABLE: Truth.NOT_APPLICABLE}
    return [t for t in Truth if t in {gives.get(s, Truth.UNKNOWN) for s in statuses}]


def possible(iri: Iri, edition: Edition) -> list[Status]:
    """The statuses that a criterion or group can take; a conflict is none where the edition says what both mean."""
    found = [s for s in STATUSES if s is not Status.CONFLICTING or _may_conflict(iri, edition)]
    found = [*found, Status.NOT_APPLICABLE] if _may_not_apply(iri, edition) else found
    return [s for s in found if s not in unreachable(iri, edition)]


def unreachable(iri: Iri, edition: Edition) -> Mapping[str, str]:
    """The statuses that the edition says no case can give, with the reason."""
    said = (
        v.value.partition(": ")
        for v in edition.graph.values(iri, GUIDELINE.unreachableStatus)
        if isinstance(v, Literal)
    )
    return {status: reason for status, _, reason in said}


def _may_conflict(iri: Iri, edition: Edition) -> bool:
    if iri in edition.criteria:
        return edition.criteria[iri].both_means not in (GUIDELINE.Met, GUIDELINE.NotMet)
    node = next(n for n in edition.logic.below() if n.iri == iri) if edition.logic else None
    return node is not None and any(_may_conflict(n.iri, edition) for n in node.below() if n.operator is None)


def _may_not_apply(iri: Iri, edition: Edition) -> bool:
    """Whether a waiver or condition stands at or above it, or a group has nothing but such members."""
    if edition.logic is None:
        return False
    above = any(iri in {b.iri for b in n.below()} for n in edition.logic.below() if n.unless or n.when)
    node = next((n for n in edition.logic.below() if n.iri == iri), None)
    return above or bool(node and node.members and all(_may_not_apply(m.iri, edition) for m in node.members))


def _further_phrases(said: Criterion | Group) -> list[Iri]:
    own = [w.iri for w in getattr(said, "witness_phrases", ())]
    return [*own, said.remedy.iri] if said.remedy else own
