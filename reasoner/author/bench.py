"""Cases made ready once and judged by many variants of one edition: only what changed is validated again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from reasoner.assess import assess, cautions, report
from reasoner.author.deck_file import NOT_RAISED, RAISED
from reasoner.author.shape_text import shapes_below
from reasoner.determine import group_statuses, inapplicable
from reasoner.guideline.probes import run, untrustworthy
from reasoner.judge import prepare, settled
from reasoner.logic import folds, status_of
from reasoner.rdf import Graph, Iri, Literal, Triple
from reasoner.status import Status
from reasoner.terms import CORE, SH, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from reasoner.assess import Answer, Raised
    from reasoner.guideline.edition import Edition
    from reasoner.load import Case
    from reasoner.ontology import Ontology
    from reasoner.record import Record
    from reasoner.validate import Engine


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What a case answers to every criterion and caution of an edition, for the whole request."""

    answers: Mapping[Iri, Answer]
    raised: Mapping[Iri, Raised]

    def statuses(self, edition: Edition) -> dict[str, str]:
        """The answer of every criterion, group and caution, by local name."""
        waived: set[Iri] = set()
        if edition.logic and not any(a.status is Status.NOT_EVALUATED for a in self.answers.values()):
            leaves = {c: (a.status, edition.criteria[c].requirement) for c, a in self.answers.items()}
            waived = inapplicable(edition.logic, folds(edition.logic, leaves))
        found = {c: str(Status.NOT_APPLICABLE if c in waived else a.status) for c, a in self.answers.items()}
        found |= {g: str(status) for g, status in group_statuses(edition, self.answers).items()}
        found |= {c: RAISED if r.raised else NOT_RAISED for c, r in self.raised.items()}
        return {local_name(iri): status for iri, status in found.items()}

    def status(self, name: str, edition: Edition) -> str | None:
        """The answer of one criterion, group or caution, by its local name; none where it stands outside the logic."""
        raised = next((r for c, r in self.raised.items() if local_name(c) == name), None)
        if raised:
            return RAISED if raised.raised else NOT_RAISED
        nodes = list(edition.logic.below()) if edition.logic else []
        if any(n.unless or n.when for n in nodes):
            return self.statuses(edition).get(name)
        answer = next((a for c, a in self.answers.items() if local_name(c) == name), None)
        if answer:
            return str(answer.status)
        node = next((n for n in nodes if local_name(n.iri) == name), None)
        if node is None:
            return None
        if any(a.status is Status.NOT_EVALUATED for a in self.answers.values()):
            return str(Status.NOT_EVALUATED)
        return str(status_of(node, {c: (a.status, edition.criteria[c].requirement) for c, a in self.answers.items()}))

    def by_segment(self, criterion: str) -> dict[str, str]:
        """A criterion's status at each requested segment, by local name."""
        found = next((a.by_segment for c, a in self.answers.items() if local_name(c) == criterion), {})
        return {local_name(segment): str(status) for segment, status in found.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A case with everything that does not depend on the edition's shapes, and its answers to the edition as it is."""

    graph: Graph
    """As much of the prepared graph as the edition's shapes can see."""
    record: Record
    judged: Judged


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """An edition changed in one thing."""

    edition: Edition
    changed: frozenset[Iri]
    """The criteria and cautions of which something changed that findings are held against."""
    part: Edition
    """The edition of these alone, without logic."""


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """Judges ready cases by variants of one edition."""

    edition: Edition
    ontology: Ontology
    engine: Engine

    def ready(self, case: Case, as_of: date | None) -> Ready:
        """A case made ready, once for all rows of one edit. Raises `InputRefusedError` for one that fails intake."""
        return _ready(self, case, as_of)

    def variant(self, edition: Edition, subjects: Iterable[Iri]) -> Variant:
        """A changed edition, with the part of it that changed with these subjects."""
        near = frozenset(subjects)
        candidates = [c for c in (*edition.criteria, *edition.cautions) if near & shapes_below(c, edition.graph)]
        changed = frozenset(c for c in candidates if self._differs(c, edition))
        return Variant(edition, changed, narrowed(edition, changed))

    def judge(self, ready: Ready, variant: Variant) -> Judged:
        """The answers of a case to a variant."""
        if not variant.changed:
            return ready.judged
        fresh = self.judged(variant.part, ready.graph, ready.record)
        return Judged({**ready.judged.answers, **fresh.answers}, {**ready.judged.raised, **fresh.raised})

    def distrusted(self, variant: Variant) -> frozenset[Iri]:
        """The criteria and cautions of the changed part that fail their canaries."""
        return untrustworthy(variant.part, self.ontology, self.engine) if variant.changed else frozenset()

    def judged(self, edition: Edition, graph: Graph, known: Record) -> Judged:
        """The answers of a prepared graph to an edition or a part of one."""
        found = report(run(edition, graph, self.engine))
        distrusted = untrustworthy(edition, self.ontology, self.engine)
        raised = cautions(known.whole, edition, found, distrusted)
        return Judged(assess(known.whole, edition, found, known, distrusted), {r.caution: r for r in raised})

    def _differs(self, criterion: Iri, variant: Edition) -> bool:
        return _stated(criterion, self.edition) != _stated(criterion, variant)


@lru_cache(maxsize=1024)
def _ready(bench: Bench, case: Case, as_of: date | None) -> Ready:
    edition, ontology = bench.edition, bench.ontology
    prepared = prepare(case, ontology, bench.engine, as_of)
    graph, known = settled(prepared, prepared.record(ontology), edition, ontology)
    seen = _seen(edition)
    graph = Graph(t for t in graph if t.predicate in seen)
    return Ready(graph, known, bench.judged(edition, graph, known))


@lru_cache(maxsize=8)
def _seen(edition: Edition) -> frozenset[Iri]:
    """The properties of a case that the shapes of an edition, and of any variant of it, can look at."""
    named = (t.object for t in edition.graph if not isinstance(t.object, Literal))
    return frozenset(named) | {A, CORE.evidence}


def _stated(criterion: Iri, edition: Edition) -> tuple[object, ...]:
    said = edition.criteria.get(criterion) or edition.cautions[criterion]
    shapes = frozenset(_shapes(criterion, edition.graph))
    return said.looks_for, said.target, said.holds_for, said.supporting, said.contrary, said.both_means, shapes


def _shapes(criterion: Iri, graph: Graph) -> list[Triple]:
    nodes = shapes_below(criterion, graph)
    stated = (Triple(n, p, v) for n in nodes for p, values in graph.predicates(n).items() for v in values)
    return [t for t in stated if t.subject != criterion or t.predicate == A or t.predicate in SH]


def narrowed(edition: Edition, criteria: frozenset[Iri]) -> Edition:
    """An edition of some of its criteria and cautions only, without logic."""
    return replace(
        edition,
        criteria={c: said for c, said in edition.criteria.items() if c in criteria},
        cautions={c: said for c, said in edition.cautions.items() if c in criteria},
        graph=Graph(t for c in sorted(criteria) for t in _shapes(c, edition.graph)), logic=None,
    )  # fmt: skip
