"""Random logic of every operator: the export's shapes and our own fold give every node the same value."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import conformance
import pytest
import small
from conformance import SEED, STOCK, asked_of, disagreeing, judgements
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from reasoner.author import compile as compiling
from reasoner.author.compile import Finding, Part, no
from reasoner.author.export import export
from reasoner.guideline.edition import Node, Operator, Requirement
from reasoner.logic import fold
from reasoner.rdf import Iri
from reasoner.status import Truth
from reasoner.terms import CORE, local_name
from reasoner.validate import Engine, validate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance import Judgement

    from reasoner.guideline.edition import Edition

REQUEST, SEGMENT = small.REQUEST, small.SEGMENT
BARE = {
    "A": "spine:LowBackPain", "B": "spine:RadicularPain", "C": "spine:ReducedMotion", "D": "spine:ParaspinalTenderness",
    "E": "spine:ActivityLimitation", "F": "spine:NeurologicDeficit", "G": "spine:SpinalInfection", "H": "spine:FailedSurgery",
}  # fmt: skip
MORE = {
    "A": REQUEST, "B": REQUEST, "C": f"{REQUEST} ; guideline:bothMeans guideline:NotMet", "D": f"{REQUEST} ; guideline:bothMeans guideline:Met",
    "E": f"{SEGMENT % 'EverySegment'}", "F": f"{SEGMENT % 'AnySegment'}",
    "G": f"{REQUEST} ; guideline:requirement guideline:Exclusion", "H": f"{SEGMENT % 'AnySegment'} ; guideline:requirement guideline:Exclusion",
}  # fmt: skip
CRITERIA = tuple(
    (name, small.Asked(kind, f"sh:class {kind} ; {small.PRESENT}", f"sh:class {kind} ; {small.ABSENT}", MORE[name]))
    for name, kind in BARE.items()
)
"""Tiny criteria of every kind: required and exclusion, of the request and of segments, with each meaning of both."""
DEEP = 3
"""At what depth a group has only criteria as members, or a group of one."""
CASES = 10
"""Cases in which each tree is folded; the trees are many."""
TREES = 25
"""Twenty times as many by the profile of .ci/thorough."""


@cache
def edition() -> Edition:
    return small.edition(CRITERIA, f"small:Root guideline:allOf ( {' '.join(f'small:{name}' for name in BARE)} ) .\n")


@cache
def pool() -> tuple[Judgement, ...]:
    return judgements(edition(), SEED, 60)


@st.composite
def trees(draw: st.DrawFn) -> Node:
    """A tree in which every criterion stands once at most, with waivers and conditions at any node."""
    leaves = draw(st.permutations(list(edition().criteria)))
    return _tree(draw, list(leaves[: draw(st.integers(1, len(leaves)))]), "Root", 0)


def _tree(draw: st.DrawFn, leaves: list[Iri], name: str, depth: int) -> Node:
    taken = [leaves.pop() for _ in range(draw(st.integers(0, min(2, len(leaves) - 1))))]
    iri, parts = Iri(f"{edition().iri}/{name}"), _parts(draw, leaves, depth)
    waiver, condition = (Node(i) for i in (*taken, "", "")[:2])
    if len(leaves) == 1 and (depth > DEEP or draw(st.booleans())):
        node = Node(parts[0][0])
    else:
        members = tuple(_tree(draw, part, f"{name}{i}", depth + 1) for i, part in enumerate(parts))
        operator = draw(st.sampled_from(Operator))
        node = Node(iri, operator, members, draw(st.integers(1, len(members))) if operator is Operator.AT_LEAST else 0)
    return replace(
        node, unless=waiver if waiver.iri and draw(st.booleans()) else None, when=condition if condition.iri else None
    )


def _parts(draw: st.DrawFn, leaves: list[Iri], depth: int) -> list[list[Iri]]:
    """The leaves in one to four parts, in single ones where the tree is deep enough."""
    if depth == DEEP or len(leaves) == 1:
        return [[leaf] for leaf in leaves]
    count = draw(st.integers(1, min(4, len(leaves))))
    return [leaves[i::count] for i in range(count)]


def shown(node: Node, indent: int = 0) -> str:
    """A tree as it is printed where engines disagree."""
    operator = f"{node.operator.value} {node.count or ''}" if node.operator else "criterion"
    lines = [" " * indent + f"{local_name(node.iri)}: {operator}".rstrip()]
    for word, below in (*(("", m) for m in node.members), ("unless ", node.unless), ("when ", node.when)):
        if below:
            lines.append(" " * indent + "  " + word + shown(below, indent + 2).lstrip())
    return "\n".join(lines)


def with_logic(tree: Node) -> Edition:
    return replace(edition(), logic=tree, groups={})


def some_cases(tree: Node) -> Sequence[Judgement]:
    """Cases in which the tree is true, if there are any, and others."""
    true = [c for c in pool() if c.truth(tree) is Truth.TRUE]
    others = [c for c in pool() if c.truth(tree) is not Truth.TRUE]
    return [*true[: CASES // 2], *others[: CASES - min(len(true), CASES // 2)]]


def values_by_shapes(tree: Node, cases: Sequence[Judgement]) -> dict[tuple[Iri, Iri], set[Part]]:
    """For each request and node, which of the node's three shapes hold."""
    shapes = export(with_logic(tree))
    folder = f"{edition().iri}/export/"
    probes = {
        Iri(f"urn:probe:{part}:{n.iri}"): Iri(f"{folder}{local_name(n.iri)}-{part}") for n in tree.below() for part in Part
    }
    asked = [*(t for t in shapes if t.object != CORE.TreatmentRequest), *asked_of(CORE.TreatmentRequest, probes)]
    refused = {(r.shape, r.focus) for r in validate({t for c in cases for t in c.graph}, asked, Engine.FAST)}
    return {
        (c.request, n.iri): {part for part in Part if (f"urn:probe:{part}:{n.iri}", c.request) not in refused}
        for c in cases
        for n in tree.below()
    }


