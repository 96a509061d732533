"""What intake finds wrong, and the words for it, which stand in shapes/intake.ttl."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from reasoner.data import folder, shown
from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.lines import line_of, line_within, places
from reasoner.rdf import Graph, Iri, Literal, SyntaxFault, Triple, triples
from reasoner.terms import GUIDELINE, SH, Namespace, local_name
from reasoner.vocabulary import prefixed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reasoner.load import Case

INTAKE = Namespace(GUIDELINE.prefix.replace("guideline#", "intake#"))
BLANK = "urn:guideline-reasoner:blank:"
"""What blank nodes are called while a case is checked, so that both engines see the same nodes."""


class Fault(NamedTuple):
    """One broken rule; ``terms`` are IRIs and ``words`` plain text for the placeholders of its message."""

    rule: Iri
    subject: Iri | None = None
    at: Iri | None = None
    """The term on whose line it stands, within the statements about the subject."""
    terms: tuple[tuple[str, Iri | tuple[Iri, ...]], ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@cache
def rules() -> Graph:
    """The shapes of intake and the words of its other rules, read once."""
    file = folder("shapes") / "intake.ttl"
    try:
        return Graph(triples(file.read_bytes(), ".ttl"))
    except SyntaxFault as fault:
        problem = Problem("syntax", shown(file), fault.line, f"Not Turtle: {fault}", "Mend the statement at this line.")
        raise KnowledgeBaseError(problem) from None


@cache
def shapes() -> tuple[Triple, ...]:
    """The shapes alone, without words and lists of terms."""
    graph = rules()
    heads = [head for _, head in graph.pairs(GUIDELINE.lists) if not isinstance(head, Literal)]
    listed = {cell for head in heads for cell in graph.cells(head)}
    stated = (t for t in graph if t.predicate != SH.message and t.predicate not in GUIDELINE)
    return tuple(t for t in stated if t.subject not in listed)


@cache
def allowed(name: Iri) -> frozenset[Iri]:
    """The members of a list of terms in intake.ttl."""
    listed = rules().members(rules().iri(name, GUIDELINE.lists))
    return frozenset(Iri(str(term)) for term in listed)


def problem_of(fault: Fault, case: Case) -> Problem:
    """The fault in words, with the line it stands on."""
    prefixes = places(case.content).prefixes
    words = dict(fault.words)
    for name, value in (("focus", fault.subject or ()), *fault.terms):
        values = (value,) if isinstance(value, str) else value
        said = _JOINED.get(name, " and ").join(_name(term, prefixes) for term in values)
        words[name] = _SAID[name].format(said) if said and name in _SAID else said
    return Problem(
        code=re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", local_name(fault.rule)).lower(),
        file=case.file,
        line=_line(fault, case),
        problem=_filled(rules().text(fault.rule, SH.message), words),
        fix=_filled(rules().text(fault.rule, GUIDELINE.fix), words),
    )


_JOINED = {"range": " or ", "domain": " or ", "properties": " or ", "choices": " or "}
_SAID = {"choices": ", such as {}", "nearest": " Did you mean {}?"}


def _name(term: Iri, prefixes: Mapping[str, str]) -> str:
    if term == INTAKE.DefaultGraph:
        return "the default graph"
    return "a blank node" if term.startswith((BLANK, "_:")) else prefixed(term, prefixes)


def _line(fault: Fault, case: Case) -> int | None:
    found = places(case.content)
    if fault.subject is None:
        values = dict(fault.terms).get("values", ())
        named = [line_of(case.content, term) or 0 for term in (values if isinstance(values, tuple) else ())]
        return found.namespaces.get(fault.at or "") or max(named, default=0) or None
    if fault.subject.startswith(BLANK):
        return found.blank
    return line_within(case.content, fault.subject, fault.at) if fault.at else line_of(case.content, fault.subject)


def _filled(text: str, words: Mapping[str, str]) -> str:
    filled = re.sub(r"\{\?(\w+)\}", lambda match: words[match[1]], text)
    return "".join(character for character in filled if character.isprintable())
