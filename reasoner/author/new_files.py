"""The text of a new edition and of its deck, from what is known of the guideline. No I/O."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.places import between
from reasoner.rdf import Iri
from reasoner.terms import BASE, CORE, DCTERMS, GUIDELINE, RDFS, SH, SKOS, XSD, A, local_name
from reasoner.vocabulary import prefixed
from reasoner.writing.example import example, is_located
from reasoner.writing.templating import fill

if TYPE_CHECKING:
    from reasoner.load import Case
    from reasoner.ontology import Ontology

AS_STATED = "as-stated"
SECTION = "Section 1"
"""Where the first criterion comes from, until its author says it."""
_STANDARD = {"dcterms": DCTERMS, "guideline": GUIDELINE, "rdfs": RDFS, "sh": SH, "skos": SKOS, "xsd": XSD}


@dataclass(frozen=True, slots=True)
class Options:
    """What is known of a new guideline; an empty text is left to its default."""

    authority: str
    """Who issued it, as a folder's name, such as ``acme``."""
    guideline: str
    """Its name, as a folder's, such as ``low-back``."""
    edition: str
    """The day on which the edition took force, or ``as-stated``."""
    title: str
    procedure: str
    """What it is about: a procedure that can be requested."""
    issuer: str = ""
    source: str = ""
    locator: str = ""
    finding: str = ""
    """The kind of finding that the example criterion looks for."""
    in_force_from: str = ""
    in_force_until: str = ""
    requested_on: str = ""
    from_level: str = ""
    to_level: str = ""

    @property
    def case(self) -> str:
        """The name of the first case."""
        return f"{self.guideline}-first"


def edition_text(given: Options, days: tuple[str, str], procedure: Iri, kind: Iri, ontology: Ontology) -> str:
    """The edition's file: its head, one example criterion with all that belongs to it, and what is left to encode."""
    said = ontology.graph.text
    modules = {_module(term) for term in ontology.declared}
    own = given.authority if given.authority not in (*_STANDARD, *modules) else f"{given.authority}-edition"
    prefixes = {name: namespace.prefix for name, namespace in _STANDARD.items()}
    shown = example(ontology, procedure).kind
    prefixes |= {_module(term): f"{BASE}{_module(term)}#" for term in (procedure, kind, shown, CORE.Finding)}
    prefixes[own] = f"{BASE}{given.authority}/{given.guideline}/{given.edition}/"
    return fill(
        "edition.ttl.j2", quoted=_quoted, prefixes=sorted(prefixes.items()), own=own,
        guideline=f"{BASE}{given.authority}/{given.guideline}", edition=given.edition, title=given.title,
        label=given.title if given.edition == AS_STATED else f"{given.title}, edition of {given.edition}",
        issuer=given.issuer or given.authority, source=given.source or given.title,
        locator=given.locator or SECTION, first=days[0], last=days[1],
        procedure=prefixed(procedure, {}), kind=prefixed(kind, {}), name=_criterion(kind),
        criterion_label=f"Documented: {ontology.label(kind)}",
        presented=" ".join(prefixed(k, {}) for k in dict.fromkeys((kind, shown))),
        present=said(kind, CORE.saidPresent) or ontology.label(kind),
        absent=said(kind, CORE.saidAbsent) or f"{ontology.label(kind)}: {ontology.label(CORE.Absent)}",
    )  # fmt: skip


def _module(term: Iri) -> str:
    return prefixed(term, {}).partition(":")[0]


def _criterion(kind: Iri) -> str:
    """The example criterion's name: the condition that satisfies it."""
    return f"{local_name(kind)}Documented"


def deck_text(given: Options, case: Case, kind: Iri, levels: tuple[Iri | None, Iri | None], ontology: Ontology) -> str:
    """The deck's file: a row for each status of the example criterion, each an edit of the first case."""
    found, document = next((q.subject, Iri(str(q.graph))) for q in case.quads if q.graph and q.predicate == A)
    first, last = levels
    sites = between(first, last, ontology)[:1] if first and last and is_located(kind, ontology) else ()
    where = "".join(f" core:site {prefixed(site, {})} ;" for site in sites)
    dated = f'core:observedOn "{case.graph.text(document, DCTERMS.date)}"^^xsd:date'

    def stated(name: str, presence: Iri) -> str:
        return (
            f"case:{name} a {prefixed(kind, {})} ; core:presence {prefixed(presence, {})} ; {dated} ;"
            f'{where} core:page 1 ; core:quote "The words of the document." .'
        )

    present, absent = stated("row-1", CORE.Present), stated("row-2", CORE.Absent)
    return fill(
        "deck.toml.j2", place=f"shapes/{given.authority}/{given.guideline}/{given.edition}.ttl",
        base=f"cases/{given.case}/case.trig", name=_criterion(kind), example=local_name(found),
        document=local_name(document), present=_literal(present), absent=_literal(absent),
        uncertain=_literal(stated("row-1", CORE.Uncertain)), both=_literal(f"{present} {absent}"),
    )  # fmt: skip


def _literal(text: str) -> str:
    """Text as a string of TOML, as it stands where that is possible."""
    return _quoted(text) if "'" in text else f"'{text}'"


def _quoted(text: str) -> str:
    """Text as a string of Turtle or TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
