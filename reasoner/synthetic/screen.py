"""What each way of writing a finding answers, as a SHACL engine sees it, and which findings end one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.author.inventory import answered
from reasoner.author.scene import quads
from reasoner.classify import classify
from reasoner.derive import derive, ended, facts
from reasoner.guideline.probes import run
from reasoner.rdf import Graph, Iri, Quad, parse
from reasoner.synthetic.lines import finding_lines, paper_lines
from reasoner.terms import BASE, CORE
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reasoner.author.inventory import Atom, Inventory
    from reasoner.rdf import Triple
    from reasoner.synthetic.model import Variant
    from reasoner.synthetic.words import Words


def screened(variants: Sequence[Variant], stock: Inventory, words: Words) -> list[Variant]:
    """The variants that answer the very criteria that their candidates answer, and no other."""
    statements: list[Triple] = []
    for number, variant in enumerate(variants):
        case = quads(stock.scene, (), min(stock.extents), stock.ontology, _case(number))
        known = facts([*case, *_stated(variant, number, stock, words)], stock.ontology, stock.scene.day(CORE.asOf))
        statements += known.graph.plus(derive(known))
    graph = Graph(statements)
    results = run(stock.edition, graph.plus(classify(graph, stock.ontology)), default_engine())
    own, derived = answered(results, stock.edition)

    def fits(number: int, variant: Variant) -> bool:
        candidate = stock.candidates[variant.candidate] if variant.candidate >= 0 else None
        wanted = (candidate.atoms, candidate.derived) if candidate else (frozenset(), frozenset())
        got = (found.get(_case(number), frozenset()) for found in (own, derived))
        return all(_of_criteria(w, stock) == _of_criteria(g, stock) for w, g in zip(wanted, got, strict=True))

    return [v for n, v in enumerate(variants) if fits(n, v)]


def _of_criteria(atoms: Iterable[Atom], stock: Inventory) -> set[Atom]:
    return {atom for atom in atoms if atom[0] in stock.edition.criteria}


def numbered(variants: Sequence[Variant], stock: Inventory, words: Words) -> tuple[list[Variant], set[tuple[int, int]]]:
    """The variants, those numbered that another might end, and the pairs that do."""
    listed = [
        v._replace(state=n if any(p.dates for p in v.parts) and _bound(v, stock) else -1)
        for n, v in enumerate(variants)
    ]
    held = [q for v in listed if v.state >= 0 for q in _stated(v, v.state, stock, words)]
    known = facts(held, stock.ontology, stock.scene.day(CORE.asOf))
    pairs = {(_number(t.subject), _number(Iri(str(t.object)))) for t in ended(known)}
    return listed, {pair for a, b in pairs if a != b for pair in ((a, b), (b, a))}


def _bound(variant: Variant, stock: Inventory) -> bool:
    """Whether findings of these kinds, or values, hold until others end them."""
    graph, ontology = stock.ontology.graph, stock.ontology
    pairs = graph.pairs(CORE.supersedes)
    binding = {s for s, _ in (*graph.pairs(CORE.persists), *pairs)} | {o for _, o in pairs}
    named = [Iri(po.rpartition("<")[2].rstrip(">")) for p in variant.parts for po in p.stated if po.endswith(">")]
    return any(ontology.kinds_of(n) & binding for n in named)


def _stated(variant: Variant, number: int, stock: Inventory, words: Words) -> list[Quad]:
    case, day = _case(number), stock.scene.day(CORE.requestedOn).toordinal()
    segments = stock.scene.segments(1) if variant.located else ()
    lines = finding_lines(variant, case, "paper", segments, day)
    paper = paper_lines(words.documents[variant.document], case, "paper", "", day)
    return parse("".join([*paper, *lines]).encode(), ".nq")


def _case(number: int) -> str:
    return f"{BASE}cases/synthetic-{number}/"


def _number(iri: Iri) -> int:
    return int(iri.split("/cases/synthetic-")[1].partition("/")[0])
