"""An edition's export: stock engines conform exactly when the logic is true without adjudication."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import small
from conformance import COUNT, EDITIONS, MANY, SEED, STOCK, disagreeing, judgements

from reasoner.author.export import export, export_turtle
from reasoner.author.synthesis import judged
from reasoner.data import folder
from reasoner.errors import UsageError
from reasoner.guideline.check import evaluated_terms
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.load import load_file
from reasoner.logic import fold
from reasoner.ontology import load_ontology
from reasoner.rdf import Graph, Triple, parse
from reasoner.status import Truth
from reasoner.terms import CORE, RDF, RDFS, SH, A
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from reasoner.author.synthesis import Judged
    from reasoner.guideline.edition import Edition

CASES = sorted(path.parent.name for path in folder("cases").glob("*/case.trig"))
EVERY = [pytest.param(path, id=path.parent.name) for path in EDITIONS]
SMALL = [*EVERY, pytest.param(None, id="small")]


def edition_at(path: Path | None) -> Edition:
    return read_edition(path, load_ontology()) if path else small.edition()


@cache
def shapes(path: Path | None) -> tuple[Triple, ...]:
    """The export as it is read back from its Turtle."""
    return tuple(quad.triple for quad in parse(export_turtle(edition_at(path)).encode(), ".ttl"))


@cache
def packaged(case: str, path: Path) -> Judged:
    return judged(load_file(folder("cases") / case), edition_at(path), load_ontology(), default_engine())


def necessary(found: Judged, edition: Edition) -> bool:
    """Whether the logic is true of all that is to be decided, whatever was adjudicated."""
    deciding = (edition.divisible and found.record.parts) or (found.record.whole,)
    assert edition.logic
    leaves = (
        {i: (a.computed, edition.criteria[i].requirement) for i, a in found.answers[r.iri].items()} for r in deciding
    )
    return all(fold(edition.logic, statuses) is Truth.TRUE for statuses in leaves)


@pytest.mark.parametrize("engine", STOCK)
@pytest.mark.parametrize("path", EVERY)
def test_an_engine_conforms_exactly_on_the_packaged_cases_that_are_necessary(path: Path, engine: str) -> None:
    edition = edition_at(path)
    expected = {case: necessary(packaged(case, path), edition) for case in CASES}
    assert {case: STOCK[engine](packaged(case, path).graph, shapes(path)) for case in CASES} == expected
    assert set(expected.values()) == {True, False}


@pytest.mark.parametrize("engine", STOCK)
@pytest.mark.parametrize("path", SMALL)
def test_an_engine_refuses_exactly_the_synthetic_requests_that_are_not_true(path: Path | None, engine: str) -> None:
    edition = edition_at(path)
    assert edition.logic
    cases = judgements(edition, SEED, MANY)
    wrong = disagreeing(cases[: COUNT if path else COUNT // 4] if engine == "pySHACL" else cases, edition.logic, shapes(path), engine)
    assert not wrong, f"seed {SEED}"
    true = sum(c.truth(edition.logic) is Truth.TRUE for c in cases)
    assert len(cases) == MANY
    assert MANY / 20 < true < MANY * 19 / 20


@pytest.mark.parametrize("path", SMALL)
def test_an_export_needs_nothing_beside_it(path: Path | None) -> None:
    graph = Graph(shapes(path))
    used = {t.predicate for t in graph} | {o for t in graph if isinstance(o := t.object, str) and o in SH}
    assert {term for term in used if term in SH} <= evaluated_terms()
    assert used <= {*evaluated_terms(), A, RDFS.label, RDF.first, RDF.rest}
    for term in (SH.node, SH["not"], SH.property, SH.qualifiedValueShape):
        for _, shape in graph.pairs(term):
            assert any(p in SH for p in graph.predicates(shape)), shape  # type: ignore[arg-type]
    assert [target for _, target in graph.pairs(SH.targetClass)] == [CORE.TreatmentRequest]


@pytest.mark.parametrize("path", SMALL)
def test_every_node_of_the_logic_has_three_labelled_shapes(path: Path | None) -> None:
    edition, graph = edition_at(path), Graph(shapes(path))
    assert edition.logic
    for node in edition.logic.below():
        name = node.iri.rpartition("/")[2]
        for part in ("true", "false", "not-applicable"):
            label = graph.text(f"{edition.iri}/export/{name}-{part}", RDFS.label)  # type: ignore[arg-type]
            assert label.endswith(f": {part.replace('-', ' ')}"), name


@pytest.mark.parametrize("path", SMALL)
def test_the_turtle_says_what_the_triples_say(path: Path | None) -> None:
    written, made = shapes(path), export(edition_at(path))

    def plain(triples: tuple[Triple, ...]) -> list[str]:
        return sorted(re.sub(r"_:\w+", "_", " ".join(map(str, t))) for t in triples)

    assert plain(written) == plain(tuple(dict.fromkeys(made)))


def test_an_export_is_readable_and_says_what_it_is() -> None:
    text = export_turtle(edition_at(EDITIONS[-1]))
    head, body = text.split("\n\n", 1)
    assert EDITIONS[-1].name in head
    assert re.search(r"SHA-256 [0-9a-f]{64}", head)
    assert "pyshacl --shapes" in head
    assert "_:" not in body
    assert not re.search(r"<https://w3id.org/guideline-reasoner/(core|spine)#\w", body)


def test_an_export_has_the_same_bytes_in_every_process() -> None:
    code = (
        "import sys, pathlib; from reasoner.author.export import export_turtle; from reasoner.ontology import load_ontology;"
        "from reasoner.guideline.edition_file import read_edition;"
        "sys.stdout.write(export_turtle(read_edition(pathlib.Path(sys.argv[1]), load_ontology())))"
    )
    texts = {
        subprocess.run([sys.executable, "-c", code, EDITIONS[0]], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}, cwd=Path(__file__).parents[2]).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(texts) == 1


def test_an_edition_without_logic_is_not_exported() -> None:
    [silent] = [e for e in (read_edition(p, load_ontology()) for p in all_editions()) if e.logic is None]
    with pytest.raises(UsageError, match="no logic"):
        export(silent)


@pytest.mark.parametrize("path", EVERY)
def test_the_command_of_a_stock_engine_takes_an_export_as_it_is(tmp_path: Path, path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(export_turtle(edition_at(path)))
    from reasoner.rdf import ntriples  # noqa: PLC0415

    (tmp_path / "case.nt").write_bytes(ntriples(packaged("v01-all-met", path).graph))
    done = subprocess.run(
        [Path(sys.executable).parent / "pyshacl", "--shapes", tmp_path / "shapes.ttl", tmp_path / "case.nt"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) is necessary(packaged("v01-all-met", path), edition_at(path)), done.stderr
