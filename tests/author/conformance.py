"""What three stock engines make of shapes; the only test module that imports them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from unittest.mock import patch

import pyrudof
import pyshacl
import rdflib
from pyshacl.constraints.constraint_component import ConstraintComponent

from reasoner.author.export import USUAL_DEPTH, depth
from reasoner.author.scene import CASE
from reasoner.author.synthesis import drawn, judged
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.logic import fold
from reasoner.ontology import load_ontology
from reasoner.rdf import Iri, Literal, Triple, ntriples
from reasoner.status import Truth
from reasoner.terms import SH, A
from reasoner.validate import Engine, default_engine, validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reasoner.guideline.edition import Edition, Node
    from reasoner.logic import Leaf

SEED = int(os.environ.get("REASONER_SEED") or "0", 36)
COUNT = int(os.environ.get("REASONER_CASES") or "30")
"""Synthetic cases of each edition that pySHACL sees; the fast engines see a hundred at least."""
MANY = max(COUNT, 100)
EDITIONS = [path for path in all_editions() if read_edition(path, load_ontology()).logic]
BATCH = 10
"""Cases that a fast engine sees in one graph."""
RUDOF = pyrudof.Rudof(pyrudof.RudofConfig())


def pyshacl_conforms(data: Iterable[Triple], shapes: Sequence[Triple]) -> bool:
    """Whether pySHACL conforms; it may stop at the first violation, and its option to do so halves its time."""
    conforms, _, _ = pyshacl.validate(
        _rdflib(ntriples(data)), shacl_graph=_shapes(ntriples(shapes)), abort_on_first=True,
        max_validation_depth=max(depth(shapes) + 1, USUAL_DEPTH),
        inplace=True, inference="none", do_owl_imports=False,
    )  # fmt: skip
    return bool(conforms)


def _rdflib(content: bytes) -> rdflib.Graph:
    return rdflib.Graph().parse(data=content, format="nt")


@cache
def _shapes(content: bytes) -> rdflib.Graph:
    return _rdflib(content)


def pyshifty_refuses(data: Iterable[Triple], shapes: Sequence[Triple]) -> set[str]:
    """The focus nodes on which pyshifty does not conform."""
    return {result.focus for result in validate(data, shapes, Engine.FAST)}


def pyrudof_refuses(data: Iterable[Triple], shapes: Sequence[Triple]) -> set[str]:
    """The focus nodes on which pyrudof does not conform."""
    RUDOF.reset_all()  # what is read would be merged with what was read before
    RUDOF.read_data(ntriples(data).decode(), pyrudof.RDFFormat.NTriples)
    RUDOF.read_shacl(ntriples(shapes).decode(), pyrudof.ShaclFormat.NTriples)
    report = RUDOF.validate_shacl()
    refused = {str(entry.focus_node).strip("<>") for entry in report}
    assert bool(refused) is not report.conforms
    return refused


STOCK: Mapping[str, Callable[[Iterable[Triple], Sequence[Triple]], bool]] = {
    "pySHACL": pyshacl_conforms,
    "pyshifty": lambda data, shapes: not pyshifty_refuses(data, shapes),
    "pyrudof": lambda data, shapes: not pyrudof_refuses(data, shapes),
}
"""Whether each engine conforms on one case."""


def disagreeing(cases: Sequence[Judgement], root: Node, shapes: Sequence[Triple], engine: str) -> list[Iri]:
    """The requests that an engine takes otherwise than our own fold; the two fast ones see many cases at once."""
    if engine == "pySHACL":
        with patch.object(ConstraintComponent, "make_v_result_description", lambda *_, **__: ""):  # a third of its time
            return [c.request for c in cases if pyshacl_conforms(c.graph, shapes) is not (c.truth(root) is Truth.TRUE)]
    refuses = pyshifty_refuses if engine == "pyshifty" else pyrudof_refuses
    wrong = []
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        refused = refuses({t for c in batch for t in c.graph}, shapes)
        wrong += [c.request for c in batch if (c.request in refused) is (c.truth(root) is Truth.TRUE)]
    return wrong


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """A prepared case under a name of its own, and its criteria's statuses for the whole request."""

    graph: tuple[Triple, ...]
    request: Iri
    leaves: Mapping[Iri, Leaf]

    def truth(self, root: Node) -> Truth:
        return fold(root, self.leaves)


@cache
def judgements(edition: Edition, seed: int, count: int) -> tuple[Judgement, ...]:
    """Synthetic cases of an edition, judged by us, each with its own names."""
    found = []
    for number, case in enumerate(drawn(edition, load_ontology(), default_engine(), seed, count)):
        done = judged(case, edition, load_ontology(), default_engine())
        whole = done.record.whole.iri
        leaves = {i: (a.computed, edition.criteria[i].requirement) for i, a in done.answers[whole].items()}
        own = f"{CASE}{number}/"
        found.append(Judgement(tuple(_renamed(done.graph, own)), Iri(whole.replace(CASE, own)), leaves))
    return tuple(found)


def _renamed(graph: Iterable[Triple], own: str) -> Iterable[Triple]:
    for subject, predicate, value in graph:
        renamed = value if isinstance(value, Literal) else Iri(value.replace(CASE, own))
        yield Triple(Iri(subject.replace(CASE, own)), predicate, renamed)


def asked_of(target: Iri, shapes: Mapping[Iri, Iri]) -> list[Triple]:
    """Probes that ask each shape of every node of a class, under names of their own."""
    stated = ((A, SH.NodeShape), (SH.targetClass, target))
    return [
        triple
        for probe, shape in shapes.items()
        for triple in (*(Triple(probe, p, v) for p, v in stated), Triple(probe, SH.node, shape))
    ]
