"""What the page of an edition shows, as plain values in the order in which it shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.author.examples import Phrase, named, phrases
from reasoner.author.picture import operator_words
from reasoner.author.shape_words import Said, ShapeWords
from reasoner.dates import spoken
from reasoner.guideline.edition import Criterion, Group
from reasoner.guideline.ladder import ladders
from reasoner.rdf import Iri, Literal
from reasoner.terms import CORE, GUIDELINE, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reasoner.author.bench import Ready
    from reasoner.author.deck_file import Deck, Row
    from reasoner.author.page_proofs import Proof, Proofs
    from reasoner.guideline.edition import Edition, Node, Span
    from reasoner.ontology import Ontology

CAUTION_PHRASES = {"phraseRaised": "raised", "phraseNotRaised": "not raised"}


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the ontology, as a reader is told of it."""

    label: str
    definition: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A criterion, group, duty or caution."""

    name: str
    notation: str
    label: str
    role: str
    line: int | None
    tags: tuple[Term, ...]
    """What kind of condition it is, of what it is asked, how it was checked."""
    locator: str
    source: str
    gate: str
    members: tuple[tuple[str, str], ...]
    beside: tuple[tuple[str, str, str], ...]
    """Its waiver and its condition: the word, the anchor, the label."""
    looks_for: tuple[Term, ...]
    supports: Said | None
    contrary: Said | None
    thresholds_for: tuple[str, ...]
    thresholds_against: tuple[str, ...]
    notes: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    unreachable: tuple[str, ...]
    """The statuses that it cannot have, and why."""
    clauses: tuple[str, ...]
    remedy: Term | None
    """Who must do what."""
    rows: tuple[Row, ...]
    proofs: tuple[Proof, ...]
    """The changes of it that are proven to change no answer."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the logic as a list shows it."""

    name: str
    notation: str
    label: str
    gate: str
    beside: str
    requirement: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, eq=False)
