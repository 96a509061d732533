"""Synthetic cases: fit to be judged, answered as foretold, and the same for the same seed."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from reasoner.author.inventory import inventory
from reasoner.author.plan import Plan, predicted
from reasoner.author.scene import Placement
from reasoner.batch.arrow import CaseTable
from reasoner.batch.row import CaseText
from reasoner.batch.sources import Sources
from reasoner.errors import InputRefusedError, UsageError
from reasoner.guideline.edition_file import all_editions, read_edition
from reasoner.intake import problems
from reasoner.judge import decide, judge, prepare
from reasoner.load import load_file, load_stream
from reasoner.ontology import load_ontology
from reasoner.rdf import Literal, nquads, parse
from reasoner.synthetic.breaking import broken
from reasoner.synthetic.compose import compose, name_of
from reasoner.synthetic.run import InterruptedSynthesisError, Order, synthesize
from reasoner.synthetic.shards import document
from reasoner.synthetic.stock import stock_of
from reasoner.synthetic.words import words
from reasoner.terms import BASE, CORE, RDFS
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.load import Case
    from reasoner.status import Status
    from reasoner.synthetic.model import Made

ONTOLOGY = load_ontology()
WORDS = words(ONTOLOGY)
EDITIONS = [e for e in (read_edition(path, ONTOLOGY) for path in all_editions()) if e.logic]
SEED, SAMPLE = 20, 200


@pytest.fixture(scope="module")
def stocks() -> tuple:
    return tuple(stock_of(edition, ONTOLOGY) for edition in EDITIONS)


@pytest.fixture(scope="module")
def sample(stocks: tuple) -> list[Made]:
    return [compose(number, SEED, stocks, WORDS) for number in range(1, SAMPLE + 1)]


def read(made: Made) -> Case:
    return load_stream(made.quads.encode(), made.name)


def foretold(made: Made) -> dict[str, Status]:
    """What a case should answer, from what its findings answer one by one."""
    stock = inventory(EDITIONS[made.chosen.stock], ONTOLOGY, default_engine())
    segments = stock.scene.segments(made.chosen.extent)
    placed = [
        (stock.candidates[n], Placement(stock.candidates[n].sketch, tuple(segments[s] for s in sites)))
        for n, sites in made.chosen.placed
    ]
    return predicted(Plan(made.chosen.extent, tuple(placed)), stock)


def test_every_case_passes_intake(sample: list[Made]) -> None:
    assert [p for made in sample for p in problems(read(made), ONTOLOGY, default_engine())] == []


def test_cases_are_answered_as_foretold_and_every_outcome_occurs(sample: list[Made], stocks: tuple) -> None:
    outcomes: Counter[str] = Counter()
    exact = [made for made in sample if made.chosen.exact]
    for made in exact:
        stock = stocks[made.chosen.stock]
        found = judge(
            prepare(read(made), ONTOLOGY, default_engine()), ONTOLOGY, default_engine(),
            None if stock.jurisdiction else stock.notation,
        )  # fmt: skip
        assert found.edition.iri == EDITIONS[made.chosen.stock].iri, made.name
        answers = found.answers[found.record.whole.iri]
        assert {iri: a.computed for iri, a in answers.items()} == foretold(made), made.name
        outcomes[decide(found).outcome.value] += 1
    assert len(exact) > SAMPLE * 0.8
    assert {"medically necessary", "not medically necessary", "needs adjudication"} <= outcomes.keys()
    assert max(outcomes.values()) < 0.8 * len(exact)


def test_the_fourth_outcome_occurs_too(stocks: tuple) -> None:
    """A request granted in part is rare: some hundreds of cases hold one."""
    divisible = next(n for n, edition in enumerate(EDITIONS) if edition.divisible)
    for number in range(1, 3000):
        made = compose(number, SEED, stocks, WORDS)
        if made.chosen.stock == divisible and "/part-2>" in made.quads:
            prepared = prepare(read(made), ONTOLOGY, default_engine())
            found = judge(prepared, ONTOLOGY, default_engine(), stocks[divisible].notation)
            if decide(found).outcome.value == "modified":
                return
    pytest.fail("no case was granted in part")


def test_a_case_is_the_same_whatever_else_is_made(stocks: tuple, sample: list[Made]) -> None:
    assert compose(SAMPLE, SEED, stocks, WORDS) == sample[-1]
    assert compose(1, SEED + 1, stocks, WORDS).quads != sample[0].quads


def test_quotes_stand_in_the_documents(sample: list[Made]) -> None:
    quotes = 0
    for made in sample:
        texts = {f"{BASE}cases/{made.name}/{p.name}": document(p, WORDS, ONTOLOGY) for p in made.papers}
        pages = {(q.subject, q.graph): q.object for q in read(made).quads if q.predicate == CORE.page}
        for quad in read(made).quads:
            if quad.predicate == CORE.quote and isinstance(quad.object, Literal) and quad.graph:
                quotes += 1
                page = pages[quad.subject, quad.graph]
                assert isinstance(page, Literal)
                assert quad.object.value in texts[quad.graph].split("--- page ")[int(page.value) - 1]
    assert quotes > 5 * SAMPLE


def test_every_case_says_that_it_is_synthetic(sample: list[Made]) -> None:
    for made in sample:
        assert [q.object for q in read(made).quads if q.predicate == RDFS.comment] == [Literal(WORDS.notice)]
        assert made.name.startswith("synthetic-")
        assert all(WORDS.notice in document(p, WORDS, ONTOLOGY) for p in made.papers)


def test_what_happens_to_records_happens_here(sample: list[Made]) -> None:
    text = "".join(made.quads for made in sample)
    for sign in ("gYearMonth", "gYear>", "#Appeal>", "#asksFor>", "#partOf>", "#ground>", "#concerns>", "#revises>"):
        assert sign in text, sign
    late = [q for made in sample for q in prepare(read(made), ONTOLOGY, default_engine()).late]
    assert late


def test_each_broken_case_is_refused(stocks: tuple) -> None:
    every = {b.what for b in WORDS.breakages}
    for number in range(1, 60):
        made = compose(number, SEED, stocks, WORDS, 1.0)
        assert made.breakage
        with pytest.raises(InputRefusedError):
            prepare(load_stream(broken(made, made.quads, prefixed=False).encode()), ONTOLOGY, default_engine())
        every.discard(made.breakage.what)
    assert not every


def test_folders_and_shards_hold_the_same_cases(tmp_path: Path) -> None:
    synthesize(Order(12, SEED, "folders"), tmp_path / "folders")
    synthesize(Order(12, SEED, compression="none"), tmp_path / "shards")
    lines = [line for f in (tmp_path / "shards").rglob("*.nq") for line in f.read_bytes().splitlines(keepends=True)]
    assert all(line == f"# {WORDS.notice}\n".encode() for line in lines if line.startswith(b"#"))
    for number in range(1, 13):
        folder = next((tmp_path / "folders").rglob(name_of(SEED, number)))
        case = load_file(folder)
        own = [line for line in lines if f"/{name_of(SEED, number)}/".encode() in line.split()[0]]
        assert nquads(parse(b"".join(own), ".nq")) == nquads(case.quads)
        assert (folder / "case.trig").read_text().startswith(f"# {WORDS.notice}")
        assert list((folder / "documents").glob("*.md"))
    assert (tmp_path / "folders" / "editions.csv").read_bytes() == (tmp_path / "shards" / "editions.csv").read_bytes()


def test_neither_workers_nor_hash_seeds_change_a_byte(tmp_path: Path) -> None:
    made = {}
    for workers, seed in ((1, "0"), (2, "1")):
        out = tmp_path / str(workers)
        command = [sys.executable, "-m", "reasoner", "synthesize", str(out), "--cases", "40", "--shard-size", "15"]
        subprocess.run(
            [*command, "--compression", "gzip", "--workers", str(workers)], check=True, capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
        made[workers] = {str(f.relative_to(out)): f.read_bytes() for f in out.rglob("*") if f.is_file()}
    assert made[1] == made[2]
    assert len(made[1]) > 3


def test_tables_hold_the_same_cases_and_a_batch_reads_them(tmp_path: Path) -> None:
    synthesize(Order(30, SEED, "parquet"), tmp_path / "tables")
    synthesize(Order(30, SEED, compression="none"), tmp_path / "lines")
    tables = sorted((tmp_path / "tables").rglob("*.parquet"))
    assert len(tables) > 1
    found = {c.name: c.content for c in Sources([str(tmp_path / "tables")]) if isinstance(c, CaseText)}
    lines = {c.name: c.content for c in Sources([str(tmp_path / "lines")]) if isinstance(c, CaseText)}
    assert found == {name: content.replace(f"# {WORDS.notice}\n".encode(), b"") for name, content in lines.items()}
    assert len(found) == 30
    assert WORDS.notice.encode() in tables[0].read_bytes()


def test_rows_of_a_table_stand_in_groups_of_a_thousand(tmp_path: Path) -> None:
    table = pytest.importorskip("pyarrow.parquet")
    with (tmp_path / "t.parquet").open("wb") as file:
        rows = CaseTable(file, "synthetic")
        for number in range(2500):
            rows.add(f"case-{number}", b"x")
        rows.close()
    found = table.ParquetFile(tmp_path / "t.parquet")
    assert [found.metadata.row_group(n).num_rows for n in range(found.num_row_groups)] == [1000, 1000, 500]


@pytest.mark.parametrize("form", [["--workers", "2", "--shard-size", "2000"], ["--workers", "1", "--form", "parquet"]])
def test_after_ctrl_c_files_are_whole_and_it_is_said_how_to_go_on(tmp_path: Path, form: list[str]) -> None:
    out = tmp_path / "cases"
    command = [sys.executable, "-m", "reasoner", "synthesize", str(out), "--cases", "500000", *form]
    hears = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a gate that runs in the background does not
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=hears) as run:  # noqa: PLW1509
        while run.poll() is None and not list(out.glob("*/*")) + list(out.glob("*/.*")):
            time.sleep(0.02)
        os.killpg(run.pid, signal.SIGINT)
        _, errors = run.communicate(timeout=300)
    assert run.returncode == 130
    assert errors.decode().startswith("error[stopped]")
    assert b"Traceback" not in errors
    assert list(out.glob("*/.*")) == []
    assert not (out / "editions.csv").exists()


def test_ctrl_c_while_the_workers_are_started_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = ProcessPoolExecutor.map

    def interrupted(pool: ProcessPoolExecutor, *given: object) -> object:
        os.kill(os.getpid(), signal.SIGINT)
        return started(pool, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(ProcessPoolExecutor, "map", interrupted)
    # Hypothesis times collections in a callback, and Python drops what a callback raises: the interrupt too.
    gc.disable()
    try:
        with pytest.raises(InterruptedSynthesisError):
            synthesize(Order(40, 0, shard_size=20, workers=2), tmp_path / "cases")
    finally:
        gc.enable()


def test_an_order_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("")
    for order in (Order(1, 0), Order(0, 0), Order(1, 0, broken=2.0), Order(1, 0, shard_size=0), Order(1, 0, workers=0)):
        with pytest.raises(UsageError):
            synthesize(order, tmp_path)
