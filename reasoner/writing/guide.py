"""The guide to writing a case, made from the ontology, so that no term is missing from it or out of date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from reasoner.errors import InputRefusedError
from reasoner.intake import problems
from reasoner.intake.faults import rules
from reasoner.intake.usage import case_kinds, classes, individuals, properties
from reasoner.load import load_stream
from reasoner.places import between, in_order, segments_of
from reasoner.rdf import Literal
from reasoner.terms import CORE, OWL, RDFS, SH, SKOS, XSD, A
from reasoner.validate import default_engine
from reasoner.vocabulary import prefixed
from reasoner.writing import example
from reasoner.writing.case_new import example_case
from reasoner.writing.templating import fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri, Term


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
    case = example_case(ontology)
    segments = in_order(frozenset(individuals(CORE.Segment, ontology)), ontology)
    return fill(
        "writing-a-case.md.j2",
        case=case,
        suggested=_suggested(ontology),
        kinds=list(_kinds(CORE.Finding, 0, ontology)),
        levels=_levels(segments, ontology),
        segments=[_entry(segment, ontology) for segment in segments],
        regions=_regions(ontology),
        procedures=_entries(example.procedures(ontology), ontology),
        below=partial(_below, ontology),
        choices=partial(_choices, ontology),
        properties=partial(_properties, ontology),
        special=[_property(p, ontology) for p in sorted(_special(ontology))],
        stated=partial(_stated, ontology),
        never_written=_never_written(ontology),
        mistake=partial(_mistake, case, ontology),
    )


def _suggested(ontology: Ontology) -> dict[str, object]:
    """Name what the snippets of the dispute are made of; each part reaches over one segment."""
    found = example.example(ontology)
    sites = between(*found.levels, ontology) if found.levels else ()
    specialties = ontology.graph.iris(found.procedure, CORE.treatedBySpecialty)
    return {
        "procedure": prefixed(found.procedure, {}), "kind": prefixed(found.kind, {}),
        "sites": [prefixed(site, {}) for site in sites],
        "parts": [example.over_segment(found.procedure, site, ontology) for site in sites],
        "specialty": prefixed((specialties or individuals(CORE.Specialty, ontology))[0], {}),
    }  # fmt: skip


def _entry(term: Iri, ontology: Ontology) -> Entry:
    def texts(predicate: Iri) -> tuple[str, ...]:
        return tuple(v.value for v in ontology.graph.values(term, predicate) if isinstance(v, Literal))

    return Entry(
        prefixed(term, {}), ontology.label(term), ontology.definition(term).replace("|", "\\|"),
        texts(SKOS.altLabel), texts(CORE.icd10cm), ontology.clinical_name(term),
    )  # fmt: skip


def _entries(terms: Iterable[Iri], ontology: Ontology) -> list[Entry]:
    found = [_entry(term, ontology) for term in terms]
    return sorted(found, key=lambda entry: (entry.label.lower(), entry.name))


# ---------------------------------------------------------------- What the template asks for


def _below(ontology: Ontology, name: str) -> list[Entry]:
    """Describe the classes of a case at and below one of the core's."""
    return _entries([kind for kind in case_kinds(ontology) if ontology.is_a(kind, CORE[name])], ontology)


def _choices(ontology: Ontology, name: str) -> list[Entry]:
    """Describe the individuals of a class of the core's."""
    return _entries(individuals(CORE[name], ontology), ontology)


def _properties(ontology: Ontology, name: str, first: str = "") -> list[Property]:
    """Describe the properties used on a class of the core's or below it, in the order asked for."""
    domains = properties(ontology).items()
    used = {p for p, domain in domains if any(ontology.is_a(kind, CORE[name]) for kind in domain)}
    general = {p for p in used if used.intersection(ontology.properties_below(p))}
    order = {name: at for at, name in enumerate(first.split())}
    found = [_property(p, ontology) for p in used - general - _special(ontology)]
    return sorted(found, key=lambda row: (order.get(row.entry.name, len(order)), row.entry.name))


def _special(ontology: Ontology) -> set[Iri]:
    return {p for kind in example.kinds_of_finding(ontology) for p in example.described_with(kind, ontology)}


def _property(predicate: Iri, ontology: Ontology) -> Property:
    takes = tuple(_values(range_, ontology) for range_ in ontology.takes(predicate))
    return Property(_entry(predicate, ontology), takes, _is_needed(predicate, ontology))


def _values(range_: Iri, ontology: Ontology) -> Values:
    """Describe a class or datatype, with its individuals, those of one special class together."""
    found = [] if range_ in XSD or range_ in OWL else individuals(range_, ontology)
    by_class = sorted(found, key=lambda one: (ontology.graph.iris(one, A), one))
    return Values(_entry(range_, ontology), tuple(prefixed(one, {}) for one in by_class))


