"""One case edited into another: subjects dropped, values replaced, Turtle added. No I/O."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import TYPE_CHECKING, Any

from reasoner.lines import places
from reasoner.rdf import Graph, Iri, Quad, SyntaxFault, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reasoner.load import Case


class EditError(ValueError):
    """An edit that cannot be made, with the Turtle it stands in and the line of that Turtle."""

    def __init__(self, code: str, message: str, fix: str, turtle: str = "", line: int | None = None) -> None:
        super().__init__(message)
        self.code, self.fix, self.turtle, self.line = code, fix, turtle, line


def edited(base: Case, drop: Any = (), replace: Any = "", add: Any = None) -> Case:
    """The base without what is dropped, with other values and with more statements.

    ``drop`` names subjects; what points at one goes with it, and with a chart document its findings. ``replace`` is
    Turtle whose values stand, in the same graph, for those that its subjects had of the same properties. ``add`` is
    Turtle by the document whose graph it enlarges; the document ``""`` is the default graph. All are written with
    the base's prefixes. Raises `EditError`.
    """
    return _Editor(base).edited(drop, replace, add or {})


class _Editor:
    def __init__(self, base: Case) -> None:
        self.base = base
        self.prefixes = places(base.content).prefixes
        self.head = " ".join(f"@prefix {name}: <{iri}> ." for name, iri in self.prefixes.items())

    def edited(self, drop: Any, replace: Any, add: Any) -> Case:
        if isinstance(drop, str) or not isinstance(drop, list | tuple) or not isinstance(add, dict):
            fix = 'Write: drop = ["case:<finding>"] and add = { "case:<document>" = \'case:<new> a <kind> .\' }'
            raise EditError("not-an-edit", "drop takes a list of subjects, add a table of Turtle by document.", fix)
        kept = self._dropped(drop)
        kept = self._replaced(kept, replace)
        for document, turtle in add.items():
            graph = self._iri(document) if document else None
            kept += [Quad(*quad[:3], graph) for quad in self._parsed(turtle)]
        quads = tuple(dict.fromkeys(kept))
        return changed(self.base, quads=quads, graph=Graph(quad.triple for quad in quads))

    def _dropped(self, names: Sequence[Any]) -> list[Quad]:
        gone = {self._iri(name): name for name in names}
        for iri in gone.keys() - {quad.subject for quad in self.base.quads}:
            raise self._missing(gone[iri])
        return [q for q in self.base.quads if not gone.keys() & {q.subject, q.object, q.graph}]

    def _replaced(self, kept: list[Quad], turtle: Any) -> list[Quad]:
        home = {quad.subject: quad.graph for quad in kept}
        new = self._parsed(turtle)
        for quad in new:
            if quad.subject not in home:
                raise self._missing(quad.subject, turtle)
        renewed = {(quad.subject, quad.predicate) for quad in new}
        kept = [quad for quad in kept if (quad.subject, quad.predicate) not in renewed]
        return kept + [quad._replace(graph=home[quad.subject]) for quad in new]

    def _parsed(self, turtle: Any) -> list[Quad]:
        if not isinstance(turtle, str):
            raise EditError("not-an-edit", f"{turtle!r} is not Turtle.", "Write Turtle between quotes.")
        try:
            return parse(f"{self.head} {turtle}".encode(), ".ttl")
        except SyntaxFault as fault:
            fix = "Mend the statement; each ends with a full stop, and the prefixes are those of the base."
            raise EditError("syntax", f"Not Turtle: {fault}.", fix, turtle, fault.line) from None

    def _iri(self, name: Any) -> Iri:
        prefix, colon, local = str(name).partition(":")
        if not colon or prefix not in self.prefixes:
            fix = f"Write a prefixed name, as in {self.base.file}: case:request"
            raise EditError("unknown-subject", f"{name!r} is no name with a prefix of the base.", fix)
        return Iri(self.prefixes[prefix] + local)

    def _missing(self, subject: str, turtle: str = "") -> EditError:
        local = subject.removeprefix(self.prefixes.get("case", ""))
        fix = f"Name a subject of {self.base.file}; what is new is added, not replaced."
        return EditError("unknown-subject", f"The base has no {local}.", fix, turtle)
