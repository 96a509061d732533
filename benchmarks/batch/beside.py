"""Determinations beside what other engines take to validate alone: in one process, in turn, on the same fresh cases.

Each round draws cases that were not met before, since a batch remembers what it has judged alike; an engine is given
the same prepared N-Triples, with the probes that name each witness, and shapes that were read once.
"""

from __future__ import annotations

import time
from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any

import pyoxigraph
import pyshacl
import rdflib
from inputs import take
from shifty import _shifty

from reasoner.batch.arrow import given_batch
from reasoner.batch.columns import determine_batch
from reasoner.batch.row import Asks
from reasoner.guideline.probes import CONTRADICTS, SUPPORTS, shapes_with_probes
from reasoner.judge import judge, prepare
from reasoner.load import load_stream
from reasoner.ontology import load_ontology
from reasoner.rdf import ntriples
from reasoner.shapes import _marks
from reasoner.validate import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from inputs import Edition, Inputs

    from reasoner.batch.row import CaseText
    from reasoner.judge import Assessment

WARM_UP = 500
"""Cases of each edition before the first round: then a batch remembers about as much as it will in a long run."""
TOGETHER = (1, 5, 25)
"""Cases in one graph that the fast engine is tried with; its best is what counts."""
FLAGS = {"data_format": "nt", "graph_mode": "data", "run_infer": False, "on_unsupported": "error"}
ALL = {**FLAGS, "minimum_severity": "info", "sort_results": False}

SHACL = rdflib.Namespace("http://www.w3.org/ns/shacl#")

OURS = "determine"
RATIONALE = "determine --rationale"
PYSHACL = "pySHACL"
PLAIN = "pySHACL without probes"
PYSHIFTY = "pyshifty"
PARSE = "parse"
MEANINGS = {
    OURS: "full determination, from the case's bytes to Arrow rows",
    RATIONALE: "the same with the rationale's text, audited",
    PYSHACL: "stock pySHACL: parse the prepared case and validate it, shapes read once",
    PLAIN: "the same without probes: only whether, not on which findings",
    PYSHIFTY: "pyshifty's fastest call that returns every witness, on the prepared cases",
    PARSE: "pyoxigraph parses the input and nothing else: the floor",
}


def beside(inputs: Inputs, rounds: int, cases: int, stock: int) -> Iterator[dict[str, Any]]:
    """Milliseconds a case, after each round; of each edition as many cases, ``stock`` of them for pySHACL."""
    per_edition = (rounds + 1) * 2 * cases + WARM_UP
    sides = [Side(edition, cases, stock) for edition in inputs.editions(max(10_000, per_edition * 4))]
    for side in sides:
        side.warm_up(min(WARM_UP, 10 * cases))
    called = calls(sides[-1])
    by_edition: dict[str, dict[str, list[float]]] = {side.edition.label: defaultdict(list) for side in sides}
    for number in range(1, rounds + 1):
        for side in sides:
            for name, milliseconds in side.measured().items():
                by_edition[side.edition.label][name].append(milliseconds)
        yield {
            "rounds": number, "cases_a_round": cases * len(sides), "of_them_for_pyshacl": stock * len(sides),
            "triples_a_prepared_case": round(sum(s.triples for s in sides) / sum(s.prepared for s in sides)),
            **told(by_edition), "pyshifty_calls": called,
        }  # fmt: skip


