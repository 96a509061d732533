"""The guide to writing a case, made from the ontology, so that no term is missing from it or out of date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from reasoner.case_new import example_case
from reasoner.errors import InputRefusedError
from reasoner.example import described_with, example, finding, inherited, is_located, kinds_of_finding, procedures
from reasoner.faults import rules
from reasoner.intake import problems
from reasoner.load import load_stream
from reasoner.places import in_order, segments_of
from reasoner.rdf import Iri, Literal
from reasoner.templating import fill
from reasoner.terms import CORE, OWL, RDFS, SH, SKOS, XSD, A
from reasoner.usage import case_kinds, classes, individuals, properties
from reasoner.validate import default_engine
from reasoner.vocabulary import is_ours, prefixed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reasoner.ontology import Ontology

MAX_LISTED = 12
"""Individuals that a table names one by one; of more it shows the first and their own section the rest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term as a table shows it."""

    name: str
    label: str
    definition: str
    synonyms: tuple[str, ...]
    codes: tuple[str, ...]
    clinical_name: str


@dataclass(frozen=True, slots=True)
class Values:
    """One class or datatype that a property takes, with the individuals to choose from."""

    entry: Entry
    choices: tuple[str, ...]
    in_case: bool


@dataclass(frozen=True, slots=True)
class Property:
    """A property, what it takes, and whether intake asks for it."""

    entry: Entry
    takes: tuple[Values, ...]
    needed: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding that a case may state."""

    entry: Entry
    depth: int
    located: bool
    persists: bool
    unit: str
    described_with: tuple[Property, ...]
    present: str
    absent: str
    ends: tuple[Entry, ...]
    ended_by: tuple[Entry, ...]
    excludes: tuple[Entry, ...]
    example: str


def guide(ontology: Ontology) -> str:
    """Give the guide to writing a case as Markdown."""
    suggested, case = example(ontology), example_case(ontology)
    segments = in_order(frozenset(individuals(CORE.Segment, ontology)), ontology)
    return fill(
        "writing-a-case.md.j2",
        case=case,
        suggested={"procedure": prefixed(suggested.procedure, {}), "kind": _entry(suggested.kind, ontology)},
        kinds=list(_kinds(CORE.Finding, 0, ontology)),
        segments=[_entry(segment, ontology) for segment in segments],
        regions=_regions(ontology),
        below=partial(_below, ontology),
        choices=partial(_choices, ontology),
        properties=partial(_properties, ontology),
        stated=partial(_stated, ontology),
        never_written=_never_written(ontology),
        mistake=partial(_mistake, case, ontology),
    )


def _entry(term: Iri, ontology: Ontology) -> Entry:
    def texts(predicate: Iri) -> tuple[str, ...]:
        return tuple(v.value for v in ontology.graph.values(term, predicate) if isinstance(v, Literal))

    return Entry(
        prefixed(term, {}), ontology.label(term), ontology.definition(term).replace("|", "\\|"),
        texts(SKOS.altLabel), texts(CORE.icd10cm), ontology.clinical_name(term),
    )  # fmt: skip


def _entries(terms: Iterable[Iri], ontology: Ontology) -> list[Entry]:
    return sorted((_entry(term, ontology) for term in terms), key=lambda entry: (entry.label.lower(), entry.name))


# ---------------------------------------------------------------- What the template asks for


def _below(ontology: Ontology, name: str) -> list[Entry]:
    """Describe the classes at and below one that a case may state."""
    top = _core(name)
    if top == CORE.Procedure:
        return _entries(procedures(ontology), ontology)
    return _entries((kind for kind in case_kinds(ontology) if ontology.is_a(kind, top)), ontology)


def _choices(ontology: Ontology, name: str) -> list[Entry]:
    """Describe the individuals of a class that the ontology names."""
    return _entries(individuals(_core(name), ontology), ontology)


def _properties(ontology: Ontology, name: str, first: str = "") -> list[Property]:
    """Describe the properties used on a class or what is below it, the named ones first; special ones for general."""
    order = [_core(part) for part in first.split()]
    special = {p for kind in kinds_of_finding(ontology) for p in described_with(kind, ontology)}
    used = {p for p, domain in properties(ontology).items() if _core(name) in _tops(domain, _core(name), ontology)}
    used -= {p for p in used if set(ontology.properties_below(p)) & used} | (special if not name.endswith("*") else set())
    return [_property(p, ontology) for p in sorted(used, key=lambda p: (order.index(p) if p in order else 99, p))]
