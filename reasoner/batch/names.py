"""Where one case ends and the next begins: a case is what its statements' subjects share, their namespace."""

from __future__ import annotations

from collections import deque

from reasoner.terms import BASE

CASES = BASE + "cases/"
RECENT = 100_000
"""How many of a file's cases are remembered, to notice one whose statements do not stand together."""


def namespace(iri: str) -> str | None:
    """An IRI up to its last ``/`` or ``#``, else ``:``; in the project's own namespace of cases, up to the case's name.

    A blank node has none: it belongs to the case in whose midst it stands.
    """
    if not iri or iri.startswith("_:"):
        return None
    if iri.startswith(CASES):
        name = iri[len(CASES) :].partition("/")[0].partition("#")[0]
        return f"{CASES}{name}/"
    return iri[: max(iri.rfind("/"), iri.rfind("#")) + 1] or iri[: iri.rfind(":") + 1] or None


def name_of(space: str) -> str:
    """The last segment of a namespace, by which its case is called."""
    return space.rstrip("/#:").replace("#", "/").replace(":", "/").rpartition("/")[2] or space


class Seen:
    """The namespaces that were met lately in one file, in bounded memory."""

    def __init__(self) -> None:
        self._order: deque[int] = deque()
        self._held: set[int] = set()

    def again(self, space: str) -> bool:
        """Whether the namespace was met before; from now on it was."""
        mark = hash(space)
        if mark in self._held:
            return True
        self._held.add(mark)
        self._order.append(mark)
        if len(self._order) > RECENT:
            self._held.discard(self._order.popleft())
        return False
