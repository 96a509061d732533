"""One edition as one self-contained SHACL Core shape, which any SHACL engine checks on a prepared graph.

An engine conforms exactly when the root of the edition's logic is true of the request without adjudication: of the
whole, or of every part where the edition is divisible and the request has parts. Design, section 5, "Export".
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner import __version__
from reasoner.author.compile import ALWAYS, NEVER, All, AtSegments, Finding, Named, Not, Part, Some, compiled
from reasoner.author.layout import laid_out
from reasoner.errors import Problem, UsageError
from reasoner.guideline.probes import shacl_of
from reasoner.lines import places
from reasoner.rdf import Graph, Iri, Literal, Term, Triple
from reasoner.terms import CORE, RDF, RDFS, SH, XSD, A, local_name
from reasoner.writing.templating import fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reasoner.author.compile import Condition, Three
    from reasoner.guideline.edition import Edition

LEFT_OUT = frozenset({SH.targetClass, SH.severity, SH.message})
"""What a shape of a finding says that is not for the export: its shapes have no target but the root."""
NESTING = (SH.node, SH.property, SH["not"], SH.qualifiedValueShape, SH["and"], SH["or"])
USUAL_DEPTH = 15
"""How deep pySHACL follows shapes within shapes if it is not told otherwise; any deeper, it gives up."""


def export_turtle(edition: Edition) -> str:
    """The export as Turtle with readable prefixes and a head that says how to use it; the same bytes every time.

    Raises `UsageError` for an edition without logic.
    """
    prefixes = {"export": _folder(edition), **places(edition.content).prefixes}
    shapes = export(edition)
    words = {"version": __version__, "root": f"export:{_root(edition)}", "depth": depth(shapes), "usual": USUAL_DEPTH}
    return fill("export.ttl.j2", edition=edition, **words) + laid_out(shapes, prefixes)


def export(edition: Edition) -> tuple[Triple, ...]:
    """The shapes of an edition's export: the root, three for each node of the logic, and those of the findings."""
    if edition.logic is None:
        raise UsageError(
            Problem(
                "no-logic", edition.file, edition.line_of(edition.iri),
                "The edition has no logic, so it judges nobody.", "Export an edition that has guideline:logic.",
            )
        )  # fmt: skip
    names = _names(edition)

    def name(node: Iri, part: Part) -> Iri:
        return Iri(f"{_folder(edition)}{names[node]}-{part}")

    threes = compiled(edition.logic, edition.criteria, name)
    writer = _Writer()
    writer.root(edition, name(edition.logic.iri, Part.TRUE))
    for node, three in threes.items():
        for part, condition in zip(Part, three, strict=True):
            writer.shape(name(node, part), f"{_label(node, edition)}: {part.replace('-', ' ')}", condition)
    return (*writer.triples, *_finding_shapes(edition, threes))


def depth(shapes: Iterable[Triple]) -> int:
    """How many shapes stand one within the other, from the root down."""
    graph = Graph(shapes)

    @cache
    def below(shape: Iri) -> int:
        inner = [i for p in NESTING for value in graph.iris(shape, p) for i in graph.members(value) or [value]]
        return 1 + max((below(i) for i in inner if not isinstance(i, Literal)), default=0)

    return max(below(root) for root, _ in graph.pairs(SH.targetClass))


def _folder(edition: Edition) -> str:
    return f"{edition.iri}/export/"


def _root(edition: Edition) -> str:
    taken = {local_name(n.iri) for n in edition.logic.below()} if edition.logic else set()
    return "Request" if "Request" not in taken else "TheRequest"


def _names(edition: Edition) -> Mapping[Iri, str]:
    """A name for each node of the logic; two of the same local name are numbered."""
    names: dict[Iri, str] = {}
    for node in edition.logic.below() if edition.logic else ():
        name, number = local_name(node.iri), 1
        while name in names.values():
            number += 1
            name = f"{local_name(node.iri)}{number}"
        names[node.iri] = name
    return names


def _label(node: Iri, edition: Edition) -> str:
    described = edition.criteria.get(node) or edition.groups.get(node)
    return (described.label if described else "") or local_name(node)