def _is_needed(predicate: Iri, ontology: Ontology) -> bool:
    """Tell whether intake asks for a property wherever it can be used."""
    asked = {predicate, *ontology.graph.iris(predicate, RDFS.subPropertyOf)}
    shapes = {shape for p in asked for shape in rules().subjects(SH.path, p)}
    always = {shape for shape in shapes if not rules().values(shape, SH.targetSubjectsOf)}
    return any(rules().text(shape, SH.minCount) == "1" for shape in always)


def _stated(ontology: Ontology, name: str) -> list[tuple[Entry, list[Entry]]]:
    """Give what the ontology states with a property of the core's: each subject and its values."""
    subjects = sorted({subject for subject, _ in ontology.graph.pairs(CORE[name])})
    return [(_entry(s, ontology), _entries(ontology.graph.iris(s, CORE[name]), ontology)) for s in subjects]


def _levels(segments: list[Iri], ontology: Ontology) -> list[Entry]:
    """Describe the levels around segments that are given from above down."""
    ends = [level for s in segments for level in ontology.graph.iris(s, CORE.upperLevel)]
    ends += [level for s in segments[-1:] for level in ontology.graph.iris(s, CORE.lowerLevel)]
    return [_entry(level, ontology) for level in ends]


def _regions(ontology: Ontology) -> list[tuple[Entry, list[Entry]]]:
    regions = [(in_order(segments_of(r, ontology), ontology), r) for r in individuals(CORE.Region, ontology)]
    return [(_entry(r, ontology), [_entry(part, ontology) for part in parts]) for parts, r in regions]


def _never_written(ontology: Ontology) -> dict[str, list[Entry]]:
    said = [p for p in ontology.declared if ontology.definition(p).startswith("Derived:")]
    derived = [k for k in classes(ontology) if ontology.is_a(k, CORE.DerivedFinding)]
    derived.append(CORE.RequestedSegment)
    inferred = [k for k in classes(ontology) if ontology.graph.values(k, OWL.equivalentClass)]
    terms = {"properties": said, "derived": derived, "inferred": inferred}
    return {name: _entries(found, ontology) for name, found in terms.items()}


# ---------------------------------------------------------------- Kinds of finding


def _kinds(parent: Iri, depth: int, ontology: Ontology) -> Iterator[Kind]:
    """Describe every kind below a parent, each followed by those below it."""
    written, parents = example.kinds_of_finding(ontology), ontology.graph.iris
    below = [kind for kind in written if parent in parents(kind, RDFS.subClassOf)]
    for kind in sorted(below, key=lambda kind: ontology.label(kind).lower()):
        yield _kind(kind, depth, ontology)
        yield from _kinds(kind, depth + 1, ontology)


def _kind(kind: Iri, depth: int, ontology: Ontology) -> Kind:
    said = ontology.graph.text
    units = example.inherited(kind, CORE.inUnit, ontology)
    return Kind(
        _entry(kind, ontology), depth, example.is_located(kind, ontology),
        persists=bool(example.inherited(kind, CORE.persists, ontology)),
        unit=next((unit.value for unit in units if isinstance(unit, Literal)), ""),
        described_with=tuple(_property(p, ontology) for p in example.described_with(kind, ontology)),
        present=said(kind, CORE.saidPresent), absent=said(kind, CORE.saidAbsent),
        ends=_related(example.inherited(kind, CORE.supersedes, ontology), ontology),
        ended_by=_related(_pointing_at(kind, CORE.supersedes, ontology), ontology),
        excludes=_related(example.inherited(kind, CORE.contradicts, ontology), ontology),
        example=example.finding(kind, ontology),
    )  # fmt: skip


def _related(kinds: Iterable[Term], ontology: Ontology) -> tuple[Entry, ...]:
    return tuple(_entries((kind for kind in kinds if not isinstance(kind, Literal)), ontology))


def _pointing_at(kind: Iri, predicate: Iri, ontology: Ontology) -> set[Iri]:
    return {s for k in ontology.kinds_of(kind) for s in ontology.graph.subjects(predicate, k)}


# ---------------------------------------------------------------- Mistakes


def _mistake(case: str, ontology: Ontology, written: str, mistaken: str) -> str:
    """Give the errors of the example case with one place of it written wrongly."""
    if case.count(written) != 1:
        message = f"the example case does not say {written!r} exactly once"
        raise ValueError(message)
    try:
        read = load_stream(case.replace(written, mistaken).encode(), "case.trig")
    except InputRefusedError as refused:
        return str(refused)
    found = problems(read, ontology, default_engine())
    if not found:
        message = f"{mistaken!r} is no mistake"
        raise ValueError(message)
    return "\n".join(map(str, found))
