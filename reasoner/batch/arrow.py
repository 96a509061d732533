"""Arrow columns, Parquet files and compressed streams: the only module here that knows their library (pyarrow)."""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import accumulate, chain
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeAlias

from reasoner.batch.row import CaseText, Row
from reasoner.errors import Problem, UsageError

# The library's own allocator keeps what is free again: a tenth of the memory of a batch (measured).
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

try:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
except ModuleNotFoundError as absent:
    raise UsageError(
        Problem(
            "no-arrow", "reasoner batch", None, "The library for tables (pyarrow) is not installed.",
            "Install the extra: pip install '.[batch]'.",
        )
    ) from absent  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

Batch: TypeAlias = pa.RecordBatch
FAULTS = (OSError, EOFError, ValueError, pa.ArrowException)
"""What reading a damaged file raises."""
PACKED = {".gz": "gzip", ".zst": "zstd"}
"""The compressions that are read, by ending."""

TEXT = pa.string()
TEXTS = pa.list_(TEXT)


def _texts(*names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, TEXT) for name in names]


GIVEN = pa.schema([*_texts("case", "file", "ending"), ("content", pa.binary()), ("line", pa.int64())])
"""One case a row, not parsed yet; ``line`` may be left out."""
RUNG = pa.struct(_texts("authority", "reply", "ground"))
REQUEST = pa.struct(_texts("request", "part_of", "outcome", "reason"))
CRITERION = pa.struct([
    *_texts("request", "criterion", "name", "notation", "label", "status", "computed"),
    ("supporting", TEXTS), ("contrary", TEXTS), ("elsewhere", TEXTS), ("adjudications", TEXTS),
])  # fmt: skip
CAUTION = pa.struct([*_texts("request", "caution"), ("raised", pa.bool_())])
DISCREPANCY = pa.struct([("sentence", TEXT), ("sources", TEXTS)])
PROBLEM = pa.struct([*_texts("code", "file"), ("line", pa.int32()), *_texts("problem", "fix")])
ANSWERED = pa.schema([
    *_texts("case", "file", "sha256"), ("as_of", pa.date32()),
    *_texts("edition", "edition_label", "edition_sha256", "ladder"), ("rungs", pa.list_(RUNG)),
    *_texts("outcome", "reason", "review"), ("granted", TEXTS), ("requests", pa.list_(REQUEST)),
    ("criteria", pa.list_(CRITERION)), ("cautions", pa.list_(CAUTION)),
    ("discrepancies", pa.list_(DISCREPANCY)), ("problems", pa.list_(PROBLEM)),
    *_texts("determination", "rationale"),
])  # fmt: skip
"""One case a row, in the order of `Row`."""
SAMPLED = pa.schema([
    *_texts("rank", "edition", "outcome"),
    *((name, pa.int64()) for name in ("part", "row", "case_row", "criterion_row", "problem_row")),
    *GIVEN, *_texts("answer"),
])  # fmt: skip
"""One case a row that may be verified: where it stands, its text, and what was determined of it as JSON."""
JSON = "json"
"""A last column that stands there only where lines of JSON are asked for."""


def given_batch(cases: Sequence[CaseText]) -> Batch:
    """Cases as a batch of rows."""
    return _batch(cases, GIVEN)


def cases_of(batch: Batch) -> list[CaseText]:
    """The cases of a batch; each begins on line 1 where the batch has no column of lines."""
    names = [name for name in GIVEN.names if name in batch.schema.names]
    columns = [batch.column(name).to_pylist() for name in names]
    return [CaseText(*values) for values in zip(*columns, strict=True)]


def answered_batch(rows: Sequence[Row], json: Sequence[str] | None = None) -> Batch:
    """Rows as a batch, with their lines of JSON if given."""
    batch = _batch(rows, ANSWERED)
    return batch if json is None else batch.append_column(JSON, pa.array(json, pa.large_string()))


