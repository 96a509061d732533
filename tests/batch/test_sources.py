"""Paths in, cases out: every form of input, whole or damaged, in a few blocks of memory."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support import CASES, MET

from reasoner.batch import split as splitting
from reasoner.batch.names import name_of, namespace
from reasoner.batch.row import CaseText
from reasoner.batch.sources import Sources
from reasoner.batch.split import split
from reasoner.batch.unread import Unread
from reasoner.data import folder
from reasoner.errors import UsageError
from reasoner.load import MAX_BYTES
from reasoner.rdf import Literal, nquads, parse

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.batch.unread import Item
    from reasoner.rdf import Quad


def quads(case: str) -> list[Quad]:
    return parse((folder("cases") / case / "case.trig").read_bytes(), ".trig")


def lines(*cases: str) -> bytes:
    return b"".join(nquads(quads(case)) for case in cases)


def read(*paths: Path) -> list[Item]:
    return list(Sources([str(path) for path in paths]))


def whole(items: list[Item]) -> dict[str, bytes]:
    """The content of each case, sorted; nothing may be unread."""
    assert [i for i in items if isinstance(i, Unread)] == []
    return {i.name: b"".join(sorted(i.content.splitlines(keepends=True))) for i in items if isinstance(i, CaseText)}


def codes(items: list[Item]) -> list[tuple[str | None, str]]:
    return [(i.name, i.problem.code if isinstance(i, Unread) else "") for i in items]


SOME = CASES[:4]
THEIRS = {case: nquads(quads(case)) for case in SOME}
TRIG = b"".join((folder("cases") / case / "case.trig").read_bytes() for case in SOME)


def compressed(content: bytes, ending: str) -> bytes:
    if ending == ".zst":
        return bytes(pa.compress(content, "zstd", asbytes=True))
    return gzip.compress(content, mtime=0) if ending == ".gz" else content


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_lines_of_many_cases(tmp_path: Path, packing: str) -> None:
    file = tmp_path / f"shard.nq{packing}"
    file.write_bytes(compressed(lines(*SOME), packing))
    found = read(file)
    assert whole(found) == THEIRS
    assert [i.name for i in found] == SOME
    assert {i.file for i in found} == {str(file)}
    assert [i.line for i in found if isinstance(i, CaseText)][:2] == [1, THEIRS[SOME[0]].count(b"\n") + 1]


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_trig_of_many_cases(tmp_path: Path, packing: str) -> None:
    file = tmp_path / f"shard.trig{packing}"
    file.write_bytes(compressed(TRIG, packing))
    assert whole(read(file)) == THEIRS


def test_large_trig_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasoner.batch.sources.MAX_BYTES", 10_000)
    file = tmp_path / "shard.trig"
    file.write_bytes(TRIG)
    assert whole(read(file)) == THEIRS


@pytest.mark.parametrize("name", ["one.trig", "one.trig.gz", "case.trig"])
def test_one_case_is_handed_on_as_it_is_written(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(compressed(MET.read_bytes(), file.suffix))
    (found,) = read(file)
    assert isinstance(found, CaseText)
    assert found.name == (tmp_path.name if name == "case.trig" else "one")
    assert (found.content, found.ending) == (MET.read_bytes(), ".trig")


def table(path: Path, rows: list[dict[str, object]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_table_of_quads(tmp_path: Path) -> None:
    rows = [
        {
            "subject": q.subject, "predicate": q.predicate,
            "object": q.object.value if isinstance(q.object, Literal) else q.object,
            "datatype": q.object.datatype if isinstance(q.object, Literal) else None,
            "language": (q.object.language or None) if isinstance(q.object, Literal) else None,
            "graph": q.graph,
        }
        for case in SOME for q in quads(case)
    ]  # fmt: skip
    assert whole(read(table(tmp_path / "quads.parquet", rows))) == THEIRS


def test_a_bad_row_of_quads_spoils_its_case_alone(tmp_path: Path) -> None:
    def row(case: str, predicate: str | None) -> dict[str, object]:
        return {"subject": f"https://example.org/{case}/a", "predicate": predicate, "object": "https://example.org/b"}

    bad = ["no iri", None, "urn:p> <urn:o> .\n<urn:s> <urn:p", "relative"]
    middle = [row(f"bad-{at}", predicate) for at, predicate in enumerate(bad)]
    rows = [row("good", "urn:p"), *middle, row("too", "urn:p")]
    assert codes(read(table(tmp_path / "quads.parquet", rows))) == [
        ("good", ""), *((f"bad-{at}", "syntax") for at in range(len(bad))), ("too", ""),
    ]  # fmt: skip


def test_table_of_cases(tmp_path: Path) -> None:
    rows = [{"case": case, "content": THEIRS[case]} for case in SOME]
    assert whole(read(table(tmp_path / "cases.parquet", rows))) == THEIRS
    gaps = [{"case": "a", "content": None}, {"case": "b", "content": b"x" * (MAX_BYTES + 1)}]
    assert codes(read(table(tmp_path / "gaps.parquet", gaps))) == [("a", "empty-row"), ("b", "too-large")]


def test_tables_of_other_columns(tmp_path: Path) -> None:
    (found,) = read(table(tmp_path / "other.parquet", [{"subject": "urn:a", "predicate": "urn:b"}]))
    assert isinstance(found, Unread)
    assert "no column object" in found.problem.problem


def test_folders(tmp_path: Path) -> None:
    (tmp_path / "b.nq").write_bytes(lines(SOME[0]))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "case.trig").write_bytes(MET.read_bytes())
    (tmp_path / "a" / "documents").mkdir()
    (tmp_path / "_SUCCESS").write_text("")
    (tmp_path / "README").write_text("not read")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "d.nq.gz").write_bytes(gzip.compress(lines(*SOME[2:])))
    assert [i.name for i in read(tmp_path)] == ["a", SOME[0], *SOME[2:]]
    assert [i.name for i in read(folder("cases"))] == CASES


def test_paths_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("")
    for name in ("x.csv", "absent"):
        with pytest.raises(UsageError):
            Sources([str(tmp_path / name)])
    assert codes(read(tmp_path)) == [(None, "empty-file")]


# ---------------------------------------------------------------- Damage


def test_a_bad_line_stays_in_its_case() -> None:
    first, second = THEIRS[SOME[0]], THEIRS[SOME[1]]
    found = list(split(io.BytesIO(b"# shard\n" + first + b"broken\n" + second + b"\xff\xfe\n\n"), "f", ".nq"))
    assert [i.name for i in found] == SOME[:2]
    assert isinstance(found[0], CaseText)
    assert isinstance(found[1], CaseText)
    assert found[0].content == b"# shard\n" + first + b"broken\n"
    assert found[1].content == second + b"\xff\xfe\n\n"
    assert found[1].line == found[0].content.count(b"\n") + 1


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    content = lines(*SOME[:2])[:30_000].replace(b"\n", b"\r\n")
    expected = list(split(io.BytesIO(content), "f", ".nq"))
    monkeypatch.setattr(splitting, "BLOCK", size)
    assert list(split(io.BytesIO(content), "f", ".nq")) == expected


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_file_that_breaks_off(tmp_path: Path, ending: str) -> None:
    packed = compressed(lines(*SOME), ending)
    (tmp_path / f"a.nq{ending}").write_bytes(packed[: len(packed) * 3 // 4])
    (tmp_path / f"b.nq{ending}").write_bytes(b"not packed at all")
    (tmp_path / f"c.trig{ending}").write_bytes(compressed(TRIG, ending)[:-9])
    (tmp_path / "d.nq").write_bytes(lines(SOME[0]))
    (tmp_path / "e.parquet").write_bytes(b"PAR1 not")
    found = read(tmp_path)
    whole_ones = {i.name for i in found if isinstance(i, CaseText) and i.file.endswith(f"a.nq{ending}")}
    (cut,) = [i.name for i in found if isinstance(i, Unread) and i.problem.code == "cut-off"][:1] or [None]
    assert cut not in whole_ones
    files = [i.file.rpartition("/")[2] for i in found if isinstance(i, Unread) and i.name is None]
    assert files == [f"a.nq{ending}", f"b.nq{ending}", f"c.trig{ending}", "e.parquet"]
    assert (found[-2].name, found[-2].file) == (SOME[0], str(tmp_path / "d.nq"))


def test_bad_trig_ends_its_file(tmp_path: Path) -> None:
    file = tmp_path / "shard.trig"
    first, second = ((folder("cases") / case / "case.trig").read_bytes() for case in SOME[:2])
    file.write_bytes(first + second + b"\nbroken here .\n" + TRIG)
    found = read(file)
    assert codes(found) == [(SOME[0], ""), (SOME[1], "cut-off"), (None, "unreadable")]
    assert isinstance(found[-1], Unread)
    assert found[-1].problem.line == (first + second).count(b"\n") + 2


def test_statements_about_statements_do_not_bring_the_parser_down(tmp_path: Path) -> None:
    file = tmp_path / "deep.trig"
    deep = b"<urn:a:b> <urn:p> " + b"<<( <urn:a> <urn:b> " * 50_000 + b"<urn:c>" + b")>>" * 50_000 + b" ."
    file.write_bytes(TRIG + deep)
    assert codes(read(file))[-1] == (None, "unreadable")


def test_a_case_in_two_places_is_told_of() -> None:
    one, two = (THEIRS[case] for case in SOME[:2])
    cut = one.index(b"\n") + 1
    found = list(split(io.BytesIO(one[:cut] + two + one[cut:]), "f", ".nq"))
    assert codes(found) == [(SOME[0], ""), (SOME[1], ""), (SOME[0], "scattered-case")]


class Endless(io.RawIOBase):
    """A case of any size that is made while it is read."""

    def __init__(self, megabytes: int, line: bytes) -> None:
        self._pieces = iter([line * ((1 << 20) // len(line))] * megabytes)

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002
        return next(self._pieces, b"")


@pytest.mark.parametrize("end", [b" .\n", b""], ids=["many lines", "one line"])
def test_a_case_too_large_is_passed_over_without_holding_it(end: bytes) -> None:
    line = b'<https://example.org/big/a> <urn:p> "' + b"x" * 1000 + b'"' + end
    tracemalloc.start()
    found = list(split(Endless(200, line), "f", ".nq"))  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert codes(found) == [("big", "too-large")]
    assert peak < 4 * MAX_BYTES


def test_namespaces() -> None:
    assert namespace("https://w3id.org/guideline-reasoner/cases/a/b/c") == "https://w3id.org/guideline-reasoner/cases/a/"
    assert namespace("https://example.org/claims/12#request") == "https://example.org/claims/12#"
    assert namespace("urn:claim:12:request") == "urn:claim:12:"
    assert namespace("_:b") is None
    spaces = ("https://w3id.org/guideline-reasoner/cases/a/", "https://example.org/claims/12#", "urn:claim:12:")
    assert [name_of(s) for s in spaces] == ["a", "12", "12"]


def test_how_much_was_read(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.nq").write_bytes(lines(*SOME))
    sources = Sources([str(tmp_path)])
    fractions = [sources.fraction() for _ in sources]
    assert fractions == sorted(fractions)  # type: ignore[type-var]
    assert 0 < (fractions[0] or 0) <= (fractions[-1] or 0) <= 1
