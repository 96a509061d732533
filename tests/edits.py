"""Edited copies of packaged cases, in memory, and what becomes of them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from reasoner.cases import Determined
from reasoner.data import folder
from reasoner.judge import decide, judge, prepare
from reasoner.load import Case, load_file, load_stream
from reasoner.ontology import load_ontology
from reasoner.rationale.explain import explain
from reasoner.rdf import Iri, Quad, nquads, parse
from reasoner.render.data import determination_json
from reasoner.render.graph import determination_quads
from reasoner.render.page import page
from reasoner.render.page import text as laid_out
from reasoner.reviewer import audit_determination, refuse_unfit_reviewer
from reasoner.terms import BASE
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reasoner.judge import Prepared
    from reasoner.record import Finding

G1, G3 = "odg/lumbar-revision-fusion", "L37848"
CASES = sorted(path.parent.name for path in folder("cases").glob("*/case.trig"))
ENGINE = default_engine()


@cache
def packaged(name: str) -> Case:
    return load_file(folder("cases") / name)


def edited(base: str = "v01-all-met", *, drop: str = "", replace: str = "", add: str = "") -> Case:
    """A copy of a packaged case.

    ``drop`` names what is taken out, with a document its findings (``"ct quit"``). ``replace`` is Turtle whose
    values stand, in the same document, for those that its subjects had of the same properties. ``add`` is TriG.
    """
    case = f"{BASE}cases/{base}/"
    gone = {Iri(case + name) for name in drop.split()}
    kept = [q for q in packaged(base).quads if not gone.intersection((q.subject, q.object, q.graph))]
    home = {q.subject: q.graph for q in kept}
    new = [q._replace(graph=home[q.subject]) for q in trig(replace, case)]
    renewed = {(q.subject, q.predicate) for q in new}
    kept = [q for q in kept if (q.subject, q.predicate) not in renewed]
    return case_of([*kept, *new, *trig(add, case)])


def trig(text: str, case: str) -> list[Quad]:
    vocabularies = {name: f"{BASE}{name}#" for name in ("core", "spine")}
    prefixes = {
        "case": case, **vocabularies, "dcterms": "http://purl.org/dc/terms/",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "xsd": "http://www.w3.org/2001/XMLSchema#",
    }  # fmt: skip
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())
    return parse((head + text).encode(), ".trig")


def case_of(quads: Iterable[Quad]) -> Case:
    return load_stream(nquads(quads))


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def prepared(case: Case, as_of: str | None = None) -> Prepared:
    return prepare(case, load_ontology(), ENGINE, day(as_of))


def findings(case: Case, as_of: str | None = None) -> dict[str, Finding]:
    """The findings of a prepared case, derived ones included, by local name."""
    found = prepared(case, as_of).record(load_ontology()).findings
    return {iri.rpartition("/")[2]: finding for iri, finding in found.items()}


@cache
def determined(case: Case, guideline: str | None = None, as_of: str | None = None) -> Determined:
    """The whole way of a case, as the command takes it."""
    ontology = load_ontology()
    ready = prepared(case, as_of)
    refuse_unfit_reviewer(ready, ontology, ENGINE)
    assessment = judge(ready, ontology, ENGINE, guideline)
    found = decide(assessment)
    rationale = explain(assessment, found, ontology)
    quads = determination_quads(assessment, found, rationale, ontology)
    audit_determination(quads, ontology, ENGINE)
    return Determined(assessment, found, rationale, quads)


def as_json(done: Determined) -> dict[str, Any]:
    return determination_json(done.assessment, done.determination, done.rationale, load_ontology())


def as_text(done: Determined) -> str:
    return laid_out(page(done.assessment, done.determination, done.rationale, load_ontology()))


def statuses(criteria: Iterable[dict[str, Any]], by: str = "notation") -> dict[str, str]:
    return {item[by]: item["status"] for item in criteria}


def answers(case: Case, guideline: str | None = None, as_of: str | None = None) -> dict[str, str]:
    """The status of every criterion of the whole request, by name."""
    return statuses(as_json(determined(case, guideline, as_of))["criteria"], by="name")


def verdict(case: Case, guideline: str | None = None, as_of: str | None = None) -> tuple[str, str | None, str]:
    found = as_json(determined(case, guideline, as_of))
    return found["outcome"], found["reason"], found["utilization_review"]


def criterion(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in found["criteria"] if item["name"] == name)


def local(witnesses: Iterable[dict[str, Any]]) -> set[str]:
    """The local names of witnesses."""
    return {witness["finding"].rpartition("/")[2] for witness in witnesses}
