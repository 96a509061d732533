"""Examples made from the ontology: a whole small case, and a finding of each kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.intake.usage import case_kinds, individuals, properties
from reasoner.places import in_order
from reasoner.rdf import Iri, Literal, Term
from reasoner.terms import CORE, OWL, SKOS, XSD, A
from reasoner.vocabulary import prefixed

if TYPE_CHECKING:
    from reasoner.ontology import Ontology

WORDS = "The exact words of the document."
_VALUES = {
    XSD.gYearMonth: '"2024-03"^^xsd:gYearMonth', XSD.date: '"2024-10-21"^^xsd:date', XSD.integer: "6",
}  # fmt: skip
"""Values for examples, in order of preference; text is left to the writer."""


@dataclass(frozen=True, slots=True)
class Example:
    """A case that the ontology suggests: a procedure, its levels, and a finding that goes with it."""

    procedure: Iri
    levels: tuple[Iri, Iri] | None
    kind: Iri
    revises: bool


def example(ontology: Ontology, procedure: Iri | None = None) -> Example:
    """Give the procedure that the ontology defines by what it revises, or the one given, with a finding."""
    pairs = [(p, k) for p, k in _revisions(ontology) if procedure is None or ontology.is_a(procedure, p)]
    if pairs:
        chosen, kind = max(pairs, key=lambda pair: (len(ontology.kinds_of(pair[0])), pair))
        return Example(procedure or chosen, _last_levels(ontology), kind, revises=True)
    procedure = procedure or procedures(ontology)[0]
    return Example(procedure, _last_levels(ontology), kinds_of_finding(ontology)[0], revises=False)


def procedures(ontology: Ontology) -> list[Iri]:
    """Give the procedures that can be requested, sorted."""
    return sorted(k for k in case_kinds(ontology) if ontology.is_a(k, CORE.Procedure) and k != CORE.Procedure)


def kinds_of_finding(ontology: Ontology) -> list[Iri]:
    """Give the kinds of finding that a case may state, sorted: neither derived nor inferred."""
    findings = {kind for kind in case_kinds(ontology) if ontology.is_a(kind, CORE.Finding)} - {CORE.Finding}
    derived = {kind for kind in findings if ontology.is_a(kind, CORE.DerivedFinding)}
    return sorted(kind for kind in findings - derived if not ontology.graph.values(kind, OWL.equivalentClass))


def level_properties(procedure: Iri, ontology: Ontology) -> tuple[Iri, Iri] | None:
    """Give the properties that say from where to where a procedure goes, if it has levels."""
    if not ontology.is_a(procedure, CORE.SegmentalProcedure):
        return None
    first, last = (_most_special(p, procedure, ontology) for p in (CORE.fromLevel, CORE.toLevel))
    return first, last


def over_segment(procedure: Iri, segment: Iri, ontology: Ontology) -> str:
    """Write in Turtle that a procedure reaches over one segment, or nothing where it has no levels."""
    used = level_properties(procedure, ontology) or ()
    ends = (ontology.graph.iri(segment, end) for end in (CORE.upperLevel, CORE.lowerLevel))
    stated = zip(used, ends, strict=False)
    return " ; ".join(f"{prefixed(p, {})} {prefixed(level, {})}" for p, level in stated if level)


def _most_special(predicate: Iri, procedure: Iri, ontology: Ontology) -> Iri:
    used, kinds = properties(ontology), ontology.kinds_of(procedure)
    fits = (p for p in ontology.properties_below(predicate) if used.get(p, frozenset()) & kinds)
    return next(fits, predicate)


def _revisions(ontology: Ontology) -> list[tuple[Iri, Iri]]:
    """Give procedure and revised finding of every class that is defined by the two."""
    graph, found = ontology.graph, []
    for _, definition in graph.pairs(OWL.equivalentClass):
        listed = graph.members(graph.iri(Iri(str(definition)), OWL.intersectionOf))
        members = [Iri(str(member)) for member in listed]
        restrictions = [m for m in members if graph.iri(m, OWL.onProperty) == CORE.revises]
        kinds = [kind for m in restrictions if (kind := graph.iri(m, OWL.someValuesFrom))]
        found += [(m, kind) for m in members if m in case_kinds(ontology) for kind in kinds]
    return found


def _last_levels(ontology: Ontology) -> tuple[Iri, Iri] | None:
    """Give the levels around the last two segments of the body's order."""
    segments = in_order(frozenset(individuals(CORE.Segment, ontology)), ontology)[-2:]
    upper = ontology.graph.iri(segments[0], CORE.upperLevel) if segments else None
    lower = ontology.graph.iri(segments[-1], CORE.lowerLevel) if segments else None
    return (upper, lower) if upper and lower else None