def told(by_edition: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    """The times and their ratios, round by round; each edition counts alike."""
    found = {}
    for name in MEANINGS:
        rounds = zip(*(taken[name] for taken in by_edition.values()), strict=True)
        found[name] = [sum(times) / len(times) for times in rounds]
    return {
        "ms_a_case": {name: spread(times) for name, times in found.items()},
        "by_edition": {label: {n: spread(t) for n, t in taken.items()} for label, taken in by_edition.items()},
        "meaning": MEANINGS,
        "ratio": {
            "determinations over pySHACL": over(found, PYSHACL, OURS),
            "determinations over pySHACL without probes": over(found, PLAIN, OURS),
            "determinations over pyshifty": over(found, PYSHIFTY, OURS),
            "determinations over the parse": over(found, PARSE, OURS),
            "cost of the rationale": over(found, RATIONALE, OURS),
        },
    }


def spread(times: Sequence[float]) -> dict[str, float]:
    return {"median": round(median(times), 3), "min": round(min(times), 3), "max": round(max(times), 3)}


def over(found: dict[str, list[float]], first: str, second: str) -> dict[str, float]:
    return spread([a / b for a, b in zip(found[first], found[second], strict=True)])


class Side:
    """One edition, its cases and every way to go through them."""

    def __init__(self, edition: Edition, cases: int, stock: int) -> None:
        self.edition, self._number, self._stock = edition, cases, stock
        self._cases: Iterator[CaseText] = edition.cases()
        self.triples = self.prepared = 0

    def warm_up(self, number: int) -> None:
        cases = take(self._cases, number)
        self.determine(cases, Asks())
        self.determine(cases[: number // 10], Asks(rationale=True))
        edition = assess(cases[0], self.edition).edition
        self.shapes = ntriples(shapes_with_probes(edition))
        marked = ntriples([*shapes_with_probes(edition), *_marks(shapes_with_probes(edition))])
        self.validator = _shifty.PreparedValidator(shapes=marked, shapes_format="nt")
        self._graphs = graph(self.shapes), graph(ntriples(edition.graph.triples))

    def determine(self, cases: Sequence[CaseText], asks: Asks) -> None:
        determine_batch(given_batch(cases), self.edition.manner, asks)

    def measured(self) -> dict[str, float]:
        """CPU milliseconds a case, each way in turn, of cases that were not met before."""
        cases = take(self._cases, self._number)
        told = take(self._cases, self._number)
        spent = {
            OURS: timed(lambda: self.determine(cases, Asks()), len(cases)),
            RATIONALE: timed(lambda: self.determine(told, Asks(rationale=True)), len(told)),
            PARSE: timed(lambda: parse(cases), len(cases)),
        }
        data = [ntriples(assess(case, self.edition).judged) for case in cases]
        self.triples += sum(found.count(b"\n") for found in data)
        self.prepared += len(data)
        few = data[: self._stock]
        spent[PYSHIFTY] = min(
            timed(lambda n=number: self.shifty(data, n), len(data)) for number in TOGETHER  # type: ignore[misc]
        )
        for name, shapes in zip((PYSHACL, PLAIN), self._graphs, strict=True):
            spent[name] = timed(lambda s=shapes: stock(few, s), len(few))  # type: ignore[misc]
        return spent

    def shifty(self, data: Sequence[bytes], together: int) -> None:
        for at in range(0, len(data), together):
            hits(self.validator, b"".join(data[at : at + together]))

    def samples(self, number: int) -> list[bytes]:
        return [ntriples(assess(case, self.edition).judged) for case in take(self._cases, number)]


def timed(way: Callable[[], object], cases: int) -> float:
    start = time.process_time()
    way()
    return (time.process_time() - start) / cases * 1000


def assess(case: CaseText, edition: Edition) -> Assessment:
    ontology = load_ontology()
    prepared = prepare(load_stream(case.content, case.name), ontology, Engine.FAST)
    return judge(prepared, ontology, Engine.FAST, edition.guideline)


def parse(cases: Sequence[CaseText]) -> None:
    for case in cases:
        for _ in pyoxigraph.parse(case.content, pyoxigraph.RdfFormat.N_QUADS):
            pass


def graph(content: bytes) -> rdflib.Graph:
    return rdflib.Graph().parse(data=content, format="nt")


def stock(data: Sequence[bytes], shapes: rdflib.Graph) -> None:
    for content in data:
        pyshacl.validate(graph(content), shacl_graph=shapes, inplace=True)


def hits(validator: Any, content: bytes) -> set[tuple[str, str]]:
    """Every shape and focus node with a result: with the probes, these are the witnesses.

    The engine takes shapes that ask the same for one, and names one of them; so each is given a mark of its own.
    """
    return {(v.shape_name, v.focus_node) for v in validator.validate_algebra(data=content, **ALL).violations}


def calls(side: Side) -> dict[str, dict[str, Any]]:
    """The calls of pyshifty, with whether they return every witness that is in the report and what they take."""
    data, shapes = side.samples(10), side.shapes
    unmarked = _shifty.PreparedValidator(shapes=shapes, shapes_format="nt")
    wanted = [reported(unmarked.validate_w3c(data=content, **ALL)) for content in data]

    def session(content: bytes) -> Any:
        return _shifty.EvidenceSession(
            shapes=shapes, shapes_format="nt", data=content, data_format="nt", run_infer=False, graph_mode="data"
        )

    ways: dict[str, Callable[[bytes], set[tuple[str, str]]]] = {
        "validate_algebra, each shape marked": lambda content: hits(side.validator, content),
        "validate_algebra": lambda content: hits(unmarked, content),
        "validate_w3c": lambda content: reported(unmarked.validate_w3c(data=content, **ALL)),
        "witnesses": lambda content: {(w.shape, w.focus) for w in unmarked.witnesses(data=content, **FLAGS)},
        "EvidenceSession.validate": lambda content: failures(session(content).validate(minimum_severity="info")),
    }
    found = {}
    for name, way in ways.items():
        start = time.process_time()
        pairs = [way(content) for content in data]
        spent = (time.process_time() - start) / len(data) * 1000
        every = [*map(witnesses, pairs)] == [*map(witnesses, wanted)]
        found[name] = {"ms_a_case": round(spent, 3), "every_witness": every}
    start = time.process_time()
    numbers = [len(session(content).find_failures()[1]) for content in data]
    found["EvidenceSession.find_failures"] = {
        "ms_a_case": round((time.process_time() - start) / len(data) * 1000, 3),
        "every_witness": numbers == [*map(len, wanted)],  # it names no shapes, so that they can only be counted
    }
    return found


def witnesses(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of the shapes and nodes with a result, those that name a finding for or against a criterion."""
    named = {(shape.strip("<>"), focus.strip("<>")) for shape, focus in pairs}
    return {(shape, focus) for shape, focus in named if shape.endswith((SUPPORTS, CONTRADICTS))}


def reported(result: Any) -> set[tuple[str, str]]:
    """Every shape and node with a result in the standard report."""
    report = graph(result._report_ntriples.encode())  # noqa: SLF001
    results = report.objects(None, SHACL.result)
    return {(str(report.value(r, SHACL.sourceShape)), str(report.value(r, SHACL.focusNode))) for r in results}


def failures(run: Any) -> set[tuple[str, str]]:
    return {
        (statement.shape_name or "", focus.focus)
        for statement in run.statements for focus in statement.selected_foci if focus.status == "fail"
    }  # fmt: skip
