"""What a determination depends on beside its case, by hashes: when one of them changes, the case is judged anew."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasoner.batch.journal import digest, made_from
from reasoner.data import folder
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.guideline.ladder import ladders
from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Literal, Quad, nquads, parse
from reasoner.terms import BASE, OWL, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reasoner.cases import Manner
    from reasoner.rdf import Term
    from reasoner.store.place import Generation

GENID = BASE + ".well-known/genid/"
"""Blank nodes of ontology and editions are named, so that a graph gives the same bytes every time (RDF 1.1, 3.5)."""


@dataclass(frozen=True)
class Basis:
    """The knowledge base and program of now, and the manner of judging."""

    manner: Manner

    @cached_property
    def common(self) -> str:
        """A hash of what every case depends on: manner, program, libraries, ontology, intake, ladders."""
        manner = self.manner
        found = made_from({}, manner.guideline)
        shapes = folder("shapes")
        found["shapes"] = digest([*shapes.glob("*.ttl"), *(shapes / "ladders").rglob("*.ttl")], shapes)
        found |= {"engine": manner.engine, "guideline": manner.guideline, "as_of": str(manner.as_of)}
        return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()

    @cached_property
    def guidelines(self) -> Mapping[str, str]:
        """A hash of all editions of each packaged guideline."""
        files: dict[str, list[Path]] = {}
        for path in all_editions():
            files.setdefault(read_edition(path, load_ontology()).guideline, []).append(path)
        return {guideline: digest(found, folder("shapes")) for guideline, found in files.items()}

    def of(self, consulted: Iterable[str]) -> dict[str, str | None]:
        """The hash of each guideline that was asked on the way to a case's edition."""
        return {guideline: self.guidelines.get(guideline) for guideline in consulted}

    def still_holds(self, common: str, consulted: Mapping[str, Any]) -> bool:
        """Whether nothing changed on which a case that was judged then depends."""
        return common == self.common and self.of(consulted) == consulted

    @cached_property
    def knowledge(self) -> dict[str, bytes]:
        """The N-Quads of ontology modules, editions and ladders, each in the graph of its name."""
        ontology = load_ontology()
        editions = [read_edition(path, ontology) for path in self._editions()]
        orders = {i.iri: (folder("shapes").parent / i.file).read_bytes() for i in ladders(ontology)}
        read = {**{e.iri: e.content for e in editions}, **orders}
        return {**dict(_modules()), **{name: _graph(name, content) for name, content in read.items()}}

    def knowledge_sha256(self) -> dict[str, str]:
        """A hash of each of these graphs."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(self.knowledge.items())}

    def _editions(self) -> Iterator[Path]:
        yield from all_editions()
        named = Path(self.manner.guideline or "")
        if named.is_file():
            yield named


def old_knowledge(old: Generation | None) -> dict[str, str]:
    """The hashes of the graphs of ontology, editions and ladders in a generation."""
    return dict(old.info["knowledge"]) if old else {}


def _modules() -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder("ontology").rglob("*.ttl")):
        content = path.read_bytes()
        name = next(q.subject for q in parse(content, ".ttl") if q.predicate == A and q.object == OWL.Ontology)
        yield name, _graph(name, content)


def _graph(name: Iri, content: bytes) -> bytes:
    return nquads(Quad(_named(s), p, _named(o), name) for s, p, o, _ in parse(content, ".ttl"))  # type: ignore[arg-type]


def _named(term: Term) -> Term:
    return Iri(GENID + term[2:]) if not isinstance(term, Literal) and term.startswith("_:") else term