# ---------------------------------------------------------------- A finding


def inherited(kind: Iri, predicate: Iri, ontology: Ontology) -> list[Term]:
    """Give what is said with a property of a kind or any kind above it, sorted."""
    found = {value for k in ontology.kinds_of(kind) for value in ontology.graph.values(k, predicate)}
    return sorted(found, key=str)


def described_with(kind: Iri, ontology: Ontology) -> list[Iri]:
    """Give the properties that findings of a kind have beyond those of every finding."""
    return [p for p in inherited(kind, CORE.describedWith, ontology) if not isinstance(p, Literal)]


def is_located(kind: Iri, ontology: Ontology) -> bool:
    """Whether findings of a kind are somewhere and should say where."""
    return Literal("true", XSD.boolean) in inherited(kind, CORE.located, ontology)


def slug(text: str) -> str:
    """Give the text as the last part of a name: small letters, digits and hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


def finding(kind: Iri, ontology: Ontology) -> str:
    """Write a finding of this kind in Turtle: the ontology's own example, else one made from what it says."""
    written = ontology.graph.text(kind, SKOS.example)
    if written:
        return written
    head = f"case:{slug(ontology.label(kind))} a {prefixed(kind, {})} ; core:presence core:Present"
    lines = [f'{head} ; core:observedOn "2024-10-21"^^xsd:date', " ; ".join(_measured(kind, ontology))]
    described = (_statement(p, kind, ontology) for p in described_with(kind, ontology))
    lines.append(" ; ".join(statement for statement in described if statement))
    lines.append(f'core:page 1 ; core:quote "{WORDS}"')
    return " ;\n    ".join(line for line in lines if line) + " ."


def _measured(kind: Iri, ontology: Ontology) -> list[str]:
    said = []
    segments = in_order(frozenset(individuals(CORE.Segment, ontology)), ontology)
    if segments and is_located(kind, ontology):
        said.append(f"core:site {prefixed(segments[-1], {})}")
    units = [unit.value for unit in inherited(kind, CORE.inUnit, ontology) if isinstance(unit, Literal)]
    return said + [f'core:value 6 ; core:unit "{unit}"' for unit in units[:1]]


def _statement(predicate: Iri, kind: Iri, ontology: Ontology) -> str:
    written = ontology.graph.text(predicate, SKOS.example)
    if written:
        return written
    takes = ontology.takes(predicate)
    literal = next((value for datatype, value in _VALUES.items() if datatype in takes), "")
    things = [prefixed(one, {}) for one in fitting(predicate, kind, ontology)[:1]]
    value = literal or "".join(things)
    return f"{prefixed(predicate, {})} {value}" if value else ""


def fitting(predicate: Iri, kind: Iri, ontology: Ontology) -> list[Iri]:
    """Give the individuals that a property takes, first those whose class shares a word with the kind."""
    ours = _words(ontology.kinds_of(kind) - {CORE.Finding}, ontology)
    taken = {one for range_ in ontology.takes(predicate) for one in individuals(range_, ontology)}

    def rank(one: Iri) -> tuple[int, Iri]:
        return -len(ours & _words(ontology.graph.iris(one, A), ontology)), one

    return sorted(taken, key=rank)


def _words(kinds: frozenset[Iri] | list[Iri], ontology: Ontology) -> set[str]:
    return {word for kind in kinds for word in ontology.label(kind).split() if len(word) > 2}  # noqa: PLR2004
