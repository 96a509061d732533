"""What each node of an edition's logic asks of a request: when it is true, false and not applicable.

The conditions are two-valued statements on a prepared graph, so that a stock SHACL engine can check them; the
fold that they mirror is ``reasoner.logic``. Design, section 5, "Export".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from reasoner.guideline.edition import Node, Operator, Requirement, SegmentRule
from reasoner.rdf import Iri
from reasoner.terms import CORE, GUIDELINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reasoner.guideline.edition import Criterion


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts, always."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """One part holds; without parts, never."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Named:
    """The condition that stands under this name."""

    iri: Iri


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of the evidence fits a shape, or none does."""

    shape: Iri
    paths: tuple[Iri, ...]
    found: bool


@dataclass(frozen=True, slots=True)
class AtSegments:
    """The condition holds at every requested segment, of which there is one at least, or at one of them."""

    condition: Condition
    every: bool


Condition = All | Some | Not | Named | Finding | AtSegments
ALWAYS, NEVER = All(), Some()


class Part(StrEnum):
    """The three shapes that a node compiles to."""

    TRUE = "true"
    FALSE = "false"
    OUT = "not-applicable"


class Three(NamedTuple):
    """When a node is true, when it is false, and when it does not apply; in all other cases it is unknown."""

    true: Condition
    false: Condition
    out: Condition


Name = Callable[[Iri, Part], Iri]


def every(parts: Iterable[Condition]) -> Condition:
    """That all of the parts hold, in the simplest form."""
    kept = tuple(dict.fromkeys(p for part in parts for p in (part.parts if isinstance(part, All) else (part,))))
    return NEVER if NEVER in kept else kept[0] if len(kept) == 1 else All(kept)


def some(parts: Iterable[Condition]) -> Condition:
    """That one of the parts holds, in the simplest form."""
    kept = tuple(dict.fromkeys(p for part in parts for p in (part.parts if isinstance(part, Some) else (part,))))
    return ALWAYS if ALWAYS in kept else kept[0] if len(kept) == 1 else Some(kept)


def no(part: Condition) -> Condition:
    """That the part does not hold, in the simplest form."""
    if part in {ALWAYS, NEVER}:
        return NEVER if part == ALWAYS else ALWAYS
    return part.part if isinstance(part, Not) else Not(part)


def compiled(root: Node, criteria: Mapping[Iri, Criterion], name: Name) -> Mapping[Iri, Three]:
    """The three conditions of a node and of every node under it; a node refers to its members by their names."""
    found: dict[Iri, Three] = {}
    _node(root, criteria, name, found)
    return found


def _node(node: Node, criteria: Mapping[Iri, Criterion], name: Name, found: dict[Iri, Three]) -> Three:
    def below(other: Node) -> Three:
        return _node(other, criteria, name, found)

    base = group(node.operator, node.count, [below(m) for m in node.members]) if node.operator else leaf(
        criteria[node.iri]
    )  # fmt: skip
    if node.unless:
        base = waived(base, below(node.unless))
    if node.when:
        base = conditional(base, below(node.when))
    found[node.iri] = base
    names = (name(node.iri, part) for part in Part)
    return Three(*(c if c in {ALWAYS, NEVER} else Named(n) for c, n in zip(base, names, strict=True)))


def waived(base: Three, waiver: Three) -> Three:
    """A node with a waiver: true if it is, else not applicable if the waiver is true, unknown if that is unknown."""
    refused = some([waiver.false, waiver.out])
    return Three(
        true=base.true,
        false=every([base.false, refused]),
        out=some([every([no(base.true), waiver.true]), every([base.out, refused])]),
    )


def conditional(base: Three, condition: Three) -> Three:
    """A node with a condition: itself where that is true, unknown where that is unknown, else not applicable."""
    return Three(
        true=every([base.true, condition.true]),
        false=every([base.false, condition.true]),
        out=some([every([base.out, condition.true]), condition.false, condition.out]),
    )


def group(operator: Operator, count: int, members: list[Three]) -> Three:
    """A group of members; those that do not apply drop out, and a group of which nothing is left does not apply."""
    true, false = [m.true for m in members], [m.false for m in members]
    passed = [some([m.true, m.out]) for m in members]
    failed = [some([m.false, m.out]) for m in members]
    out = every(m.out for m in members)
    left = no(out)
    match operator:
        case Operator.ALL:
            return Three(every([*passed, left]), some(false), out)
        case Operator.ANY:
            return Three(some(true), every([*failed, left]), out)
        case Operator.NONE:
            return Three(every([*failed, left]), some(true), out)
    enough, too_few = _at_least(count, true), _at_least(len(members) - count + 1, failed)
    return Three(every([enough, left]), every([too_few, left]), out)


def _at_least(count: int, parts: list[Condition]) -> Condition:
    """That so many of the parts hold, as one of the subsets of that size."""
    return some(every(chosen) for chosen in combinations(parts, count)) if count > 0 else ALWAYS


@dataclass(frozen=True, slots=True)
class _Answers:
    """When a criterion has each status at one place."""

    met: Condition
    not_met: Condition
    silent: Condition
    conflicting: Condition


def leaf(criterion: Criterion) -> Three:
    """A criterion: true by support without contrary, false by contrary without support.

    What an edition makes of both together is its own; a silent record does not block an exclusion.
    """
    presumed = criterion.requirement is Requirement.EXCLUSION
    if criterion.holds_for is None:
        at = _answers(criterion, (CORE.evidence,))
        return Three(some([at.met, at.silent]) if presumed else at.met, at.not_met, NEVER)
    at = _answers(criterion, (CORE.evidence, CORE.possibleEvidence))
    true, false, silent = _across(at, criterion.holds_for)
    return Three(some([true, silent]) if presumed else true, false, NEVER)


def _across(at: _Answers, rule: SegmentRule) -> tuple[Condition, Condition, Condition]:
    """When a criterion asked of each segment is met, not met and not documented."""
    if rule is SegmentRule.EVERY:
        false = AtSegments(at.not_met, every=False)
        return AtSegments(at.met, every=True), false, every([no(false), AtSegments(at.silent, every=False)])
    true = AtSegments(at.met, every=False)
    disputed = NEVER if at.conflicting == NEVER else AtSegments(at.conflicting, every=False)
    silent = every([no(true), no(disputed), AtSegments(at.silent, every=False)])
    return true, AtSegments(at.not_met, every=True), silent


def _answers(criterion: Criterion, against: tuple[Iri, ...]) -> _Answers:
    supported, unsupported = (Finding(criterion.supporting, (CORE.evidence,), found) for found in (True, False))
    opposed, unopposed = (
        (Finding(criterion.contrary, against, found=True), Finding(criterion.contrary, against, found=False))
        if criterion.contrary
        else (NEVER, ALWAYS)
    )
    means = criterion.both_means
    return _Answers(
        met=supported if means == GUIDELINE.Met else every([supported, unopposed]),
        not_met=opposed if means == GUIDELINE.NotMet else every([opposed, unsupported]),
        silent=every([unsupported, unopposed]),
        conflicting=NEVER if means in {GUIDELINE.Met, GUIDELINE.NotMet} else every([supported, opposed]),
    )