class _Writer:
    """Writes conditions as SHACL, with numbered blank nodes."""

    def __init__(self) -> None:
        self.triples: list[Triple] = []
        self._count = 0

    def root(self, edition: Edition, true: Iri) -> None:
        """The one shape with a target."""
        root = Iri(_folder(edition) + _root(edition))
        self._add(root, A, SH.NodeShape)
        self._add(root, SH.targetClass, CORE.TreatmentRequest)
        self._add(root, RDFS.label, Literal(edition.label, RDF.langString, "en"))
        self._add(root, SH.message, Literal(f"Not shown to meet: {edition.label}.", RDF.langString, "en"))
        segmental = any(c.holds_for for c in edition.criteria.values())
        judged = All((Named(true), AtSegments(ALWAYS, every=False))) if segmental else Named(true)
        passed_over = self._property(SH.minCount, _whole(1))
        path: Term = CORE.partOf
        if edition.divisible:
            path = self._blank()
            self._add(path, SH.inversePath, CORE.partOf)
        self._add(passed_over, SH.path, path)
        self._add(root, SH["or"], self._list([self._with_property(passed_over), self._shape_of(judged)]))

    def shape(self, iri: Iri, label: str, condition: Condition) -> None:
        """One named shape with its label."""
        self._add(iri, A, SH.NodeShape)
        self._add(iri, RDFS.label, Literal(label, RDF.langString, "en"))
        self._say(iri, condition)

    def _say(self, shape: Iri, condition: Condition) -> None:
        """Say a condition of the nodes of a shape."""
        match condition:
            case Named(iri):
                self._add(shape, SH.node, iri)
            case Some(()):
                self._add(shape, SH.property, self._count_of(A, SH.maxCount, 0))
            case All(parts):
                for part in parts or (Not(NEVER),):
                    self._say(shape, part)
            case Some(parts):
                self._add(shape, SH["or"], self._list(map(self._shape_of, parts)))
            case Not(part):
                self._add(shape, SH["not"], self._shape_of(part))
            case Finding():
                self._add(shape, SH.property, self._finding(condition))
            case AtSegments():
                self._add(shape, SH.property, self._segments(condition))

    def _shape_of(self, condition: Condition) -> Iri:
        if isinstance(condition, Named):
            return condition.iri
        shape = self._blank()
        self._say(shape, condition)
        return shape

    def _finding(self, finding: Finding) -> Iri:
        count = (SH.qualifiedMinCount, 1) if finding.found else (SH.qualifiedMaxCount, 0)
        node = self._property(count[0], _whole(count[1]))
        path: Iri = finding.paths[0]
        if len(finding.paths) > 1:
            path = self._blank()
            self._add(path, SH.alternativePath, self._list(finding.paths))
        self._add(node, SH.path, path)
        self._add(node, SH.qualifiedValueShape, finding.shape)
        return node

    def _segments(self, at: AtSegments) -> Iri:
        if at.every or at.condition == ALWAYS:
            exists = self._count_of(CORE.requested, SH.minCount, 1)
            if at.condition != ALWAYS:
                self._add(exists, SH.node, self._shape_of(at.condition))
            return exists
        node = self._property(SH.qualifiedMinCount, _whole(1))
        self._add(node, SH.path, CORE.requested)
        self._add(node, SH.qualifiedValueShape, self._shape_of(at.condition))
        return node

    def _count_of(self, path: Iri, count: Iri, number: int) -> Iri:
        node = self._property(count, _whole(number))
        self._add(node, SH.path, path)
        return node

    def _property(self, predicate: Iri, value: Term) -> Iri:
        node = self._blank()
        self._add(node, predicate, value)
        return node

    def _with_property(self, node: Iri) -> Iri:
        shape = self._blank()
        self._add(shape, SH.property, node)
        return shape

    def _list(self, members: Iterable[Iri]) -> Iri:
        listed = list(members)
        nodes = [*(self._blank() for _ in listed), RDF.nil]
        for node, member, rest in zip(nodes, listed, nodes[1:], strict=False):
            self._add(node, RDF.first, member)
            self._add(node, RDF.rest, rest)
        return nodes[0]

    def _add(self, subject: Iri, predicate: Iri, value: Term) -> None:
        self.triples.append(Triple(subject, predicate, value))

    def _blank(self) -> Iri:
        self._count += 1
        return Iri(f"_:e{self._count}")


def _whole(number: int) -> Literal:
    return Literal(str(number), XSD.integer)


def _finding_shapes(edition: Edition, nodes: Mapping[Iri, Three]) -> list[Triple]:
    """The shapes of findings that the criteria of the logic use, and all that these are made of."""
    criteria = [edition.criteria[n] for n in nodes if n in edition.criteria]
    roots = dict.fromkeys(s for c in criteria for s in (c.supporting, c.contrary) if s)
    stated: dict[Iri, list[Triple]] = {}
    for triple in sorted(shacl_of(edition.graph), key=lambda t: (t.subject, t.predicate, str(t.object))):
        if triple.predicate not in LEFT_OUT:
            stated.setdefault(triple.subject, []).append(triple)
    waiting, seen = list(roots), dict.fromkeys(roots)
    while waiting:
        fresh = [t.object for t in stated.get(waiting.pop(), ()) if t.object in stated and t.object not in seen]
        seen.update(dict.fromkeys(o for o in fresh if not isinstance(o, Literal)))
        waiting.extend(o for o in fresh if not isinstance(o, Literal))
    return [triple for shape in seen for triple in stated.get(shape, ())]
