"""A store sent to another server, graph by graph: what is there already is not sent again, what has left is deleted.

Putting a graph replaces it whole, so that a run may be ended at any time: the next one finishes.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.errors import Problem, UsageError
from reasoner.rdf import DiskStore, Iri
from reasoner.remote.graph_store import GraphStore
from reasoner.remote.http import Connection
from reasoner.store.catalogue import Catalogue, Names
from reasoner.store.place import reading
from reasoner.store.push.journal import Journal
from reasoner.store.push.parts import parts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reasoner.remote.endpoint import Endpoint
    from reasoner.store.push.parts import Part

SECONDS = 60.0
"""How long one request may take if nothing else is said."""


@dataclass(slots=True)
class Pushed:
    """What was done on a server."""

    cases: int = 0
    """All cases of the store, with those that were refused."""
    sent: int = 0
    """Parts: cases, and graphs that are of no case."""
    kept: int = 0
    deleted: int = 0
    """Graphs."""
    seconds: float = 0.0


def push(
    root: Path,
    endpoint: Endpoint,
    told: Callable[[int, int], None],
    *,
    everything: bool = False,
    seconds: float = SECONDS,
) -> Pushed:
    """Make a server hold every graph of a store, and none that an earlier run sent and that the store has no more.

    ``everything``: send also what was sent before and has not changed. ``told`` is told how many parts of how many are
    done. Raises `UsageError` for the first thing that the server does not do; what is done until then stays.
    """
    start = time.monotonic()
    with (
        reading(root) as generation,
        closing(Catalogue(generation.catalogue)) as catalogue,
        Journal(root, endpoint) as journal,
        Connection(endpoint, seconds) as connection,
    ):
        store = DiskStore(generation.quads, read_only=True)
        present = Names()
        number = 0
        for part in parts(store, catalogue):
            present.add(part.name)
            number += 1
        sending = _Sending(store, journal, GraphStore(connection, seconds))
        sending.delete_all_but(present)
        for position, part in enumerate(parts(store, catalogue)):
            told(position, number)
            sending.send(part, everything=everything)
    sending.pushed.seconds = time.monotonic() - start
    return sending.pushed


class _Sending:
    def __init__(self, store: DiskStore, journal: Journal, graphs: GraphStore) -> None:
        self.pushed = Pushed()
        self._store, self._journal, self._graphs = store, journal, graphs
        self._looked = False

    def delete_all_but(self, present: Names) -> None:
        """Delete on the server what was sent and has left the store."""
        for part in self._journal.parts():
            if part not in present:
                for graph in self._journal.graphs(part):
                    self._delete(graph)
                self._journal.forget(part)

    def send(self, part: Part, *, everything: bool) -> None:
        """Put a part's graphs in the place of what is there, unless they are there already."""
        self.pushed.cases += part.is_case
        if not everything and self._journal.state(part.name) == part.state and self._is_there(part):
            self.pushed.kept += 1
            return
        self._journal.begin(part.name, part.graphs)
        for graph in part.graphs:
            self._graphs.put(graph, self._store.lines(Iri(graph)))
        for graph in self._journal.graphs(part.name):
            if graph not in part.graphs:
                self._delete(graph)
        self._look_once(part)
        self._journal.done(part.name, part.state)
        self.pushed.sent += 1

    def _delete(self, graph: str) -> None:
        self._graphs.delete(graph)
        self._journal.deleted(graph)
        self.pushed.deleted += 1

    def _is_there(self, part: Part) -> bool:
        lines = self._store.lines(Iri(part.graphs[-1]))
        return self._graphs.size(part.graphs[-1], lines) == lines.count(b"\n")

    def _look_once(self, part: Part) -> None:
        """Whether the server keeps what it is given: some other kind of server says yes to everything."""
        if not self._looked and not self._is_there(part):
            endpoint = self._graphs.endpoint
            words = "It says that it took a graph, and does not have it."
            fix = "Give the address of its Graph Store Protocol, such as https://server.example/store."
            raise UsageError(Problem("not-kept", endpoint.shown, None, words, fix))
        self._looked = True
