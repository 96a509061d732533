"""What a server holds beside a store that was sent to it: it counts in every answer, so it is told of, or deleted."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from reasoner.errors import Problem, UsageError
from reasoner.rdf import DiskStore
from reasoner.remote.graph_store import GraphStore
from reasoner.remote.http import Connection
from reasoner.store.asking import ask
from reasoner.store.catalogue import Catalogue, Names
from reasoner.store.forms import Form
from reasoner.store.place import reading
from reasoner.store.question import question
from reasoner.store.remote import probe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reasoner.remote.endpoint import Endpoint

SHOWN = 3


@dataclass(slots=True)
class Others:
    """The named graphs of a server that are not of the store."""

    number: int = 0
    deleted: int = 0
    names: Names = field(default_factory=Names)

    @property
    def shown(self) -> list[str]:
        """The first of them by name."""
        return list(islice(self.names, SHOWN))


def looked_at(
    root: Path, endpoint: Endpoint, asked: Endpoint | None, seconds: float, *, exactly: bool
) -> Others | None:
    """The graphs of a server that are not of a store, deleted if that is wanted; nothing if no query may be asked."""
    if asked is None:
        return None
    found = others(root, asked, seconds)
    if exactly:
        delete_others(endpoint, found, seconds)
    return found


def others(root: Path, asked: Endpoint, seconds: float) -> Others:
    """The graphs of a server that are not of a store.

    Raises `UsageError` where graphs of the store are not there, where the server's default graph is not the union of
    its named graphs, and where it does not tell all of its graphs.
    """
    found, told, held = Others(), 0, 0
    with reading(root) as generation, closing(Catalogue(generation.catalogue)) as catalogue:
        ours = DiskStore(generation.quads, read_only=True)
        number = sum(1 for _ in ours.graphs())
        apart = {graph for graph in ours.graphs() if catalogue.owner(graph) is None}
        for name in _named(asked, "graphs", seconds):
            told += 1
            if name in apart or catalogue.owner(name) is not None:
                held += 1
            else:
                found.number += 1
                found.names.add(name)
    stated = int(next(_named(asked, "number-of-graphs", seconds)))
    if told != stated:
        words, fix = f"It tells {told:,} of its {stated:,} graphs.", "Raise its limit on the rows of an answer."
        raise UsageError(Problem("cut-list", asked.shown, None, words, fix))
    if held < number:
        words = f"{number - held:,} of the {number:,} graphs of the store are not there."
        fix = "See that both addresses are of one data set, and send the store once more with --all."
        raise UsageError(Problem("not-kept", asked.shown, None, words, fix))
    return found


def delete_others(endpoint: Endpoint, found: Others, seconds: float) -> None:
    """Delete these graphs. Raises `UsageError` for the first that the server does not delete."""
    with Connection(endpoint, seconds) as connection:
        graphs = GraphStore(connection, seconds)
        for name in found.names:
            graphs.delete(name)
            found.deleted += 1


def _named(asked: Endpoint, name: str, seconds: float) -> Iterator[str]:
    """The values of the only column of a query's answer."""
    query = question(name, probe(name).read_text(encoding="utf-8"))
    for line in _lines(ask(asked, query, [], {}, Form.JSON, seconds)):
        if line.startswith('{"') and not line.startswith('{"head"'):
            row: dict[str, Any] = json.loads(line.removesuffix(","))
            for value in row.values():
                yield value["value"]


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    rest = ""
    for piece in pieces:
        *lines, rest = (rest + piece).split("\n")
        yield from lines
    yield rest
