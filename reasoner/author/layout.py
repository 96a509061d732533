"""Shapes laid out as Turtle that a person can read: blank nodes in brackets, lists in parentheses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reasoner.rdf import STRING, Iri, Literal, Term
from reasoner.terms import RDF, RDFS, SH, XSD, A
from reasoner.vocabulary import prefixed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reasoner.rdf import Triple

FIRST = (A, RDFS.label, SH.targetClass, SH.path, SH["class"], SH.qualifiedValueShape, SH.minCount)
"""What is said first of a node."""
_LOCAL = re.compile(r"[A-Za-z_][\w-]*")
_BARE = {
    XSD.integer: re.compile(r"-?[0-9]+"),
    XSD.decimal: re.compile(r"-?[0-9]+\.[0-9]+"),
    XSD.boolean: re.compile("true|false"),
}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def laid_out(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """The triples, a paragraph for each named subject in the order given, under the prefixes that they use."""
    return _Layout(triples, prefixes).text()


class _Layout:
    def __init__(self, triples: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes
        self.stated: dict[Iri, dict[Iri, list[Term]]] = {}
        for subject, predicate, value in triples:
            self.stated.setdefault(subject, {}).setdefault(predicate, []).append(value)
        self.used: dict[str, str] = {}

    def text(self) -> str:
        body = "".join(f"\n{self.term(s)}{self.said(s, 1)} .\n" for s in self.stated if not s.startswith("_:"))
        width = max(map(len, self.used), default=0) + 1
        return "".join(f"@prefix {n + ':':<{width}} <{self.used[n]}> .\n" for n in sorted(self.used)) + body

    def said(self, subject: Iri, depth: int) -> str:
        """What is said of a subject: on lines of its own at the top, else in one line."""
        stated = sorted(self.stated[subject].items(), key=lambda item: (*FIRST, item[0]).index(item[0]))
        parts = [f"{self.verb(p)} {' , '.join(self.value(v, depth) for v in values)}" for p, values in stated]
        between = "\n    " if depth == 1 else " "
        return between + f" ;{between}".join(parts)

    def value(self, value: Term, depth: int) -> str:
        if isinstance(value, Literal) or not value.startswith("_:"):
            return self.term(value)
        if RDF.first in self.stated[value]:
            return f"( {' '.join(self.value(member, depth + 1) for member in self.members(value))} )"
        return f"[{self.said(value, depth + 1)} ]"

    def members(self, head: Iri) -> list[Term]:
        found: list[Term] = []
        node: Term = head
        while not isinstance(node, Literal) and node in self.stated:
            found.append(self.stated[node][RDF.first][0])
            node = self.stated[node][RDF.rest][0]
        return found

    def verb(self, predicate: Iri) -> str:
        return "a" if predicate == A else self.term(predicate)

    def term(self, term: Term) -> str:
        if isinstance(term, Literal):
            return self.literal(term)
        short = prefixed(term, self.prefixes)
        prefix, _, local = short.partition(":")
        if short.startswith("<") or not _LOCAL.fullmatch(local):
            return f"<{term}>"
        self.used[prefix] = term.removesuffix(local)
        return short

    def literal(self, literal: Literal) -> str:
        form = _BARE.get(literal.datatype)
        if form and form.fullmatch(literal.value):
            return literal.value
        quoted = f'"{literal.value.translate(_ESCAPES)}"'
        if literal.language:
            return f"{quoted}@{literal.language}"
        return quoted if literal.datatype == STRING else f"{quoted}^^{self.term(literal.datatype)}"
