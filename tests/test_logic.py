"""The fold of statuses, held against a definition of its own and against the laws that it must keep."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reasoner.assess import Answer, Witnesses, across, status
from reasoner.determine import Verdict, verdict
from reasoner.guideline.edition import Node, Operator, Requirement, SegmentRule
from reasoner.logic import Leaf, fold, status_of
from reasoner.rdf import Iri
from reasoner.status import Status, Truth
from reasoner.terms import GUIDELINE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

MET, NOT_MET, SILENT, CONFLICT = Status.MET, Status.NOT_MET, Status.NOT_DOCUMENTED, Status.CONFLICTING
REQUIRED, EXCLUSION = Requirement.REQUIRED, Requirement.EXCLUSION
MAX_LEAVES = 7
Case = tuple[Node, dict[Iri, Leaf]]

# ---------------------------------------------------------------- Trees


def leaf(name: str) -> Node:
    return Node(Iri(name))


def group(operator: Operator, *members: Node, count: int = 0, name: str = "group") -> Node:
    return Node(Iri(name), operator, members, count)


@st.composite
def trees(
    draw: st.DrawFn, beside: Collection[str] = ("unless", "when"), operators: Collection[Operator] = Operator
) -> Node:
    """A tree in which, as in an edition, every criterion stands once."""
    names = iter(range(1000))

    def grow(depth: int) -> Node:
        number = next(names)
        operator = draw(st.sampled_from([None, None, *operators])) if depth and number < MAX_LEAVES else None
        members = tuple(grow(depth - 1) for _ in range(draw(st.integers(1, 3)))) if operator else ()
        count = draw(st.integers(1, len(members))) if operator is Operator.AT_LEAST else 0
        aside = {b: grow(depth - 1) for b in beside if depth and draw(st.integers(0, 3)) == 0}
        return Node(Iri(f"n{number}"), operator, members, count, **aside)

    return grow(3)


NO_COUNTS = tuple(o for o in Operator if o is not Operator.AT_LEAST)
STATUSES = (MET, NOT_MET, SILENT, CONFLICT, Status.NOT_APPLICABLE)


@st.composite
def cases(draw: st.DrawFn, **shape: Any) -> Case:
    tree = draw(trees(**shape))
    requirements = st.sampled_from([REQUIRED, REQUIRED, Requirement.DOCUMENTATION, EXCLUSION])
    return tree, {n.iri: (draw(st.sampled_from(STATUSES)), draw(requirements)) for n in tree.below() if not n.operator}


# ---------------------------------------------------------------- A definition of its own: numbers

TRUE, UNKNOWN, FALSE = 1.0, 0.5, 0.0
VALUE = {TRUE: Truth.TRUE, UNKNOWN: Truth.UNKNOWN, FALSE: Truth.FALSE, None: Truth.NOT_APPLICABLE}


def number(node: Node, leaves: Mapping[Iri, Leaf]) -> float | None:
    """All is the least of the members, any the greatest, at least n the nth greatest; nothing is not applicable."""
    found = of_leaf(*leaves[node.iri]) if node.operator is None else of_group(node, leaves)
    if node.unless and found != TRUE:
        waiver = number(node.unless, leaves)
        found = None if waiver == TRUE else UNKNOWN if waiver == UNKNOWN else found
    if node.when:
        condition = number(node.when, leaves)
        found = found if condition == TRUE else UNKNOWN if condition == UNKNOWN else None
    return found


def of_leaf(found: Status, requirement: Requirement) -> float | None:
    if found is SILENT:
        return TRUE if requirement is EXCLUSION else UNKNOWN
    return {MET: TRUE, NOT_MET: FALSE, CONFLICT: UNKNOWN}.get(found)


def of_group(node: Node, leaves: Mapping[Iri, Leaf]) -> float | None:
    values = sorted((v for m in node.members if (v := number(m, leaves)) is not None), reverse=True)
    if not values:
        return None
    match node.operator:
        case Operator.ALL:
            return values[-1]
        case Operator.ANY:
            return values[0]
        case Operator.NONE:
            return 1 - values[0]
        case _:
            return values[node.count - 1] if node.count <= len(values) else FALSE


@given(cases())
@settings(max_examples=150, deadline=None)
def test_the_fold_is_the_definition(case: Case) -> None:
    tree, leaves = case
    assert fold(tree, leaves) is VALUE[number(tree, leaves)]


# ---------------------------------------------------------------- Laws


def resolved(leaves: Mapping[Iri, Leaf], *open_statuses: Status) -> Iterator[dict[Iri, Leaf]]:
    """The leaves with those of the open statuses met or not met, in every way; silent exclusions stay presumed."""
    unsettled = [i for i, (s, r) in leaves.items() if s in open_statuses and not (s is SILENT and r is EXCLUSION)]
    for choice in product((MET, NOT_MET), repeat=len(unsettled)):
        yield {**leaves, **{i: (s, leaves[i][1]) for i, s in zip(unsettled, choice, strict=True)}}


@given(cases(beside=("when",), operators=NO_COUNTS) | cases(beside=()))
@settings(max_examples=150, deadline=None)
def test_what_is_known_stays_known_whatever_the_open_criteria_turn_out_to_be(case: Case) -> None:
    """Without waivers: a waiver that is met puts an open criterion aside, which may still come to be met.

    Nor for counts under conditions: a group whose last members come not to apply drops out instead of failing.
    """
    tree, leaves = case
    truth = fold(tree, leaves)
    if truth is not Truth.UNKNOWN:
        assert {fold(tree, known) for known in resolved(leaves, SILENT, CONFLICT)} == {truth}


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_members_does_not_matter(case: Case, chance: Any) -> None:
    tree, leaves = case

    def shuffled(node: Node) -> Node:
        members = [shuffled(m) for m in node.members]
        chance.shuffle(members)
        aside = {b: shuffled(n) for b in ("unless", "when") if (n := getattr(node, b))}
        return replace(node, members=tuple(members), **aside)

    assert fold(shuffled(tree), leaves) is fold(tree, leaves)
    assert fold(shuffled(tree), leaves, favorably=True) is fold(tree, leaves, favorably=True)


@given(cases(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_what_does_not_apply_drops_out(case: Case, first: bool) -> None:  # noqa: FBT001
    tree, leaves = case
    idle = leaf("idle")
    known = {**leaves, idle.iri: (Status.NOT_APPLICABLE, REQUIRED)}
    if tree.operator:
        wider = replace(tree, members=(idle, *tree.members) if first else (*tree.members, idle))
        assert fold(wider, known) is fold(tree, leaves)


@given(cases(beside=("when",)), st.data())
@settings(max_examples=100, deadline=None)
def test_a_criterion_that_was_not_evaluated_is_never_folded(case: Case, data: st.DataObject) -> None:
    tree, leaves = case
    broken = data.draw(st.sampled_from(sorted(leaves)))
    with pytest.raises(ValueError, match="not evaluated"):
        fold(tree, {**leaves, broken: (Status.NOT_EVALUATED, leaves[broken][1])})


@given(cases())
@settings(max_examples=150, deadline=None)
def test_resolving_conflicts_favorably_only_raises_towards_true(case: Case) -> None:
    tree, leaves = case
    if fold(tree, leaves) is Truth.TRUE:
        assert fold(tree, leaves, favorably=True) is Truth.TRUE
    if CONFLICT not in {s for s, _ in leaves.values()}:
        assert fold(tree, leaves, favorably=True) is fold(tree, leaves)


@given(cases(operators=NO_COUNTS))
@settings(max_examples=150, deadline=None)
def test_favorably_means_that_some_way_of_weighing_the_conflicts_makes_it_true(case: Case) -> None:
    """Also where a conflict is about a waiver or a condition.

    Not for counts: of two members that both do not apply a group of at least two drops out, and with one it fails.
    """
    tree, leaves = case
    some_way = Truth.TRUE in {fold(tree, known) for known in resolved(leaves, CONFLICT)}
    assert (fold(tree, leaves, favorably=True) is Truth.TRUE) is some_way


@given(cases(beside=()))
@settings(max_examples=150, deadline=None)
def test_favorably_means_the_same_for_counts_where_everything_applies(case: Case) -> None:
    tree, leaves = case
    known = {i: (MET if s is Status.NOT_APPLICABLE else s, r) for i, (s, r) in leaves.items()}
    some_way = Truth.TRUE in {fold(tree, weighed) for weighed in resolved(known, CONFLICT)}
    assert (fold(tree, known, favorably=True) is Truth.TRUE) is some_way


# ---------------------------------------------------------------- The table of outcomes


def judged(tree: Node, **statuses: Status | tuple[Status, Requirement]) -> Verdict:
    """The verdict on a tree; the witnesses of each criterion are those that its status has."""
    leaves = {Iri(n): s if isinstance(s, tuple) else (s, REQUIRED) for n, s in statuses.items()}
    edition: Any = SimpleNamespace(
        logic=tree, file="edition", line_of=lambda _: None,
        criteria={i: SimpleNamespace(requirement=r, name=i) for i, (_, r) in leaves.items()},
    )  # fmt: skip
    return verdict(SimpleNamespace(iri=Iri("request")), edition, {i: answer(i, s) for i, (s, _) in leaves.items()}, ())  # type: ignore[arg-type]


def answer(iri: Iri, found: Status) -> Answer:
    supporting = frozenset({Iri(f"{iri}+")}) if found in {MET, CONFLICT} else frozenset[Iri]()
    contrary = frozenset({Iri(f"{iri}-")}) if found in {NOT_MET, CONFLICT} else frozenset[Iri]()
    return Answer(iri, found, found, {}, supporting, contrary, frozenset(), frozenset())


A, B, C, D = (leaf(name) for name in "ABCD")
BOTH, EITHER = group(Operator.ALL, A, B), group(Operator.ANY, A, B)
ARMS = group(Operator.ANY, group(Operator.ALL, A, B, name="one"), group(Operator.ALL, C, D, name="other"))
NONE = group(Operator.NONE, A, B)
TWO = group(Operator.AT_LEAST, A, B, C, count=2)
UNLESS, WHEN = replace(A, unless=B), replace(A, when=B)
NECESSARY, REFUSED, OPEN = "medically necessary", "not medically necessary", "needs adjudication"

OUTCOMES = [
    ("all met", BOTH, {"A": MET, "B": MET}, NECESSARY, None),
    ("one not met", BOTH, {"A": MET, "B": NOT_MET}, REFUSED, NOT_MET),
    ("one not documented", BOTH, {"A": MET, "B": SILENT}, REFUSED, SILENT),
    ("a conflict that alone decides", BOTH, {"A": MET, "B": CONFLICT}, OPEN, CONFLICT),
    ("a conflict beside silence", BOTH, {"A": CONFLICT, "B": SILENT}, REFUSED, SILENT),
    ("a conflict beside what is not met", BOTH, {"A": CONFLICT, "B": NOT_MET}, REFUSED, NOT_MET),
    ("a conflict that another arm makes idle", EITHER, {"A": MET, "B": CONFLICT}, NECESSARY, None),
    ("a conflict as the last hope", EITHER, {"A": NOT_MET, "B": CONFLICT}, OPEN, CONFLICT),
    ("a conflict beside a silent arm", EITHER, {"A": SILENT, "B": CONFLICT}, OPEN, CONFLICT),
    ("an arm not met, the other unclaimed", EITHER, {"A": NOT_MET, "B": SILENT}, REFUSED, NOT_MET),
    ("no arm claimed", EITHER, {"A": SILENT, "B": SILENT}, REFUSED, SILENT),
    ("an arm fails and the other is not spoken of", ARMS, {"A": NOT_MET, "B": MET, "C": SILENT, "D": SILENT}, REFUSED,
     NOT_MET),
    ("an arm fails and the other is claimed in part", ARMS, {"A": NOT_MET, "B": MET, "C": MET, "D": SILENT}, REFUSED,
     SILENT),
    ("an arm is claimed in part, the other fails", ARMS, {"A": SILENT, "B": MET, "C": NOT_MET, "D": SILENT}, REFUSED,
     SILENT),
    ("both arms fail", ARMS, {"A": NOT_MET, "B": SILENT, "C": MET, "D": NOT_MET}, REFUSED, NOT_MET),
    ("none of two", NONE, {"A": NOT_MET, "B": NOT_MET}, NECESSARY, None),
    ("none of two, one met", NONE, {"A": MET, "B": SILENT}, REFUSED, NOT_MET),
    ("none of two, one in conflict", NONE, {"A": NOT_MET, "B": CONFLICT}, OPEN, CONFLICT),
    ("two of three", TWO, {"A": MET, "B": MET, "C": NOT_MET}, NECESSARY, None),
    ("two of three out of reach", TWO, {"A": MET, "B": NOT_MET, "C": NOT_MET}, REFUSED, NOT_MET),
    ("two of three within reach", TWO, {"A": MET, "B": NOT_MET, "C": SILENT}, REFUSED, SILENT),
    ("two of three by a conflict", TWO, {"A": MET, "B": NOT_MET, "C": CONFLICT}, OPEN, CONFLICT),
    ("a silent exclusion", A, {"A": (SILENT, EXCLUSION)}, NECESSARY, None),
    ("an exclusion ruled out", A, {"A": (MET, EXCLUSION)}, NECESSARY, None),
    ("an exclusion found", A, {"A": (NOT_MET, EXCLUSION)}, REFUSED, NOT_MET),
    ("an exclusion in conflict", A, {"A": (CONFLICT, EXCLUSION)}, OPEN, CONFLICT),
    ("a silent documentation duty in the logic", A, {"A": (SILENT, Requirement.DOCUMENTATION)}, REFUSED, SILENT),
    ("met beside a waiver", UNLESS, {"A": MET, "B": SILENT}, NECESSARY, None),
    ("not met and not waived", UNLESS, {"A": NOT_MET, "B": NOT_MET}, REFUSED, NOT_MET),
    ("not met and perhaps waived", UNLESS, {"A": NOT_MET, "B": SILENT}, REFUSED, SILENT),
    ("nothing left after a waiver", UNLESS, {"A": NOT_MET, "B": MET}, REFUSED, NOT_MET),
    ("waived beside what is met", group(Operator.ALL, UNLESS, C), {"A": NOT_MET, "B": MET, "C": MET}, NECESSARY, None),
    ("a waiver in conflict", group(Operator.ALL, UNLESS, C), {"A": SILENT, "B": CONFLICT, "C": MET}, OPEN, CONFLICT),
    ("its condition holds", WHEN, {"A": MET, "B": MET}, NECESSARY, None),
    ("its condition is silent", WHEN, {"A": MET, "B": SILENT}, REFUSED, SILENT),
    ("nothing left where the condition fails", WHEN, {"A": MET, "B": NOT_MET}, REFUSED, NOT_MET),
    ("inapplicable beside what is met", group(Operator.ALL, WHEN, C), {"A": NOT_MET, "B": NOT_MET, "C": MET}, NECESSARY,
     None),
    ("a condition in conflict", group(Operator.ALL, WHEN, C), {"A": NOT_MET, "B": CONFLICT, "C": MET}, OPEN, CONFLICT),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tree", "statuses", "outcome", "reason"), [pytest.param(*row[1:], id=row[0]) for row in OUTCOMES]
)
def test_the_outcome_of(tree: Node, statuses: dict[str, Any], outcome: str, reason: Status | None) -> None:
    found = judged(tree, **statuses)
    assert (found.outcome, found.reason) == (outcome, reason)


def test_a_waived_criterion_is_answered_as_not_applicable() -> None:
    found = judged(group(Operator.ALL, UNLESS, C), A=NOT_MET, B=MET, C=MET)
    assert {i: a.status for i, a in found.answers.items()} == {"A": Status.NOT_APPLICABLE, "B": MET, "C": MET}


def test_an_alternative_that_nobody_speaks_of_is_unclaimed() -> None:
    assert judged(ARMS, A=NOT_MET, B=SILENT, C=SILENT, D=SILENT).unclaimed == {"other"}
    assert judged(ARMS, A=NOT_MET, B=SILENT, C=SILENT, D=MET).unclaimed == set()


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ((MET, MET), MET), ((MET, NOT_MET), NOT_MET), ((MET, SILENT), SILENT), ((MET, CONFLICT), CONFLICT),
        ((SILENT, CONFLICT), SILENT), ((Status.NOT_APPLICABLE, MET), MET),
        ((Status.NOT_APPLICABLE, Status.NOT_APPLICABLE), Status.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_the_word_for_a_group(members: tuple[Status, Status], word: Status) -> None:
    leaves = {Iri(n): (s, REQUIRED) for n, s in zip("AB", members, strict=True)}
    assert status_of(BOTH, leaves) is word


# ---------------------------------------------------------------- From witnesses to a status, and across segments

F, G = frozenset({Iri("f")}), frozenset({Iri("g")})


@pytest.mark.parametrize(
    ("witnesses", "both_means", "found"),
    [
        ((F, frozenset()), None, MET), ((frozenset(), G), None, NOT_MET), ((frozenset(), frozenset()), None, SILENT),
        ((F, G), None, CONFLICT), ((F, G), GUIDELINE.NotMet, NOT_MET), ((F, G), GUIDELINE.Met, MET),
        ((F, frozenset()), GUIDELINE.NotMet, MET), ((frozenset(), G), GUIDELINE.Met, NOT_MET),
        ((frozenset(), frozenset()), GUIDELINE.Met, SILENT),
    ],
)  # fmt: skip
def test_a_status_is_read_off_the_witnesses(witnesses: Any, both_means: Iri | None, found: Status) -> None:
    assert status(Witnesses(*witnesses), SimpleNamespace(both_means=both_means)) is found  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", [SegmentRule.ANY, SegmentRule.EVERY])
def test_statuses_across_segments_are_the_fold_of_any_or_all(rule: SegmentRule) -> None:
    operator = Operator.ANY if rule is SegmentRule.ANY else Operator.ALL
    for size in (1, 2, 3):
        tree = group(operator, *(leaf(str(i)) for i in range(size)))
        for found in product((MET, NOT_MET, SILENT, CONFLICT), repeat=size):
            by_segment = {Iri(str(i)): s for i, s in enumerate(found)}
            leaves = {i: (s, REQUIRED) for i, s in by_segment.items()}
            assert across(by_segment, rule) is status_of(tree, leaves)


def test_a_criterion_that_was_asked_nowhere_or_broke_at_one_segment_is_not_evaluated() -> None:
    for rule in (*SegmentRule, None):
        assert across({}, rule) is Status.NOT_EVALUATED
        assert across({Iri("a"): MET, Iri("b"): Status.NOT_EVALUATED}, rule) is Status.NOT_EVALUATED
