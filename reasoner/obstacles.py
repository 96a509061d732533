"""What stands in the way of a request: which criteria keep it from being necessary, and which of them alone would do.

No I/O, no graph.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from reasoner.guideline.edition import Requirement
from reasoner.logic import fold
from reasoner.rationale.criteria import standing_in_the_way
from reasoner.status import Outcome, Status, Truth

if TYPE_CHECKING:
    from reasoner.determine import Determination, Verdict
    from reasoner.guideline.edition import Edition, Node
    from reasoner.rdf import Iri


class Obstacles(NamedTuple):
    """The criteria, and groups answered like criteria, that stand in the way of a request."""

    all: tuple[Iri, ...]
    sole: tuple[Iri, ...]
    """Those of which one, were it met and everything else as it is, would make the request necessary."""


def obstacles(determined: Determination, edition: Edition) -> Obstacles:
    """What stands in the way of the request, or of those of its parts that decide; nothing of one that is necessary."""
    refused = [v for v in determined.verdicts if v.outcome is not Outcome.NECESSARY]
    if edition.logic is None or not refused:
        return Obstacles((), ())
    found = [frozenset(i.iri for i in standing_in_the_way(edition.logic, v, edition)) for v in refused]
    shared = frozenset.intersection(*found)
    sole = (iri for iri in shared if all(_would_do(iri, v, edition.logic, edition) for v in refused))
    return Obstacles(tuple(sorted(frozenset().union(*found))), tuple(sorted(sole)))


def _would_do(obstacle: Iri, verdict: Verdict, logic: Node, edition: Edition) -> bool:
    leaves = {iri: (answer.status, edition.criteria[iri].requirement) for iri, answer in verdict.answers.items()}
    answered = logic if obstacle in leaves else _as_leaf(logic, obstacle)
    leaves[obstacle] = (Status.MET, Requirement.REQUIRED)
    return fold(answered, leaves) is Truth.TRUE


def _as_leaf(node: Node, iri: Iri) -> Node:
    """The logic with one group answered as a criterion is."""
    if node.iri == iri:
        return replace(node, operator=None, members=())
    return replace(node, members=tuple(_as_leaf(member, iri) for member in node.members))
