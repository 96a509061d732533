"""The closed vocabulary: which terms exist, which one was probably meant, how a term is written."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from reasoner.terms import BASE, DCTERMS, OWL, PROV, RDF, RDFS, SCHEMA, SH, SKOS, XSD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri

_OURS = re.compile(re.escape(BASE) + r"([a-z][a-z0-9-]*)#")
_STANDARD = {
    "rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD, "sh": SH,
    "skos": SKOS, "dcterms": DCTERMS, "prov": PROV, "schema": SCHEMA,
}  # fmt: skip
LIKENESS = 0.75
"""How alike, by difflib's ratio, a misspelt term and the one probably meant must be."""


def is_ours(iri: str) -> bool:
    """Whether the IRI is in a namespace of the project's ontology."""
    return _OURS.match(iri) is not None


def undeclared(terms: Iterable[Iri], ontology: Ontology) -> list[Iri]:
    """The terms in our namespaces that the ontology does not declare, sorted."""
    return sorted({term for term in terms if is_ours(term) and term not in ontology.declared})


def nearest(term: Iri, ontology: Ontology, among: Collection[Iri] | None = None) -> Iri | None:
    """The declared term that was probably meant, for "did you mean core:presence?"."""
    namespace, local = split(term)
    candidates = ontology.declared if among is None else among
    near = [candidate for candidate in candidates if split(candidate)[0] == namespace]
    return _likest(local, near) or _likest(local, candidates)


def nearest_namespace(namespace: str, ontology: Ontology) -> str | None:
    """The namespace of the ontology that was probably meant, if it is not this very one."""
    known = namespaces(ontology)
    if namespace in known:
        return None
    return next(iter(get_close_matches(namespace, sorted(known), n=1, cutoff=0.9)), None)


@cache
def namespaces(ontology: Ontology) -> frozenset[str]:
    """The namespaces of the terms that the ontology declares."""
    return frozenset(split(term)[0] for term in ontology.declared if not term.startswith("_:"))


def prefixes(ontology: Ontology) -> dict[str, str]:
    """A prefix for each namespace whose terms the ontology declares, and for SHACL and its datatypes."""
    usual = {namespace.prefix: prefix for prefix, namespace in _STANDARD.items()}
    modules = {usual.get(n) or n.rstrip("#/").rpartition("/")[2]: n for n in sorted(namespaces(ontology))}
    return {"sh": SH.prefix, "xsd": XSD.prefix, **modules}


def split(iri: str) -> tuple[str, str]:
    """Namespace and local name, parted after the last ``#`` or ``/``."""
    at = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:at], iri[at:]


def prefixed(iri: str, prefixes: Mapping[str, str]) -> str:
    """The IRI as a reader writes it: with the usual prefix, else with the file's."""
    ours = _OURS.match(iri)
    if ours and ours.end() < len(iri):
        return f"{ours[1]}:{iri[ours.end() :]}"
    known = [(prefix, namespace.prefix) for prefix, namespace in _STANDARD.items()]
    own = [(prefix, namespace) for prefix, namespace in prefixes.items() if prefix not in _STANDARD]
    fits = [(prefix, ns) for prefix, ns in [*known, *own] if ns and iri.startswith(ns) and len(iri) > len(ns)]
    if not fits:
        return f"<{iri}>"
    prefix, namespace = max(fits, key=lambda fit: len(fit[1]))
    return f"{prefix}:{iri[len(namespace) :]}"


def _likest(local: str, candidates: Collection[Iri]) -> Iri | None:
    names = {split(term)[1]: term for term in sorted(candidates, reverse=True) if not term.startswith("_:")}
    same = [name for name in names if name.casefold() == local.casefold()]
    found = same or get_close_matches(local, sorted(names), n=1, cutoff=LIKENESS)
    return names[found[0]] if found else None
