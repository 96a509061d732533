"""What a store holds: in numbers, and as N-Quads."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from reasoner.cases import Manner, as_text
from reasoner.errors import Problem, UsageError
from reasoner.rdf import DiskStore, Iri, nquads, safe_text
from reasoner.store.basis import Basis
from reasoner.store.catalogue import Catalogue
from reasoner.store.place import SCHEMA, reading
from reasoner.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from reasoner.render.data import Json
    from reasoner.store.place import Generation


def info(root: Path, *, as_json: bool) -> str:
    """The numbers of a store, as a table or JSON. Raises `UsageError` where there is none."""
    with reading(root) as generation:
        found = _numbers(generation)
    if as_json:
        return as_text(found)
    rows = [
        ("schema", str(found["schema"])),
        ("generation", found["generation"]),
        ("made by version", found["version"]),
        ("cases", f"{found['cases']:,}"),
        ("statements", f"{found['quads']:,}"),
        *((f"determined under {edition}", f"{number:,}") for edition, number in found["editions"].items()),
        *((f"not judged, {code}", f"{number:,}") for code, number in found["refused"].items()),
        ("out of date", f"{found['out_of_date']:,}"),
    ]
    return table(("", ""), rows)


def _numbers(generation: Generation) -> Json:
    made, basis = generation.info, Basis(Manner())
    with closing(Catalogue(generation.catalogue)) as catalogue:
        return {
            "schema": SCHEMA,
            "generation": generation.path.name,
            "version": made["version"],
            "cases": catalogue.counts()["cases"],
            "quads": made["quads"],
            "editions": dict(catalogue.by_edition()),
            "refused": dict(catalogue.by_problem()),
            "out_of_date": sum(n for asked, n in catalogue.by_consulted() if basis.of(asked) != asked),
        }


def export(root: Path, names: Sequence[str]) -> Iterator[str]:
    """N-Quads of a store, or of some cases by name: graph by graph, each sorted, so that they are the same every time.

    Raises `UsageError` for a name that the store does not hold.
    """
    with reading(root) as generation, closing(Catalogue(generation.catalogue)) as catalogue:
        for name in names:
            if catalogue.find(name) is None:
                words, fix = f"The store holds no case called {name!r}.", "See what it holds: reasoner query cases."
                raise UsageError(Problem("no-such-case", str(root), None, words, fix))
        store = DiskStore(generation.quads, read_only=True)
        for graph in _graphs(generation, catalogue, names):
            yield safe_text(nquads(store.quads(Iri(graph))).decode())


def _graphs(generation: Generation, catalogue: Catalogue, names: Sequence[str]) -> Iterator[str]:
    if not names:
        yield from generation.info["knowledge"]
    for name in dict.fromkeys(names) if names else (entry.name for entry in catalogue.entries()):
        yield from catalogue.graphs(name)