def _batch(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> Batch:
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pa.RecordBatch.from_arrays([_array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Columns straight from tuples: the library's own way through dictionaries takes ten times as long."""
    if pa.types.is_list(kind):
        offsets = pa.array([0, *accumulate(map(len, values))], pa.int32())
        return pa.ListArray.from_arrays(offsets, _array(list(chain.from_iterable(values)), kind.value_type), type=kind)
    if pa.types.is_struct(kind):
        fields = [kind.field(i) for i in range(kind.num_fields)]
        columns = zip(*values, strict=True) if values else ((),) * len(fields)
        inner = [_array(c, f.type) for c, f in zip(columns, fields, strict=True)]
        return pa.StructArray.from_arrays(inner, fields=fields)
    return pa.array(values, kind)


TYPES = {
    "text": TEXT, "integer": pa.int64(), "decimal": pa.decimal128(38, 18), "float": pa.float64(),
    "boolean": pa.bool_(), "date": pa.date32(),
}  # fmt: skip


def typed_table(columns: Mapping[str, Sequence[Any]], types: Mapping[str, str]) -> pa.Table:
    """Columns of plain values, each with the name of its type in `TYPES`, as a table."""
    return pa.table({name: pa.array(cells, TYPES[types[name]]) for name, cells in columns.items()})


def without_decimals(table: pa.Table) -> pa.Table:
    """A table in which decimals are floating-point numbers."""
    kinds = [pa.float64() if pa.types.is_decimal(kind) else kind for kind in table.schema.types]
    return table.cast(pa.schema(list(zip(table.schema.names, kinds, strict=True))))


def packed(batch: Batch) -> Any:
    """A batch as bytes for another process."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


def unpacked(content: bytes) -> Batch:
    """The batch that `packed` made bytes of."""
    return pa.ipc.open_stream(content).read_next_batch()


def joined(batches: Iterable[Batch]) -> Batch:
    """Batches of one schema as one."""
    return pa.Table.from_batches(list(batches)).combine_chunks().to_batches()[0]


# ---------------------------------------------------------------- What is written


def tables(batches: Sequence[Batch], *, rationale: bool) -> dict[str, pa.Table]:
    """The tables of a part: one row a case, one row a criterion, one row a problem."""
    whole = pa.Table.from_batches(batches, schema=batches[0].schema if batches else ANSWERED)
    left_out = {"criteria", "problems", "determination", JSON, *(() if rationale else ("rationale",))}
    cases = whole.select([name for name in whole.schema.names if name not in left_out])
    return {
        "cases": cases.filter(pc.is_valid(cases["case"])) if cases["case"].null_count else cases,
        "criteria": _exploded(whole, "criteria", CRITERION, ("case", "edition")),
        "problems": _exploded(whole, "problems", PROBLEM, ("case",)),
    }


def _exploded(table: pa.Table, column: str, kind: pa.StructType, beside: tuple[str, ...]) -> pa.Table:
    """One row for each member of a list column, with some of the columns beside it."""
    schema = pa.schema([*((name, TEXT) for name in beside), *(kind.field(i) for i in range(kind.num_fields))])
    return pa.Table.from_batches([_members(b, column, beside, schema) for b in table.to_batches()], schema)


def _members(batch: Batch, column: str, beside: tuple[str, ...], schema: pa.Schema) -> Batch:
    listed = batch.column(column)
    parents = pc.list_parent_indices(listed)
    return pa.RecordBatch.from_arrays(
        [*(batch.column(name).take(parents) for name in beside), *listed.flatten().flatten()], schema=schema
    )


def without(batch: Batch, *names: str) -> Batch:
    """A batch without some of its columns, so that their bytes need not be kept."""
    return batch.drop_columns([name for name in names if name in batch.schema.names])


def texts(batch: Batch, name: str) -> list[str]:
    """What a column of text holds, without what is null."""
    return [text for text in batch.column(name).to_pylist() if text is not None]


class Counted(NamedTuple):
    """What is counted of a row."""

    case: str | None
    sha256: str | None
    edition: str | None
    """The edition's label."""
    outcome: str | None
    criteria: int
    codes: list[str]
    """Of its problems."""


def counts(batch: Batch) -> list[Counted]:
    """What is counted of each row."""
    codes = [[p["code"] for p in found] for found in batch.column("problems").to_pylist()]
    criteria = batch.column("criteria").value_lengths().to_pylist()
    columns = (batch.column(name).to_pylist() for name in ("case", "sha256", "edition_label", "outcome"))
    return list(map(Counted, *columns, criteria, codes))


def answered_table(rows: Sequence[Row]) -> pa.Table:
    """Rows as a table."""
    return pa.Table.from_batches([answered_batch(rows)])


def one_batch(table: pa.Table) -> Batch:
    """A table of few rows as one batch."""
    found = table.combine_chunks().to_batches()
    return found[0] if found else pa.RecordBatch.from_pylist([], table.schema)


def column(batch: Batch, name: str) -> list[Any]:
    """The values of a column."""
    values: list[Any] = batch.column(name).to_pylist()
    return values


def row_told(batch: Batch, at: int) -> dict[str, Any]:
    """One row as plain values by column."""
    told: dict[str, Any] = batch.slice(at, 1).to_pylist()[0]
    return {name: told[name] for name in ANSWERED.names}


def spliced(table: pa.Table, at: int, number: int, piece: pa.Table) -> pa.Table:
    """A table in which other rows stand in the place of some."""
    return pa.concat_tables([table.slice(0, at), piece.cast(table.schema), table.slice(at + number)])


def table_in(path: Path) -> pa.Table:
    """The table in a Parquet file of ours."""
    return pq.read_table(path)


def sample_table(rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Cases that may be verified, as a table."""
    return pa.Table.from_batches([_batch(rows, SAMPLED)])


def sample_rows(path: Path) -> list[tuple[Any, ...]]:
    """The rows of such a table in a file."""
    table = pq.read_table(path, schema=SAMPLED)
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def write_parquet(table: pa.Table, file: IO[bytes]) -> None:
    """A table as Parquet; the same table gives the same bytes."""
    table = table.combine_chunks()  # else the bytes would tell how the part was cut into chunks
    pq.write_table(table, file, compression="zstd", compression_level=1, version="2.6", row_group_size=1 << 20)


BLOCK = 1 << 20
GROUP = 1000
"""Cases that a table of them is cut into, so that several can read it."""


class Packing:
    """A file that is compressed (zstd) while it is written, block by block whatever is written at once."""

    def __init__(self, file: IO[bytes]) -> None:
        self._gate = _Gate(file)
        self._sink = pa.CompressedOutputStream(pa.PythonFile(self._gate, "w"), "zstd")
        self._held = bytearray()

    def write(self, content: bytes) -> None:
        self._held += content
        whole = len(self._held) // BLOCK * BLOCK
        for at in range(0, whole, BLOCK):
            self._sink.write(bytes(self._held[at : at + BLOCK]))
        del self._held[:whole]

    def close(self) -> None:
        self._sink.write(bytes(self._held))
        self._sink.close()

    def drop(self) -> None:
        """Let go of a file that is not wanted, or takes no more."""
        self._gate.shut = True
        self._sink.close()


class CaseTable:
    """A Parquet table of cases, as `parquet_rows` reads it, that is written some rows at a time."""

    def __init__(self, file: IO[bytes], notice: str) -> None:
        """``notice`` stands in the file's own description."""
        self._gate = _Gate(file)
        self._schema = pa.schema([("case", TEXT), ("content", pa.binary())], {"notice": notice})
        self._writer = pq.ParquetWriter(
            pa.PythonFile(self._gate, "w"), self._schema, compression="zstd", compression_level=1, version="2.6"
        )
        self._held: list[tuple[str, bytes]] = []

    def add(self, name: str, content: bytes) -> None:
        self._held.append((name, content))
        if len(self._held) == GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            self._writer.write_batch(_batch(self._held, self._schema))
            self._held.clear()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def drop(self) -> None:
        """Let go of a file that is not wanted, or takes no more."""
        self._gate.shut = True
        self._writer.close()


class _Gate:
    """A file, until it is shut: the library insists on writing the end of what it has begun, and complains aloud."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.shut = False

    def write(self, content: bytes) -> int:
        return len(content) if self.shut else self._file.write(content)

    def flush(self) -> None:
        if not self.shut:
            self._file.flush()

    def close(self) -> None:
        """Leave it to whoever opened the file."""


# ---------------------------------------------------------------- What is read


@contextmanager
def unpacking(file: IO[bytes], ending: str) -> Iterator[IO[bytes]]:
    """The content of a file that may be compressed, as a stream."""
    if ending not in PACKED:
        yield file
        return
    with pa.CompressedInputStream(pa.PythonFile(file, "r"), PACKED[ending]) as stream:
        yield stream


def parquet_rows(
    file: IO[bytes], wanted: Sequence[str], optional: Sequence[str], size: int
) -> Iterator[tuple[Any, ...]]:
    """The rows of a Parquet file, some at a time, as texts (``content``: as bytes); an absent column is nothing.

    Raises `ValueError` for a file without a wanted column, and whatever `FAULTS` names for a damaged one.
    """
    with pq.ParquetFile(file, pre_buffer=False) as parquet:
        there = parquet.schema_arrow.names
        missing = [name for name in wanted if name not in there]
        if missing:
            message = f"it has no column {missing[0]}"
            raise ValueError(message)
        names = [name for name in (*wanted, *optional) if name in there]
        for batch in parquet.iter_batches(size, columns=names, use_threads=False):
            held = {name: batch.column(name).cast(_kind(name)).to_pylist() for name in names}
            nothing = [None] * batch.num_rows
            yield from zip(*(held.get(name, nothing) for name in (*wanted, *optional)), strict=True)


def _kind(column: str) -> pa.DataType:
    return pa.large_binary() if column == "content" else pa.large_string()


def parquet_columns(file: IO[bytes]) -> frozenset[str]:
    """The columns of a Parquet file."""
    return frozenset(pq.read_schema(file).names)
