"""A case that was not judged, as a graph in which a store tells why."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from reasoner.errors import Problem
from reasoner.rdf import Iri, Literal, Quad, nquads
from reasoner.terms import BASE, DCTERMS, DETERMINATION, STORE, A

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reasoner.rdf import Term

REFUSED = BASE + "refused/"


def refusal_iri(name: str) -> Iri:
    """The IRI of a refusal, and the name of its graph."""
    return Iri(REFUSED + hashlib.sha256(name.encode()).hexdigest()[:32])


def refusal(name: str, file: str, problems: Sequence[Problem]) -> list[Quad]:
    """What is said of a case that was not judged: its name, its file and every problem."""
    node = refusal_iri(name)
    return [Quad(*statement, node) for statement in _statements(node, name, file, problems)]


def refusal_lines(name: str, file: str, problems: Sequence[Problem]) -> str:
    """The same as N-Quads."""
    return nquads(refusal(name, file, problems)).decode()


def _statements(
    node: Iri, name: str, file: str, problems: Sequence[Problem]
) -> Iterator[tuple[Iri, Iri, Term]]:
    yield node, A, STORE.Refusal
    yield node, DCTERMS.identifier, Literal(name)
    yield node, DCTERMS.source, Literal(file)
    for position, problem in enumerate(problems, 1):
        found = Iri(f"{node}/{position}")
        yield node, STORE.problem, found
        yield found, A, STORE.Problem
        yield found, STORE.code, Literal(problem.code)
        yield found, DETERMINATION.text, Literal(problem.problem)
        yield found, STORE.fix, Literal(problem.fix)


def same_name(name: str, file: str) -> Problem:
    """Two cases of one name."""
    words = f"There is another case called {name}, with other content."
    return Problem("same-name", file, None, words, "Rename one of the two: a store knows its cases by their names.")


def same_case(name: str, other: str, file: str) -> Problem:
    """Two cases whose statements are about the same things."""
    words = f"The statements of {name} are about the same things as those of the case {other}."
    return Problem("same-case", file, None, words, "Give the case a namespace of its own, or leave one of the two out.")