def expected(value: Truth) -> set[Part]:
    return {Truth.TRUE: {Part.TRUE}, Truth.FALSE: {Part.FALSE}, Truth.NOT_APPLICABLE: {Part.OUT}}.get(value, set())


HOW = settings(
    max_examples=TREES, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.parametrize("engine", STOCK)
@seed(SEED)
@HOW
@given(tree=trees())
def test_an_engine_conforms_on_a_random_tree_exactly_when_it_is_true(engine: str, tree: Node) -> None:
    note(shown(tree))
    wrong = disagreeing(some_cases(tree), tree, export(with_logic(tree)), engine)
    assert not wrong, shown(tree)


@seed(SEED)
@settings(HOW, max_examples=TREES)
@given(tree=trees())
def test_each_node_of_a_random_tree_is_true_false_or_not_applicable_as_it_is_folded(tree: Node) -> None:
    cases = pool()[:20]
    found = values_by_shapes(tree, cases)
    folded = {(c.request, n.iri): expected(fold(n, c.leaves)) for c in cases for n in tree.below()}
    assert found == folded, shown(tree)


def test_the_trees_have_every_operator_and_every_value() -> None:
    seen: set[object] = set()

    @seed(SEED)
    @settings(HOW, max_examples=200)
    @given(tree=trees())
    def collect(tree: Node) -> None:
        for node in tree.below():
            seen.update([node.operator, bool(node.unless) and "unless", bool(node.when) and "when"])
        seen.update(c.truth(tree) for c in pool())

    collect()
    assert seen >= {*Operator, None, "unless", "when", *Truth}


NAIVE = {
    "support alone": ("A", lambda c, three: three._replace(true=Finding(c.supporting, (CORE.evidence,), found=True))),
    "all that is not true is false": ("None", lambda _, three: three._replace(false=no(three.true))),
    "silence blocks": ("G", lambda c, three: compiling.leaf(replace(c, requirement=Requirement.REQUIRED))._replace(false=three.false)),
}  # fmt: skip
"""What the export must not say, and a tree by which it is found out."""


@pytest.mark.parametrize("wrong", NAIVE)
def test_a_naive_export_is_found_out(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    name, naive = NAIVE[wrong]
    tree = {
        "None": Node(Iri(f"{edition().iri}/Root"), Operator.NONE, (Node(Iri(f"{edition().iri}/B")),)),
    }.get(name, Node(Iri(f"{edition().iri}/{name}")))  # fmt: skip
    spoilt = {i: naive(c, compiling.leaf(c)) for i, c in edition().criteria.items()}
    assert not disagreeing(pool(), tree, export(with_logic(tree)), "pyshifty")
    monkeypatch.setattr(compiling, "leaf", lambda criterion: spoilt[criterion.iri])
    assert disagreeing(pool(), tree, export(with_logic(tree)), "pyshifty")


def test_a_request_without_segments_is_refused_where_criteria_are_asked_of_segments() -> None:
    tree = Node(Iri(f"{edition().iri}/A"))
    case = next(c for c in pool() if c.truth(tree) is Truth.TRUE)
    cut = replace(case, graph=tuple(t for t in case.graph if t.predicate != CORE.requested))
    shapes = export(with_logic(tree))
    assert [conformance.STOCK[engine](c.graph, shapes) for engine in STOCK for c in (case, cut)] == [True, False] * 3