class EditionPage:
    """Says one edition in the names of an ontology, with the cases and rows that show it at work."""

    edition: Edition
    ontology: Ontology
    cases: Sequence[Ready]
    deck: Deck | None
    proofs: Proofs

    def term(self, iri: Iri) -> Term:
        """A term's label and definition."""
        return Term(self.ontology.label(iri), self.ontology.definition(iri))

    def terms(self, iris: Sequence[Iri]) -> list[Term]:
        """Terms in the order given."""
        return [self.term(iri) for iri in iris]

    def entries(self) -> list[Entry]:
        """Every group and criterion in the order of the logic, then duties and cautions."""
        edition = self.edition
        found = [
            self._group(node) if node.operator else self._criterion(edition.criteria[node.iri], "criterion", node)
            for node in (edition.logic.below() if edition.logic else ())
        ]
        found += [self._criterion(edition.criteria[d], "duty") for d in edition.duties]
        return found + [self._criterion(c, "caution") for c in edition.cautions.values()]

    def branch(self, node: Node, beside: str = "") -> Branch:
        """The logic under a node."""
        stated = self.edition.criteria.get(node.iri) or self.edition.groups[node.iri]
        below = [self.branch(member) for member in node.members]
        below += [self.branch(b, word) for word, b in self._beside(node)]
        gate = operator_words(node, self.ontology)
        requirement = "" if gate else stated.requirement.value
        return Branch(stated.name, stated.notation, stated.label, gate, beside, requirement, tuple(below))

    def ladder_places(self) -> list[str]:
        """Where the guideline stands on each ladder that names it."""
        return [
            f"{ladder.label} ({force(ladder.in_force)}): {place} of {len(ladder.rungs)}, {rung.label}"
            + (f" ({rung.locator})" if rung.locator else "")
            for ladder in ladders(self.ontology)
            for place, rung in enumerate(ladder.rungs, 1)
            if self.edition.guideline in rung.guidelines
        ]

    def glossary(self) -> list[Term]:
        """The terms of the ontology that the page uses, by their labels."""
        words, edition = ShapeWords(self.edition.graph, self.ontology), self.edition
        stated = [*edition.criteria.values(), *edition.cautions.values()]
        used = {t for c in stated for t in (*words.terms(*_shapes(c)), *c.looks_for)}
        used.update(edition.scope, edition.excludes, edition.silent_on)
        return sorted({self.term(t) for t in used}, key=lambda t: (t.label.casefold(), t.definition))

    def policy(self) -> Term | None:
        """By what rule one of two contradictory findings prevails, and for a rule of roles their order."""
        stated = self.edition.policy
        if stated is None:
            return None
        if stated.later_prevails:
            return self.term(GUIDELINE.LaterPrevails)
        rule = self.term(GUIDELINE.RolePrecedence)
        return Term(f"{rule.label}: {', '.join(map(self.ontology.label, stated.roles))}", rule.definition)

    def _beside(self, node: Node) -> Iterator[tuple[str, Node]]:
        for below, word in ((node.unless, GUIDELINE.unless), (node.when, GUIDELINE.when)):
            if below:
                yield self.ontology.label(word), below

    def _named(self, node: Node) -> tuple[str, str]:
        stated = self.edition.criteria.get(node.iri) or self.edition.groups[node.iri]
        return stated.name, stated.label

    def _notes(self, iri: Iri, predicate: Iri) -> tuple[str, ...]:
        return tuple(v.value for v in self.edition.graph.values(iri, predicate) if isinstance(v, Literal))

    def _rows(self, name: str) -> tuple[Row, ...]:
        return tuple(row for row in self.deck.rows if row.criterion == name) if self.deck else ()

    def _group(self, node: Node) -> Entry:
        group, graph = self.edition.groups[node.iri], self.edition.graph
        stated = graph.iri(node.iri, GUIDELINE.requirement)
        said = [Phrase(_status(name), named(text, {}, self.ontology)) for name, text in group.phrases.items()]
        return Entry(
            name=group.name, notation=group.notation, label=group.label, role="group",
            line=self.edition.line_of(node.iri),
            tags=(self.term(stated),) if stated else (), locator=group.locator, source="",
            gate=operator_words(node, self.ontology), members=tuple(map(self._named, node.members)),
            beside=tuple((word, *self._named(below)) for word, below in self._beside(node)),
            looks_for=(), supports=None, contrary=None, thresholds_for=(), thresholds_against=(),
            notes=self._notes(node.iri, GUIDELINE.note),
            phrases=tuple(said), unreachable=self._notes(node.iri, GUIDELINE.unreachableStatus), clauses=(),
            remedy=self._remedy(group), rows=self._rows(group.name),
            proofs=self.proofs.of([node.iri]),
        )  # fmt: skip

    def _criterion(self, criterion: Criterion, role: str, node: Node | None = None) -> Entry:
        words = ShapeWords(self.edition.graph, self.ontology)
        supports, contrary = (words.say(s) if s else None for s in (criterion.supporting, criterion.contrary))
        beside = self._beside(node) if node else ()
        return Entry(
            name=criterion.name, notation=criterion.notation, label=criterion.label, role=role,
            line=self.edition.line_of(criterion.iri), tags=tuple(self._tags(criterion, role)),
            locator=criterion.source.locator, source=criterion.source.title, gate="", members=(),
            beside=tuple((word, *self._named(below)) for word, below in beside),
            looks_for=tuple(self.terms(criterion.looks_for)), supports=supports, contrary=contrary,
            thresholds_for=_thresholds(supports), thresholds_against=_thresholds(contrary),
            notes=self._notes(criterion.iri, GUIDELINE.note), phrases=tuple(self._phrases(criterion, role)),
            unreachable=self._notes(criterion.iri, GUIDELINE.unreachableStatus),
            clauses=tuple(self._clauses(criterion)), remedy=self._remedy(criterion), rows=self._rows(criterion.name),
            proofs=self._proofs(criterion),
        )  # fmt: skip

    def _proofs(self, criterion: Criterion) -> tuple[Proof, ...]:
        words = ShapeWords(self.edition.graph, self.ontology)
        return self.proofs.of(sorted({criterion.iri, *(n for s in _shapes(criterion) for n in words.named(s))}))

    def _tags(self, criterion: Criterion, role: str) -> Iterator[Term]:
        if role != "caution":
            yield self.term(GUIDELINE[criterion.requirement.value.capitalize()])
            yield self.term(GUIDELINE[criterion.holds_for.value] if criterion.holds_for else criterion.target)
        if criterion.both_means:
            both, meaning = self.term(GUIDELINE.bothMeans), self.ontology.label(criterion.both_means)
            yield Term(f"{both.label}: {meaning}", both.definition)
        if criterion.source.verification:
            yield self.term(GUIDELINE[criterion.source.verification])

    def _phrases(self, criterion: Criterion, role: str) -> list[Phrase]:
        if role != "caution":
            return phrases(criterion, self.cases, self.ontology)
        return [
            Phrase(status, named(criterion.phrases[name], criterion.bounds, self.ontology))
            for name, status in CAUTION_PHRASES.items()
            if name in criterion.phrases
        ]

    def _clauses(self, criterion: Criterion) -> Iterator[str]:
        for clause in criterion.witness_phrases:
            yield f"{self.ontology.label(clause.kind)}: … {named(clause.phrase, criterion.bounds, self.ontology)}"

    def _remedy(self, stated: Criterion | Group) -> Term | None:
        if stated.remedy is None:
            return None
        bounds = stated.bounds if isinstance(stated, Criterion) else {}
        actor = self.ontology.label(CORE[stated.remedy.actor]) if stated.remedy.actor else ""
        return Term(actor, named(stated.remedy.phrase, bounds, self.ontology))


def force(span: Span) -> str:
    """From which day to which something is in force."""
    first = spoken(span.first) if span.first else "a day not known"
    return f"{first} to {spoken(span.last)}" if span.last else f"from {first}"


def _thresholds(said: Said | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.text for s in said.below() if s.is_threshold)) if said else ()


def _shapes(criterion: Criterion) -> list[Iri]:
    return [shape for shape in (criterion.supporting, criterion.contrary) if shape]


def _status(phrase: str) -> str:
    """The status of which a phrase speaks: ``phraseNotMet`` of ``not met``."""
    name = local_name(phrase).removeprefix("phrase")
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
