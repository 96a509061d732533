"""The determination: what the edition's logic makes of the statuses. No I/O, no graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.guideline.edition import Operator
from reasoner.logic import could_be_true, fold, folds, status_of_truth
from reasoner.record import make_up
from reasoner.status import Outcome, Review, Status, Truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reasoner.assess import Answer, Raised
    from reasoner.guideline.edition import Edition, Node
    from reasoner.logic import Leaf
    from reasoner.rdf import Iri
    from reasoner.record import Record, Request


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is determined of one request or part."""

    request: Request
    outcome: Outcome
    reason: Status | None
    answers: Mapping[Iri, Answer] = field(hash=False)
    groups: Mapping[Iri, Status] = field(hash=False)
    truths: Mapping[Iri, Truth] = field(hash=False)
    """The folded value of every node of the logic."""
    unclaimed: frozenset[Iri]
    """The alternatives of the logic that nobody supports and no finding speaks of."""
    cautions: tuple[Raised, ...]


class Determination(NamedTuple):
    """What is determined of the request as a whole, and of its parts where the edition is divisible."""

    whole: Verdict
    parts: tuple[Verdict, ...]
    outcome: Outcome
    reason: Status | None
    granted: tuple[Iri, ...]
    review: Review

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts that decide: those of the parts, else that of the whole."""
        return self.parts or (self.whole,)


def verdict(request: Request, edition: Edition, answers: Mapping[Iri, Answer], cautions: tuple[Raised, ...]) -> Verdict:
    """Fold the statuses of one request. Raises `KnowledgeBaseError` where a criterion was not evaluated."""
    assert edition.logic is not None  # noqa: S101 - an edition without logic governs nothing (select)
    refuse_unevaluated(edition, answers)
    leaves = _leaves(edition, answers)
    witnessed = {iri for iri, a in answers.items() if a.supporting or a.contrary}
    truths = folds(edition.logic, leaves)
    out = inapplicable(edition.logic, truths)
    outcome, reason = _outcome(edition.logic, truths[edition.logic.iri], leaves, witnessed)
    return Verdict(
        request=request, outcome=outcome, reason=reason,
        answers=_without(out, answers),
        groups=_groups(edition.logic, truths, out, leaves),
        truths=truths,
        unclaimed=_unclaimed(edition.logic, witnessed), cautions=cautions,
    )  # fmt: skip


def as_applied(edition: Edition, answers: Mapping[Iri, Answer]) -> Mapping[Iri, Answer]:
    """The answers, those that a waiver or condition takes out marked not applicable."""
    if edition.logic is None or any(a.status is Status.NOT_EVALUATED for a in answers.values()):
        return answers
    return _without(inapplicable(edition.logic, folds(edition.logic, _leaves(edition, answers))), answers)


def _without(out: set[Iri], answers: Mapping[Iri, Answer]) -> Mapping[Iri, Answer]:
    return {iri: a._replace(status=Status.NOT_APPLICABLE) if iri in out else a for iri, a in answers.items()}


def group_statuses(edition: Edition, answers: Mapping[Iri, Answer]) -> Mapping[Iri, Status]:
    """The status of every group of the logic; one with a member that was not evaluated is not evaluated."""
    if edition.logic is None:
        return {}
    leaves = _leaves(edition, answers)
    if any(status is Status.NOT_EVALUATED for status, _ in leaves.values()):
        return {n.iri: Status.NOT_EVALUATED for n in edition.logic.below() if n.operator}
    truths = folds(edition.logic, leaves)
    return _groups(edition.logic, truths, inapplicable(edition.logic, truths), leaves)


def _groups(
    root: Node, truths: Mapping[Iri, Truth], waived: set[Iri], leaves: Mapping[Iri, Leaf]
) -> Mapping[Iri, Status]:
    return {
        n.iri: Status.NOT_APPLICABLE if n.iri in waived else status_of_truth(n, truths[n.iri], leaves)
        for n in root.below()
        if n.operator
    }


def _leaves(edition: Edition, answers: Mapping[Iri, Answer]) -> dict[Iri, Leaf]:
    return {iri: (a.status, edition.criteria[iri].requirement) for iri, a in answers.items()}


def refuse_unevaluated(edition: Edition, answers: Mapping[Iri, Answer]) -> None:
    """Refuse to go on where a criterion was not evaluated: an error, never folded."""
    found = sorted(iri for iri, answer in answers.items() if answer.computed is Status.NOT_EVALUATED)
    if found:
        raise KnowledgeBaseError(
            *(
                Problem(
                    "not-evaluated",
                    edition.file,
                    edition.line_of(iri),
                    f"{edition.criteria[iri].name} could not be evaluated: its shape saw no focus node, failed its "
                    "canary, or accepts findings of kinds that it does not look for.",
                    "Mend its shapes: each must reject a finding of which only the kind is stated, or of another kind.",
                )
                for iri in found
            )
        )


def determination(record: Record, edition: Edition, verdicts: Mapping[Iri, Verdict]) -> Determination:
    """The outcome for the whole: of its parts where the edition is divisible and they make up the request.

    Parts that leave a segment of the request out never stand for it.
    """
    whole = verdicts[record.whole.iri]
    apart = edition.divisible and make_up(record.whole, record.parts)
    parts = tuple(verdicts[p.iri] for p in record.parts) if apart else ()
    outcome, reason = _combined(parts) if parts else (whole.outcome, whole.reason)
    deciding = parts or (whole,)
    granted = {s for v in deciding if v.outcome is Outcome.NECESSARY for s in v.request.segments}
    return Determination(
        whole=whole, parts=parts, outcome=outcome, reason=reason,
        granted=tuple(s for s in record.whole.segments if s in granted), review=REVIEWS[outcome],
    )  # fmt: skip


REVIEWS = {
    Outcome.NECESSARY: Review.OVERTURNED,
    Outcome.NOT_NECESSARY: Review.UPHELD,
    Outcome.MODIFIED: Review.PARTLY_OVERTURNED,
    Outcome.ADJUDICATE: Review.UNDECIDED,
}


def _combined(parts: tuple[Verdict, ...]) -> tuple[Outcome, Status | None]:
    outcomes = {p.outcome for p in parts}
    if Outcome.ADJUDICATE in outcomes:
        return Outcome.ADJUDICATE, Status.CONFLICTING
    refused = [p.reason for p in parts if p.outcome is Outcome.NOT_NECESSARY]
    reason = Status.NOT_MET if Status.NOT_MET in refused else next(iter(refused), None)
    return (outcomes.pop() if len(outcomes) == 1 else Outcome.MODIFIED), reason


def _outcome(
    root: Node, truth: Truth, leaves: Mapping[Iri, Leaf], witnessed: set[Iri]
) -> tuple[Outcome, Status | None]:
    match truth:
        case Truth.TRUE:
            return Outcome.NECESSARY, None
        case Truth.FALSE | Truth.NOT_APPLICABLE:
            return Outcome.NOT_NECESSARY, Status.NOT_MET
    if could_be_true(root, leaves):
        return Outcome.ADJUDICATE, Status.CONFLICTING
    # The reason is read from the alternatives that somebody supports or a finding speaks of.
    claimed = fold(root, leaves, stands=lambda n: _has_witness(n, witnessed))
    return Outcome.NOT_NECESSARY, Status.NOT_MET if claimed is Truth.FALSE else Status.NOT_DOCUMENTED


def _has_witness(node: Node, witnessed: set[Iri]) -> bool:
    return not node.names.isdisjoint(witnessed)


def _unclaimed(root: Node, witnessed: set[Iri]) -> frozenset[Iri]:
    alternatives = [m for n in root.below() if n.operator is Operator.ANY for m in n.members]
    return frozenset(m.iri for m in alternatives if not _has_witness(m, witnessed))


def inapplicable(root: Node, truths: Mapping[Iri, Truth]) -> set[Iri]:
    """Every criterion and group under a node whose waiver is met or whose condition is not, by the folded values."""
    return {
        b.iri
        for n in root.below()
        if (n.unless or n.when) and truths[n.iri] is Truth.NOT_APPLICABLE
        for b in _itself(n)
    }


def _itself(node: Node) -> list[Node]:
    """A node and its members all the way down, without its waiver and condition."""
    return [node, *(b for m in node.members for b in _itself(m))]
